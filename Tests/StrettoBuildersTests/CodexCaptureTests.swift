import StrettoCore
import TestSupport
import Testing

@testable import StrettoBuilders

/// What the real `codex exec` said, all of it: a new capture has to be given its verdict here.
@Suite struct CodexCaptureTests {
    private enum End: Equatable {
        case completed, failed, interrupted
    }

    private struct Reading: Equatable {
        var end: End
        var kind: ProviderTrouble.Kind?

        init(_ end: End, _ kind: ProviderTrouble.Kind? = nil) {
            self.end = end
            self.kind = kind
        }
    }

    private static let readings: [String: Reading] = [
        "fail-400": Reading(.failed, .badRequest),
        "fail-401": Reading(.interrupted, .refusedLogin),
        "fail-404-model": Reading(.failed, .unknownModel),
        "fail-429": Reading(.interrupted, .rateLimited),
        "fail-500": Reading(.interrupted, .overloaded),
        "fail-503-overloaded": Reading(.interrupted, .overloaded),
        "fail-connection-refused": Reading(.interrupted, .unreachable),
        "fail-context-window": Reading(.failed, .contextOverflow),
        "fail-insufficient-quota": Reading(.interrupted, .noCredit),
        "fail-missing-key": Reading(.interrupted, .refusedLogin),
        "fail-unknown-flag": Reading(.failed),
        "session-resume-unknown": Reading(.interrupted, .sessionLost),
        "sigint-in-stream": Reading(.interrupted),
        "sigint-in-tool": Reading(.interrupted),
        "sigkill-in-tool": Reading(.interrupted),
        "sigterm-in-tool": Reading(.interrupted),
    ]

    /// All others did what they were asked, which alone proves nothing.
    private static let completed: Set = [
        "empty-answer", "mcp", "multi-tool", "reasoning-and-cached-usage", "retry-429-with-retry-after",
        "retry-disconnect-mid-stream", "sandbox-commit-allowed", "sandbox-commit-blocked", "sandbox-default-read-only",
        "sandbox-workspace-write", "session-first", "session-fork", "session-resume", "success", "tool-failure",
        "two-tools-one-turn", "unknown-model-warning",
    ]

    @Test(arguments: Capture.codexNames) func `every capture gets its verdict`(name: String) throws {
        let capture = try Capture(name, of: .codex)

        let end: End
        switch capture.verdict {
        case .completed(let evidence):
            #expect(!evidence)
            end = .completed
        case .failed(let text):
            #expect(!text.isEmpty)
            end = .failed
        case .interrupted: end = .interrupted
        }
        let expected = Self.readings[name] ?? Reading(.completed)
        #expect(Reading(end, capture.trouble?.kind) == expected)
        #expect((Self.readings[name] == nil) == Self.completed.contains(name))
    }

    @Test func `there are captures to judge`() {
        #expect(Capture.codexNames.count == Self.readings.count + Self.completed.count)
    }

    @Test func `a usage limit says when it is over, by the clock of this machine`() throws {
        let message =
            "You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit "
            + "https://chatgpt.com/settings/usage to purchase more credits or try again at 7:00 PM."
        let lines = [
            #"{"type":"thread.started","thread_id":"t"}"#, #"{"type":"turn.started"}"#,
            #"{"type":"error","message":"\#(message)"}"#,
            #"{"error":{"message":"\#(message)"},"type":"turn.failed"}"#,
        ]
        var decoder = CodexDecoder()
        var judgement = Judgement(.codex)
        for event in decoder.decode(Array(lines.joined(separator: "\n").utf8)) + decoder.finish() {
            judgement.note(event)
        }

        let end = judgement.end(.code(1), standardErrorTail: "")
        #expect(end.verdict == .interrupted("the usage limit of codex is reached: it resets at 2026-11-20 19:00 UTC"))
        #expect(end.trouble?.kind == .usageLimit)
        #expect(end.trouble?.provider == ProviderName("openai"))
        #expect(end.trouble?.resets == Timestamp(milliseconds: 1_795_201_200_000))
    }

    @Test(arguments: [
        ("success", Usage(inputTokens: 9651, outputTokens: 4, turns: 1)),
        ("multi-tool", Usage(inputTokens: 29456, outputTokens: 46, turns: 1)),
        ("reasoning-and-cached-usage", Usage(inputTokens: 1000, outputTokens: 50, cachedTokens: 800, turns: 1)),
        ("fail-429", Usage(inputTokens: 0, outputTokens: 0, turns: 1)),
        // Killed: nobody told what was used, so what it wrote is counted by its size.
        ("sigkill-in-tool", Usage(inputTokens: 0, outputTokens: 3, isEstimate: true)),
    ])
    func `usage is what the process told, and an estimate where it told nothing`(
        name: String,
        expected: Usage
    ) throws {
        var usage = try #require(try Capture(name, of: .codex).judgement.usage).withoutModels
        usage.unpricedMicrodollars = 0
        #expect(usage == expected)
    }

    @Test func `a resumed or forked session's total counts only once`() throws {
        let first = try #require(try Capture("session-first", of: .codex).judgement.usage)
        let resumed = try Capture("session-resume", of: .codex).judgement(StreamContext(before: first)).usage
        let forked = try Capture("session-fork", of: .codex).judgement(
            StreamContext(before: first + (resumed ?? .zero))
        ).usage

        #expect(first.inputTokens == 29459)
        #expect(resumed?.inputTokens == 39535 - 29459)
        #expect(resumed?.outputTokens == 4)
        #expect(forked?.inputTokens == 49685 - 39535)
    }

    @Test func `a model without a price costs an unknown sum, and the most against a budget`() throws {
        let capture = try Capture("success", of: .codex)

        let unknown = try #require(capture.judgement(StreamContext(model: "gpt-9")).usage)
        #expect(unknown.microdollars == nil)
        #expect(unknown.chargedMicrodollars == 9651 * 5 + 4 * 25)
        let list = try PriceList.parse(Array(#"{"models": [{"model": "gpt-9", "input": 1.25, "output": 10}]}"#.utf8))
        let known = try #require(capture.judgement(StreamContext(model: "gpt-9", prices: list)).usage)
        #expect(known.microdollars == 12_104)
        #expect(known.unpricedMicrodollars == 0)
    }

    @Test func `tools, changes and answers are told in words that all builders share`() throws {
        let events = try Capture("multi-tool", of: .codex).events

        #expect(events.contains(.toolCall(ToolCall(name: "patch", kind: .change(path: "/repo/hello.txt", how: "add")))))
        #expect(
            events.contains(
                .toolCall(ToolCall(name: "shell", kind: .command("cat hello.txt && git status --short")))
            )
        )
        #expect(events.contains(.toolResult(ToolResult(isError: false, text: "hello\nworld\n?? hello.txt\n"))))
        #expect(events.filter { if case .toolCall = $0 { true } else { false } }.count == 2)
    }

    @Test func `a refused key ends the attempt at its first retry`() throws {
        let events = try Capture("fail-401", of: .codex).events
        let place = events.firstIndex { if case .hopeless = $0 { true } else { false } }
        #expect(place == 2)
    }
}
