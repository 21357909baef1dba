internal import Glibc

/// Why there is no screen, or none any more.
package enum TerminalError: Error, Hashable, CustomStringConvertible {
    case notATerminal
    case unknownTerminal(String)
    /// The other end is gone: the window was closed, the connection broke. Stop reading.
    case hungUp
    case system(call: String, code: Int32)

    /// What is wrong, and what to do.
    package var description: String {
        switch self {
        case .notATerminal: "the output is not a terminal: use --plain"
        case .unknownTerminal(let name):
            "no description of the terminal '\(name)' is installed: set TERM to one that is, such as xterm-256color, "
                + "or use --plain"
        case .hungUp: "the terminal is gone"
        case .system(let call, let code): "\(call): \(unsafe String(cString: strerror(code)))"
        }
    }
}
