internal import StrettoCore

/// Makes the environment of an attempt's process from the engine's own.
enum AgentEnvironment {
    /// The later source wins, except that defaults give way to what the user has set.
    ///
    /// Of what is inherited, git's variables, those of agents that Stretto may itself run under, and our own are left
    /// out: they would speak of another repository, session or attempt.
    ///
    /// With a strict environment, an agent inherits what the plan names, what its builder needs, and the usual ones. A described
    /// agent that names what it needs gets that and the usual ones in any case.
    static func variables(
        inherited: [String: String],
        builder: BuilderName = .command,
        program: AgentProgram? = nil,
        passed: [String]? = nil,
        defaults: [EnvironmentVariable],
        task: [EnvironmentVariable],
        ours: [EnvironmentVariable]
    ) -> [String: String] {
        let control = Set(BuilderName.builtIn.flatMap(\.builder.controlVariables))
        var variables = inherited.filter { name, _ in
            !name.hasPrefix("GIT_") && !name.hasPrefix("STRETTO_") && !control.contains(name)
        }
        let needed = program.map { $0.passed ?? [] } ?? builder.builder.neededVariables
        variables = TaskEnvironment.inherited(variables, passed: passed.map { $0 + needed })
        if let named = program?.passed {
            variables = TaskEnvironment.inherited(variables, passed: named + (passed ?? []))
        }
        for variable in program?.environment ?? [] { variables[variable.name] = variable.value }
        for variable in defaults where variables[variable.name] == nil { variables[variable.name] = variable.value }
        for variable in task { variables[variable.name] = variable.value }
        for variable in ours { variables[variable.name] = variable.value }
        return variables
    }

    /// How a program gets out into the network.
    static let network = [
        "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "all_proxy", "https_proxy", "http_proxy", "no_proxy",
        "SSL_CERT_DIR", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS",
    ]
}
