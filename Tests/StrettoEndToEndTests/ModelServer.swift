import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// The programs of real agents, where this machine has them.
enum RealAgent: String, Sendable {
    case claude, codex

    static let hasClaude = RealAgent.claude.program != nil
    static let claudeReason: Comment = "claude is not on PATH; name it in STRETTO_CLAUDE to run this"
    static let hasCodex = RealAgent.codex.program != nil
    static let codexReason: Comment = "codex is not on PATH; name it in STRETTO_CODEX to run this"

    /// The program that `STRETTO_CLAUDE` or `STRETTO_CODEX` names, else the one on `PATH`.
    var program: String? {
        let environment = Environment.current()
        let found: [String] = (environment["PATH"] ?? "").split(separator: ":").map { $0 + "/" + rawValue }
        let candidates: [String] = environment["STRETTO_" + rawValue.uppercased()].map { [$0] } ?? found
        return candidates.first { (path: String) in FileManager.default.isExecutableFile(atPath: path) }
    }
}

/// A model of our own: answers the real programs from a scenario, and tells what it was asked and what it sold.
struct ModelServer: Sendable {
    private let folder: TemporaryDirectory
    private let address: String
    /// What a scene's programs need to talk to this server and to nobody else.
    let environment: [String: String]

    private static let program: String = {
        let folders: [Substring] = #filePath.split(separator: "/").dropLast(2)
        return "/" + folders.joined(separator: "/") + "/Support/scripted_model.py"
    }()

    /// Serves the scenario while `body` runs.
    static func serve(_ scenario: String, _ body: @escaping @Sendable (ModelServer) async throws -> Void) async throws {
        let folder = try TemporaryDirectory(named: "model")
        let greeting = folder.appending("greeting")
        try #require(mkfifo(greeting, 0o600) == 0)
        try Data(scenario.utf8).write(to: URL(filePath: folder.appending("scenario.json")))
        let command = ProcessCommand(
            arguments: [
                "/bin/sh", "-c", "exec python3 \"$1\" --scenario \"$2\" --log \"$3\" > \"$4\"", "sh", program,
                folder.appending("scenario.json"), folder.appending("log"), greeting,
            ],
            environment: Environment.current()
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await ChildProcess.run(command) }
            // Opening a named pipe for reading waits for its writer, so another program does it.
            let line = try await ChildProcess.run(
                ProcessCommand(arguments: ["head", "-n", "1", greeting], environment: Environment.current())
            )
            let address = try JSONDecoder().decode(Greeting.self, from: Data(line.output)).base_url
            try await body(try ModelServer(in: folder, at: address))
            group.cancelAll()
        }
    }

    private init(in folder: TemporaryDirectory, at address: String) throws {
        self.folder = folder
        self.address = address
        for name in ["bin", "codex"] {
            try FileManager.default.createDirectory(
                atPath: folder.appending(name),
                withIntermediateDirectories: true
            )
        }
        for agent in [RealAgent.claude, .codex] {
            guard let program = agent.program else { continue }
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending("bin/" + agent.rawValue),
                withDestinationPath: program
            )
        }
        try Data(Self.codexConfiguration(address).utf8).write(to: URL(filePath: folder.appending("codex/config.toml")))
        environment = [
            "PATH": "\(folder.appending("bin")):\(Scene.programs):"
                + (Environment.current()["PATH"] ?? "/usr/bin:/bin"),
            "ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": "dummy", "IS_SANDBOX": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_TELEMETRY": "1",
            "DISABLE_AUTOUPDATER": "1", "DISABLE_ERROR_REPORTING": "1",
            "CODEX_HOME": folder.appending("codex"), "SCRIPTED_KEY": "dummy",
        ]
    }

    private static func codexConfiguration(_ address: String) -> String {
        """
        model = "gpt-5.5"
        model_provider = "scripted"
        [model_providers.scripted]
        name = "scripted"
        base_url = "\(address)/v1"
        env_key = "SCRIPTED_KEY"
        wire_api = "responses"
        [analytics]
        enabled = false
        [features]
        plugins = false

        """
    }

    /// Has it answer by another scenario from now on.
    func change(to scenario: String) async throws {
        let script = "import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], data=sys.argv[2].encode()))"
        let output = try await ChildProcess.run(
            ProcessCommand(
                arguments: ["python3", "-c", script, address + "/_scripted/scenario", scenario],
                environment: Environment.current()
            )
        )
        try #require(output.status == .code(0), "\(output.errorText)")
    }

    private struct Greeting: Decodable { var base_url: String }

    // MARK: What it did

    /// A request as the server logged it.
    struct Request: Decodable {
        struct Usage: Decodable {
            var input_tokens: Int
            var output_tokens: Int
            var cache_read_input_tokens: Int
            var cache_creation_input_tokens: Int
        }

        var outcome: String
        var session: String?
        var script: String?
        var model: String?
        /// Entries of the conversation that came with it.
        var items: Int?
        var usage: Usage?

        /// Whether the whole answer was sent.
        var isServed: Bool { usage != nil && outcome.hasPrefix("200") && !outcome.contains("after") }
    }

    /// Every request so far that was answered, in the order of the answers.
    var requests: [Request] {
        let log = FileManager.default.contents(atPath: folder.appending("log")) ?? Data()
        return log.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(Request.self, from: Data($0))
        }
    }

    /// The tokens of all answers that were sent whole: read, and written.
    ///
    /// OpenAI counts what came from a cache as read, Anthropic beside it.
    func sold(by agent: RealAgent) -> Tokens { tokens(of: requests.filter(\.isServed), by: agent) }

    /// The same with answers whose reader went away: he may have had all of one but its last bytes.
    func begun(by agent: RealAgent) -> Tokens { tokens(of: requests, by: agent) }

    private func tokens(of requests: [Request], by agent: RealAgent) -> Tokens {
        requests.compactMap(\.usage).reduce(Tokens(input: 0, output: 0)) { sum, usage in
            let cached = agent == .claude ? usage.cache_read_input_tokens + usage.cache_creation_input_tokens : 0
            return Tokens(
                input: sum.input + usage.input_tokens + cached,
                output: sum.output + usage.output_tokens
            )
        }
    }
}

/// Tokens read and written.
struct Tokens: Equatable { var input: Int, output: Int }

/// What `stretto status --json` tells, as far as these tests look at it.
struct StatusView: Decodable {
    struct Usage: Decodable { var inputTokens: Int, outputTokens: Int, isEstimate: Bool }
    struct Header: Decodable { var usage: Usage }
    struct Attempt: Decodable { var model: String? }
    struct Task: Decodable { var attempts: [Attempt] }

    struct Part: Decodable { var name: String, usage: Usage }
    struct Spending: Decodable { var models: [Part] }

    var header: Header
    var tasks: [Task]
    var spending: Spending

    var ledger: Tokens { Tokens(input: header.usage.inputTokens, output: header.usage.outputTokens) }

    /// Whether the ledger is what was sold, or less and marked so: an agent that is ended may not have heard yet what it bought, or may have
    /// heard all of it while the service still takes its answer for unfinished.
    func tells(_ server: ModelServer, by agent: RealAgent) -> Bool {
        let (sold, begun) = (server.sold(by: agent), server.begun(by: agent))
        return ledger == sold || ledger == begun
            || header.usage.isEstimate && ledger.input <= begun.input && ledger.output <= begun.output
    }

    static func read(_ scene: Scene) async throws -> StatusView {
        let output = try await scene.stretto("status", "--json")
        return try JSONDecoder().decode(StatusView.self, from: Data(output.output))
    }
}
