import FoundationEssentials
import StrettoCore
import Testing

@testable import StrettoBuilders

/// What the real `claude` said, byte for byte, with how its process ended.
struct Capture: Sendable, CustomStringConvertible {
    let name: String
    let output: [UInt8]
    let error: String
    let status: StrettoCore.ExitStatus

    var description: String { name }

    private static let directory: String = {
        var path = #filePath.split(separator: "/").map(String.init)
        path.removeLast(2)
        return "/" + path.joined(separator: "/") + "/Support/claude"
    }()

    /// Reads the capture called `name`.
    init(_ name: String) throws {
        self.name = name
        output = try Self.bytes(name + ".jsonl")
        error = (try? Self.bytes(name + ".stderr.txt")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let exit = try #require(JSONParser.parse(Self.bytes(name + ".meta.json"))["exit"]?.integer)
        status = exit < 0 ? .signal(Int32(-exit)) : .code(Int32(exit))
    }

    /// The names of all captures, sorted.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return files.filter { $0.hasSuffix(".jsonl") }.map { String($0.dropLast(6)) }.sorted()
    }()

    private static func bytes(_ file: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: directory + "/" + file)))
    }

    /// The events of the whole output.
    var events: [AgentEvent] {
        var decoder = ClaudeDecoder()
        return decoder.decode(output) + decoder.finish()
    }

    /// The verdict of the events and the exit.
    var verdict: Verdict { judgement.verdict(status, standardErrorTail: error) }

    /// Everything noted from the events.
    var judgement: Judgement {
        var judgement = Judgement(ClaudeBuilder(), name: "claude", decodesEvents: true)
        for event in events { judgement.note(event) }
        return judgement
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
