internal import StrettoCore

/// Makes the environment of an attempt's process from the engine's own.
enum AgentEnvironment {
    /// The later source wins, except that defaults give way to what the user has set.
    ///
    /// Of what is inherited, git's variables, those of agents that Stretto may itself run under, and our own are left
    /// out: they would speak of another repository, session or attempt.
    ///
    /// A described agent that names what it needs gets that and the usual ones, and nothing else of what is inherited.
    static func variables(
        inherited: [String: String],
        program: AgentProgram? = nil,
        defaults: [EnvironmentVariable],
        task: [EnvironmentVariable],
        ours: [EnvironmentVariable]
    ) -> [String: String] {
        let control = Set(BuilderName.builtIn.flatMap(\.builder.controlVariables))
        var variables = inherited.filter { name, _ in
            !name.hasPrefix("GIT_") && !name.hasPrefix("STRETTO_") && !control.contains(name)
        }
        if let passed = program?.passed {
            let passed = Set(passed)
            variables = variables.filter { isUsual($0.key) || passed.contains($0.key) }
        }
        for variable in program?.environment ?? [] { variables[variable.name] = variable.value }
        for variable in defaults where variables[variable.name] == nil { variables[variable.name] = variable.value }
        for variable in task { variables[variable.name] = variable.value }
        for variable in ours { variables[variable.name] = variable.value }
        return variables
    }

    private static let usual: Set<String> = [
        "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER",
    ]

    /// Whether a program needs the variable to find its way around: its home, its language, its directories.
    private static func isUsual(_ name: String) -> Bool {
        usual.contains(name) || name.hasPrefix("LC_") || name.hasPrefix("XDG_")
    }
}
