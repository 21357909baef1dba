/// What a task's commands find in their environment: what they may inherit, and what the plan sets.
package struct TaskEnvironment: Hashable, Sendable, Codable {
    package var variables: [EnvironmentVariable]
    /// What is inherited besides what every program needs: names, or beginnings of names with a `*` behind; nil: everything.
    package var passed: [String]?

    package init(_ variables: [EnvironmentVariable] = [], passed: [String]? = nil) {
        self.variables = variables
        self.passed = passed
    }

    /// Of the variables that could be inherited, those that are, with the plan's on top.
    package func variables(inheriting inherited: [String: String]) -> [String: String] {
        var variables = Self.inherited(inherited, passed: passed)
        for variable in self.variables { variables[variable.name] = variable.value }
        return variables
    }

    /// The variables that are passed on by these names and beginnings, and those that every program needs; nil passes all.
    package static func inherited(_ variables: [String: String], passed: [String]?) -> [String: String] {
        guard let passed else { return variables }
        return variables.filter { name, _ in usual.contains { $0.fits(name) } || passed.contains { $0.fits(name) } }
    }

    /// What a program needs to find its way around: its home, its language, its directories.
    private static let usual = [
        "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER", "LC_*", "XDG_*",
    ]
}

extension String {
    /// Whether this, a name or a beginning with a `*` behind, means the variable.
    fileprivate func fits(_ name: String) -> Bool { hasSuffix("*") ? name.hasPrefix(dropLast()) : self == name }
}
