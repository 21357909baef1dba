import FoundationEssentials
import StrettoCore
import Testing

@testable import StrettoBuilders

/// What a real agent's program said, byte for byte, with how its process ended.
struct Capture: Sendable, CustomStringConvertible {
    let name: String
    let builder: BuilderName
    let output: [UInt8]
    let error: String
    let status: StrettoCore.ExitStatus

    var description: String { name }

    private static func directory(_ builder: BuilderName) -> String {
        var path = #filePath.split(separator: "/").map(String.init)
        path.removeLast(2)
        return "/" + path.joined(separator: "/") + "/Support/" + builder.rawValue
    }

    /// Reads the capture called `name`.
    init(_ name: String, of builder: BuilderName = .claude) throws {
        self.name = name
        self.builder = builder
        func bytes(_ ending: String) throws -> [UInt8] {
            try Array(Data(contentsOf: URL(filePath: Self.directory(builder) + "/" + name + ending)))
        }
        output = try bytes(".jsonl")
        error = (try? bytes(".stderr.txt")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let exit = try JSONParser.parse(bytes(".meta.json"))["exit"]?.integer ?? 0
        status = exit < 0 ? .signal(Int32(-exit)) : .code(Int32(exit))
    }

    /// The names of all captures of Claude Code, sorted.
    static let names = names(of: .claude)

    /// The names of all captures of `codex exec`, sorted.
    static let codexNames = names(of: .codex).filter { !$0.hasPrefix("app-server") }

    private static func names(of builder: BuilderName) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory(builder))) ?? []
        return files.filter { $0.hasSuffix(".jsonl") }.map { String($0.dropLast(6)) }.sorted()
    }

    /// The events of the whole output.
    var events: [AgentEvent] { events(StreamContext()) }

    /// The same where the stream's context is known.
    func events(_ context: StreamContext) -> [AgentEvent] {
        guard var decoder = builder.builder.makeDecoder(context) else { return [] }
        return decoder.decode(output) + decoder.finish()
    }

    /// The verdict of the events and the exit.
    var verdict: Verdict { judgement.end(status, standardErrorTail: error).verdict }

    /// What stood between the agent and its model.
    var trouble: ProviderTrouble? { judgement.end(status, standardErrorTail: error).trouble }

    /// Everything noted from the events.
    var judgement: Judgement { judgement(StreamContext()) }

    /// The same where the stream's context is known.
    func judgement(_ context: StreamContext) -> Judgement {
        var judgement = Judgement(builder)
        for event in events(context) { judgement.note(event) }
        return judgement
    }
}

extension Judgement {
    /// A judgement as of 2026-11-20 17:20 UTC, the day of the captures, on a machine that shows universal time.
    init(_ builder: BuilderName) {
        self.init(builder, now: Timestamp(milliseconds: 1_795_195_200_000), local: .universal)
    }
}

extension Usage {
    /// Without the figures by model, which repeat the others.
    var withoutModels: Usage {
        var usage = self
        usage.models = []
        usage.apiMilliseconds = 0
        return usage
    }
}

/// An order as the scheduler would give it.
func order(
    task: PlanTask = PlanTask(id: TaskID("1.10"), name: "Write a greeting", description: "Write hello.txt."),
    number: Int = 1,
    builder: BuilderName = .claude,
    model: String? = nil,
    permissions: Permissions = .edit,
    worktree: String = "/worktrees/1.10",
    prompt: PromptContext = PromptContext(
        planName: "demo",
        planPath: "plans/demo.yaml",
        planDocument: nil,
        findings: [],
        handoff: ""
    )
) -> LaunchOrder {
    LaunchOrder(
        attempt: AttemptID(task: task.id, number: number),
        task: task,
        builder: builder,
        model: model,
        permissions: permissions,
        worktree: Worktree(path: worktree, base: CommitID("0123456789012345678901234567890123456789")),
        prompt: prompt,
        time: Timestamp(milliseconds: 1_795_200_000_000)
    )
}
