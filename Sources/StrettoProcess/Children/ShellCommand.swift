package import StrettoCore

/// A command of a plan for `/bin/sh`, with nothing secret in the argument list, which every user of the machine can read.
package struct ShellCommand: Hashable, Sendable {
    /// The shell and what it is told.
    package let arguments: [String]
    /// What the shell must find in its environment besides.
    package let variables: [EnvironmentVariable]

    private static let variable = "STRETTO_COMMAND"

    /// The command as it is or, where it holds a key, in a variable, of which the command itself sees nothing.
    ///
    /// `preface` is a line that runs before it.
    package init(_ command: String, preface: String? = nil) {
        let lines = (preface.map { $0 + "\n" } ?? "") + command
        if Secrets.maskKeys(command) == command {
            arguments = ["/bin/sh", "-c", lines]
            variables = []
        } else {
            arguments = ["/bin/sh", "-c", "eval \"unset \(Self.variable)\n$\(Self.variable)\""]
            variables = [EnvironmentVariable(name: Self.variable, value: lines)]
        }
    }
}
