import StrettoCore
import Testing

@testable import StrettoBuilders

/// A watch that looks at moments of the test's choosing; no time passes.
@Suite struct PulseTests {
    private let pulse = Pulse(Patience(silence: .seconds(400), trouble: .seconds(300)))
    private let start = ContinuousClock.now

    private func judgement(_ events: [AgentEvent]) -> Judgement {
        var judgement = Judgement(.claude)
        for event in [.began(model: nil, sessionID: nil)] + events { judgement.note(event) }
        return judgement
    }

    private let call = AgentEvent.toolCall(ToolCall(name: "Bash", kind: .command("make")))
    private let retry = AgentEvent.retrying(AgentFailure(kind: .unreachable, message: "no network"), attempt: 1)

    @Test func `silence while the model is awaited is a stall, after the time that is allowed`() {
        pulse.beat(judgement([.text("hello")]))
        #expect(!pulse.losePatience(at: start + .seconds(399)))
        #expect(pulse.losePatience(at: start + .seconds(500)))
        #expect(pulse.lostPatience?.kind == .stalled)
        #expect(pulse.deadline == nil)
    }

    @Test func `a tool at work may be silent for as long as it likes`() {
        pulse.beat(judgement([call]))
        #expect(!pulse.losePatience(at: start + .seconds(100_000)))
        #expect(pulse.deadline != nil)

        pulse.beat(judgement([call, .toolResult(ToolResult(isError: false, text: ""))]))
        #expect(pulse.losePatience(at: start + .seconds(100_000)))
    }

    @Test func `a process that has answered may be silent, because its own children may still run`() {
        pulse.beat(judgement([.result(AgentResult(outcome: .answered, text: "", duration: nil))]))
        #expect(!pulse.losePatience(at: start + .seconds(100_000)))
    }

    @Test func `retries that go on for ever end as what they were about, however often they are told`() {
        pulse.beat(judgement([retry]))
        pulse.beat(judgement([retry, retry]))
        #expect(!pulse.losePatience(at: start + .seconds(299)))
        #expect(pulse.losePatience(at: start + .seconds(350)))
        #expect(pulse.lostPatience?.kind == .unreachable)
    }

    @Test func `work after a retry begins the time anew`() {
        pulse.beat(judgement([retry]))
        pulse.beat(judgement([retry, .text("again")]))
        #expect(!pulse.losePatience(at: start + .seconds(350)))
    }
}
