import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoBuilders

/// The model that codex used, from its own session file: its stream does not name it.
@Suite(.timeLimit(.minutes(5))) struct CodexSessionTests {
    private static let thread = "01a1fba2-8af2-7250-8a72-c01b1b2148de"

    private static let rollout = """
        {"timestamp":"2026-11-21T01:04:56.088Z","ordinal":0,"type":"session_meta","payload":{"id":"\(thread)"}}
        {"type":"response_item","payload":{"type":"message","text":"turn_context","model":"not this one"}}
        {"type":"turn_context","payload":{"cwd":"/r","model":"gpt-5.5","summary":"none"}}
        {"type":"turn_context","payload":{"cwd":"/r","model":"another"}}

        """

    private func write(_ text: String, day: String, in place: TemporaryDirectory) throws {
        let folder = place.appending(".codex/sessions/" + day)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let name = "rollout-2026-11-21T01-04-56-\(Self.thread).jsonl"
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }

    @Test(arguments: ["2026/11/20", "2026/11/21", "2026/11/22"])
    func `the model is found wherever the machine's clock hangs`(day: String) throws {
        let place = try TemporaryDirectory(named: "sessions ü")
        try write(Self.rollout, day: day, in: place)

        let sessions = CodexSessions(environment: ["HOME": place.appending("")])
        #expect(sessions.model(ofThread: Self.thread) == "gpt-5.5")
        #expect(CodexSessions(environment: ["CODEX_HOME": place.appending(".codex")]).home == place.appending(".codex"))
    }

    @Test(arguments: [
        "", "../../../etc/passwd", "01a1fba2-8af2-4250-8a72-c01b1b2148de", "x1a1fba2-8af2-7250-8a72-c01b1b2148de",
    ])
    func `an id that is none of codex's finds nothing`(id: String) throws {
        let place = try TemporaryDirectory(named: "sessions")
        try write(Self.rollout, day: "2026/11/21", in: place)
        #expect(CodexSessions(environment: ["HOME": place.appending("")]).model(ofThread: id) == nil)
    }

    @Test(arguments: ["", "{", "{}\n[]\n", #"{"type":"turn_context","payload":{}}"#])
    func `a session file that says nothing names no model`(text: String) throws {
        let place = try TemporaryDirectory(named: "sessions")
        try write(text, day: "2026/11/21", in: place)
        #expect(CodexSessions(environment: ["HOME": place.appending("")]).model(ofThread: Self.thread) == nil)
    }

    @Test func `tokens that the stream names no model for are those of the session's, priced as such`() async throws {
        let place = try TemporaryDirectory(named: "unnamed")
        let id = Self.thread
        try write(Self.rollout, day: "2026/11/21", in: place)
        let list = try PriceList.parse(Array(#"{"models": [{"model": "gpt-5.5", "input": 10, "output": 100}]}"#.utf8))
        let now = Timestamp(milliseconds: 0)
        var story = AttemptStory(
            .codex,
            StreamContext(prices: list),
            now: now,
            local: .local(environment: [:])
        )
        let stream = """
            {"type":"thread.started","thread_id":"\(id)"}
            {"type":"turn.started"}
            {"type":"turn.completed","usage":{"input_tokens":1000,"cached_input_tokens":0,"output_tokens":10}}

            """
        story.take(Array(stream.utf8))
        story.findModel(environment: ["HOME": place.appending("")])

        #expect(story.usage?.models.map(\.model) == ["gpt-5.5"])
        #expect(story.usage?.microdollars == 11_000)
        #expect(story.usage?.turns == 1)
        #expect(story.usageToReport(at: .now)?.microdollars == 11_000)
    }
}
