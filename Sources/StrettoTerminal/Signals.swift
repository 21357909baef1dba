internal import CStrettoTerminal
internal import Glibc

/// Signals as bytes in a pipe, for as long as this lives: SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP and SIGCONT.
///
/// Meanwhile a fatal signal puts the terminal back before whoever handled it before gets it, and so does the end of the program. One at a time; begin
/// before ``Screen``.
package struct Signals: ~Copyable {
    /// The descriptor to wait on; then call ``read()``.
    package let descriptor: Int32

    /// Takes the signals over.
    package init() throws(TerminalError) {
        descriptor = stretto_signals_begin()
        guard descriptor >= 0 else { throw .system(call: "pipe2", code: -descriptor) }
    }

    deinit { stretto_signals_end() }

    /// The numbers of the signals that came, oldest first; none when none did.
    package func read() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        return count > 0 ? bytes[..<count].map { Int32($0) } : []
    }

    /// Stops this process and its group as Ctrl-Z in a shell does, and returns when they go on; ``Screen/suspend()`` comes before it.
    ///
    /// Where no shell could let them go on, nothing happens.
    package static func stopGroup() { stretto_stop_group() }
}
