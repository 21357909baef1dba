import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoBuilders

/// The real programs with a model of our own behind them.
enum RealAgent {
    /// The program that `STRETTO_CLAUDE` names, else the one on `PATH`.
    static let claude = program("claude", variable: "STRETTO_CLAUDE")
    /// The program that `STRETTO_CODEX` names, else the one on `PATH`.
    static let codex = program("codex", variable: "STRETTO_CODEX")

    private static let support: String = {
        let folders = #filePath.split(separator: "/").dropLast(2)
        return "/" + folders.joined(separator: "/") + "/Support"
    }()

    private static func program(_ name: String, variable: String) -> String? {
        let environment = Environment.current()
        if let named = environment[variable] { return LocalFiles.isExecutable(named) ? named : nil }
        return BuilderTools.path(of: name, environment: environment)
    }

    /// Runs the model server with `scenario` while `body` does; the agents of the bench talk to it and to nobody else.
    static func withModel(
        of builder: BuilderName,
        in place: TemporaryDirectory,
        scenario: String,
        variables: [String: String?] = [:],
        patience: Patience = Patience(),
        _ body: @escaping @Sendable (AgentBench) async throws -> Void
    ) async throws {
        for name in ["bin", "home/.codex"] {
            try FileManager.default.createDirectory(atPath: place.appending(name), withIntermediateDirectories: true)
        }
        let program = try #require(builder == .claude ? claude : codex)
        try FileManager.default.createSymbolicLink(
            atPath: place.appending("bin/" + builder.rawValue),
            withDestinationPath: program
        )
        try Data(scenario.utf8).write(to: URL(filePath: place.appending("scenario.json")))
        try await withServer(in: place) { server in
            try Data(codexConfiguration(server).utf8).write(
                to: URL(filePath: place.appending("home/.codex/config.toml"))
            )
            var environment = environment(place, server: server)
            for (name, value) in variables { environment[name] = value }
            try await body(try AgentBench(in: place, environment: environment, patience: patience))
        }
    }

    /// What a client of the scripted model needs, and nothing that would reach the network.
    private static func environment(_ place: TemporaryDirectory, server: String) -> [String: String] {
        [
            "PATH": place.appending("bin") + ":" + (Environment.current()["PATH"] ?? "/usr/bin:/bin"),
            "HOME": place.appending("home"),
            "ANTHROPIC_BASE_URL": server,
            "ANTHROPIC_API_KEY": "dummy",
            "IS_SANDBOX": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_ERROR_REPORTING": "1",
            "SCRIPTED_KEY": "dummy",
        ]
    }

    private static func codexConfiguration(_ server: String) -> String {
        """
        model = "gpt-5.5"
        model_provider = "scripted"
        [model_providers.scripted]
        name = "scripted"
        base_url = "\(server)/v1"
        env_key = "SCRIPTED_KEY"
        wire_api = "responses"
        [analytics]
        enabled = false
        [features]
        plugins = false

        """
    }

    /// Returns when somebody has written a line into the named pipe.
    static func hear(_ pipe: String) async throws {
        // Opening a named pipe for reading waits for its writer, so another program does it.
        let line = try await ChildProcess.run(
            ProcessCommand(arguments: ["head", "-n", "1", pipe], environment: Environment.current())
        )
        #expect(!line.output.isEmpty)
    }

    private static func withServer(
        in place: TemporaryDirectory,
        _ body: @escaping @Sendable (_ server: String) async throws -> Void
    ) async throws {
        let greeting = place.appending("greeting")
        #expect(mkfifo(greeting, 0o600) == 0)
        let command = ProcessCommand(
            arguments: [
                "/bin/sh", "-c", "exec python3 \"$1\" --scenario \"$2\" > \"$3\"", "sh",
                support + "/scripted_model.py", place.appending("scenario.json"), greeting,
            ],
            environment: Environment.current()
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await ChildProcess.run(command) }
            // Opening a named pipe for reading waits for its writer, so another program does it.
            let line = try await ChildProcess.run(
                ProcessCommand(arguments: ["head", "-n", "1", greeting], environment: Environment.current())
            )
            let server = try #require(JSONParser.parse(line.output)["base_url"]?.string)
            try await body(server)
            group.cancelAll()
        }
    }
}
