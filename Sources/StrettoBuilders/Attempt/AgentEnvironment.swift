internal import StrettoCore

/// Makes the environment of an attempt's process from the engine's own.
enum AgentEnvironment {
    /// The later source wins, except that defaults give way to what the user has set.
    ///
    /// Of what is inherited, git's variables, those of agents that Stretto may itself run under, and our own are left
    /// out: they would speak of another repository, session or attempt.
    static func variables(
        inherited: [String: String],
        defaults: [EnvironmentVariable],
        task: [EnvironmentVariable],
        ours: [EnvironmentVariable]
    ) -> [String: String] {
        let control = Set(BuilderName.allCases.flatMap(\.builder.controlVariables))
        var variables = inherited.filter { name, _ in
            !name.hasPrefix("GIT_") && !name.hasPrefix("STRETTO_") && !control.contains(name)
        }
        for variable in defaults where variables[variable.name] == nil { variables[variable.name] = variable.value }
        for variable in task { variables[variable.name] = variable.value }
        for variable in ours { variables[variable.name] = variable.value }
        return variables
    }
}
