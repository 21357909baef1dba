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
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        let code = unsafe posix_spawn(&pid, shell, nil, &attributes, &pointers, environ)
        guard code == 0 else { throw .cannotStart(program: shell, SystemError(code)) }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
    }
}
