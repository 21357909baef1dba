internal import Glibc
package import StrettoCore

/// Programs that take over the terminal for a while: an editor, a shell.
package enum Foreground {
    /// Runs a command line by `/bin/sh` in `directory` on this process's terminal, and waits for its end.
    ///
    /// The `arguments` are `$1` and so on in it.
    ///
    /// Blocks the calling thread. The child stays in our session and process group, so that Ctrl-C and Ctrl-Z are its own.
    package static func run(
        _ commandLine: String,
        directory: String,
        arguments more: [String] = []
    ) throws(ProcessError) -> ExitStatus {
        let shell = "/bin/sh"
        // The directory travels as an argument, so nothing in its name is ever read as shell.
        let arguments = [shell, "-c", "cd \"$0\" && " + commandLine, directory] + more
        let pid: Int32
        do throws(SystemError) {
            pid = try PosixSpawn.start(arguments)
        } catch {
            throw .cannotStart(program: shell, error)
        }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
    }

    /// Opens a path in the user's editor: a command line of their own, such as `code --wait`, which the shell reads as it does git's.
    ///
    /// Blocks as ``run(_:directory:arguments:)`` does.
    package static func edit(_ path: String, directory: String) throws(ProcessError) -> ExitStatus {
        try run(#"eval "exec ${VISUAL:-${EDITOR:-vi}} \"\$1\"""#, directory: directory, arguments: [path])
    }
}
