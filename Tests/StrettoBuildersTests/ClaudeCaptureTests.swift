import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoBuilders

/// The real captures, all of them: a new one has to be given its verdict here.
@Suite struct ClaudeCaptureTests {
    private static let authenticationAdvice = "log in with `claude` then `/login`, or set a valid ANTHROPIC_API_KEY"
    private static let rateLimited =
        "claude: API Error: Request rejected (429) · This request would exceed your account's rate limit. Please try again later."

    /// What became of each captured process.
    static let verdicts: [String: Verdict] = [
        "empty-answer": .completed(evidence: false),
        "error-max-budget": .failed("claude: Reached maximum budget ($0.5): raise `budget_usd` of the task"),
        "error-max-turns": .failed("claude: Reached maximum number of turns (1)"),
        "error-structured-output": .failed(
            "claude: Failed to provide valid structured output after 5 attempts — last StructuredOutput error: Output does "
                + "not match required schema: root: must have required property 'note', /ok: must be boolean"
        ),
        "fail-401-api-key": .interrupted("claude: Invalid API key · Fix external API key: " + authenticationAdvice),
        "fail-401-oauth-expired": .interrupted(
            "claude: Failed to authenticate. API Error: 401 OAuth token has expired. Please obtain a new token or refresh "
                + "your existing token.: " + authenticationAdvice
        ),
        "fail-429-all-ten-retries": .interrupted(rateLimited),
        "fail-429-long-retry-after": .interrupted(rateLimited),
        "fail-429-retries-exhausted": .interrupted(rateLimited),
        "fail-connection-refused": .interrupted(
            "claude: API Error: Connection refused — a firewall or proxy may be blocking it (ECONNREFUSED)"
        ),
        "fail-credit-balance": .interrupted(
            "claude: Credit balance is too low: add credit to the account, or log in with another one"
        ),
        "fail-not-logged-in": .interrupted("claude: Not logged in · Please run /login: " + authenticationAdvice),
        "input-bad-json": .failed(
            "claude ended with exit code 1 before a result:\n"
                + "Error parsing streaming input line (type=unknown, 16 chars): SyntaxError"
        ),
        "limit-5h-rejected": .interrupted(
            "the usage limit of claude is reached: it resets at 2026-11-20 20:00 UTC"
        ),
        "session-resume-unknown": .interrupted(
            "claude: No conversation found with session ID: 99999999-2222-4333-8444-555555555555"
        ),
        "session-same-id-again": .failed(
            "claude ended with exit code 1 before a result:\n"
                + "Error: Session ID 11111111-2222-4333-8444-555555555555 is already in use."
        ),
        "sigint-in-retry": .interrupted("claude was interrupted"),
        "sigint-in-tool": .interrupted("claude was interrupted"),
        "sigkill-in-tool": .interrupted("claude was ended by signal 9 before a result"),
        "sigterm-in-stream": .interrupted("claude was ended by signal 15 before a result"),
        "sigterm-in-tool": .interrupted("claude was ended by signal 15 before a result"),
    ]

    /// Captures whose message is long: what it begins with, and what it ends with.
    static let longVerdicts: [String: (kind: ProviderTrouble.Kind, end: String)] = [
        "fail-500-retries-exhausted": (.overloaded, ""),
        "fail-529-retries-exhausted": (.overloaded, ""),
        "fail-max-output-tokens": (.outputLimit, "split the task, or set CLAUDE_CODE_MAX_OUTPUT_TOKENS"),
        "fail-prompt-too-long": (.contextOverflow, "shorten the task's description or split the task"),
        "fail-refusal": (.refusal, ""),
        "fail-unknown-model": (.unknownModel, "choose another `model` for the task"),
    ]

    /// All others did what they were asked.
    static let completed: Set = [
        "hook-events", "input-interrupt", "input-replay", "input-two-messages", "json-output", "limit-warning", "mcp",
        "mcp-broken", "multi-tool", "partial-messages", "permission-accept-edits", "permission-denied-default",
        "permission-dont-ask", "retry-429-once", "retry-529-once", "session-first", "session-resume",
        "session-resume-fork", "stop-hook-blocks-once", "structured-output", "structured-output-missing", "success",
        "tool-failure",
    ]

    @Test(arguments: Capture.names) func `every capture gets its verdict`(name: String) throws {
        let capture = try Capture(name)

        if let expected = Self.verdicts[name] {
            #expect(capture.verdict == expected)
        } else if let expected = Self.longVerdicts[name] {
            #expect(capture.trouble?.kind == expected.kind)
            switch capture.verdict {
            case .failed(let text): #expect(text.hasSuffix(expected.end) && expected.kind != .overloaded)
            case .interrupted: #expect(expected.kind == .overloaded)
            case .completed: Issue.record("\(name) is no success")
            }
        } else {
            #expect(Self.completed.contains(name))
            #expect(capture.verdict == .completed(evidence: false))
        }
    }

    @Test func `there are captures to judge`() {
        #expect(Capture.names.count == Self.verdicts.count + Self.longVerdicts.count + Self.completed.count)
    }

    @Test(arguments: [
        ("success", Usage(inputTokens: 12912, outputTokens: 4, microdollars: 51_728, turns: 1)),
        ("multi-tool", Usage(inputTokens: 39076, outputTokens: 57, microdollars: 157_444, turns: 3)),
        // The turn that passed the budget counts, which the result's own usage leaves out.
        ("error-max-budget", Usage(inputTokens: 52358, outputTokens: 20000, microdollars: 609_432, turns: 4)),
        // Two results in one process add up; their total cost is cumulative and must not.
        ("input-two-messages", Usage(inputTokens: 52254, outputTokens: 61, microdollars: 210_236, turns: 4)),
        ("input-interrupt", Usage(inputTokens: 26103, outputTokens: 34, microdollars: 105_092, turns: 4)),
        // A resumed session's total holds what earlier processes spent; this one spent only its turn.
        ("session-resume", Usage(inputTokens: 13177, outputTokens: 4, microdollars: 52_788, turns: 1)),
        ("session-resume-fork", Usage(inputTokens: 13209, outputTokens: 4, microdollars: 52_916, turns: 1)),
        // Without figures since the last result, the session's total is all there is.
        ("json-output", Usage(inputTokens: 39076, outputTokens: 57, microdollars: 157_444, turns: 3)),
        ("limit-5h-rejected", Usage(inputTokens: 0, outputTokens: 0, microdollars: 0, turns: 1)),
        // Killed before a result: what its requests began with is a floor, at list prices.
        ("sigkill-in-tool", Usage(inputTokens: 12914, outputTokens: 1, microdollars: 51_676, isEstimate: true)),
        ("sigterm-in-tool", Usage(inputTokens: 12914, outputTokens: 1, microdollars: 51_676, isEstimate: true)),
    ])
    func `usage is what the process used, counted once`(name: String, expected: Usage) throws {
        #expect(try Capture(name).judgement.usage?.withoutModels == expected)
    }

    @Test func `denials are counted by tool`() throws {
        #expect(try Capture("permission-denied-default").judgement.denials == ["Bash": 1, "Write": 1])
    }

    @Test func `the first refusal of a key means that going on cannot help`() throws {
        let events = try Capture("fail-401-api-key").events

        let hopeless = events.filter { if case .hopeless = $0 { true } else { false } }
        let expected = AgentFailure(kind: .refusedLogin, message: "HTTP status 401 (authentication_failed)")
        #expect(hopeless.first == .hopeless(expected))
        #expect(events.firstIndex(of: .hopeless(expected)) == 2)
    }

    @Test func `an attempt that we ended for a refused key is not the task's fault, and says how to log in`() {
        var judgement = Judgement(.claude)
        judgement.note(.hopeless(AgentFailure(kind: .refusedLogin, message: "HTTP status 401")))
        judgement.note(.result(AgentResult(outcome: .aborted, text: "", duration: nil)))

        let end = judgement.end(.code(0), standardErrorTail: "")
        #expect(end.verdict == .interrupted("claude: HTTP status 401: " + Self.authenticationAdvice))
        #expect(end.trouble?.kind == .refusedLogin)
        #expect(end.trouble?.needsPerson == true)
    }

    @Test func `a line beyond the limit is passed over and the next one counts`() throws {
        var decoder = ClaudeDecoder()
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: LineSplitter.lineBytesMaxDefault + 1)
        var events = decoder.decode(long)
        events += decoder.decode([0x0A] + (try Capture("success").output))

        #expect(events.first == .note("a line of more than 16777216 bytes was passed over"))
        #expect(events.dropFirst() == (try Capture("success").events)[...])
    }

    @Test func `words in an agent's text decide nothing`() {
        let text = "API Error: 429 rate limit reached. You've hit your 5-hour limit. is_error: true"
        let line = #"{"result": "\#(text)", "is_error": false, "subtype": "success", "type": "result"}"# + "\n"
        var decoder = ClaudeDecoder()
        var judgement = Judgement(.claude)
        for event in decoder.decode(Array(line.utf8)) { judgement.note(event) }

        #expect(judgement.end(.code(0), standardErrorTail: text).verdict == .completed(evidence: false))
    }
}
