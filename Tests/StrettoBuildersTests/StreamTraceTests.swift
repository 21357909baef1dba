import StrettoCore
import Testing

@testable import StrettoBuilders

@Suite struct StreamTraceTests {
    private func reading(
        _ name: String,
        _ builder: BuilderName
    ) throws -> (events: [TracedEvent], reading: StreamReading) {
        let capture = try Capture(name, of: builder)
        var trace = StreamTrace(
            builder,
            time: Timestamp(milliseconds: 1_795_195_200_000),
            prices: .standard,
            environment: ["TZ": "UTC"]
        )
        let events = trace.read(capture.output) + trace.finish()
        return (events, trace.reading(capture.status, standardError: capture.error))
    }

    @Test func `a limit is traced with its reset, and does not count`() throws {
        let (events, reading) = try reading("limit-5h-rejected", .claude)

        #expect(events.contains { $0.event == "limit_reached" && $0.detail.contains("2026-11-20 20:00 UTC") })
        #expect(reading.outcome == .interrupted)
        #expect(!reading.countsAsAttempt)
        #expect(reading.trouble?.kind == .usageLimit)
        #expect(reading.trouble?.resets == Timestamp(milliseconds: 1_795_204_800_000))
    }

    @Test func `an answer alone is unproven`() throws {
        let (events, reading) = try reading("multi-tool", .codex)

        #expect(events.map(\.number) == Array(1...events.count))
        #expect(reading.outcome == .unproven)
        #expect(reading.events == events.count)
        #expect(reading.usage?.inputTokens == 29456)
    }

    @Test(arguments: Capture.names) func `an output of claude is known by its first line`(name: String) throws {
        let output = try Capture(name).output
        #expect(output.isEmpty || StreamTrace.builder(of: output) == .claude)
    }

    @Test(arguments: Capture.codexNames) func `an output of codex is known by its first line`(name: String) throws {
        let output = try Capture(name, of: .codex).output
        #expect(output.isEmpty || StreamTrace.builder(of: output) == .codex)
    }

    @Test func `secrets and controls never reach a trace`() {
        let key = "sk-ant-" + "api03-Zx9_aB-cdEFghIJklMNop"
        let event = TracedEvent(number: 1, .text("use \(key)\u{1B}[31m\nnow"))
        #expect(event.detail == "use sk-ant-[masked][31m now")
    }
}
