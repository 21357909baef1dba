import StrettoCore
import Testing

@testable import StrettoBuilders

/// Streams that nobody captured, as other versions might write them: other orders of keys, unknown types, several results.
@Suite struct OtherCaptureTests {
    struct Stream: CustomTestStringConvertible, Sendable {
        let name: String
        let builder: BuilderName
        let lines: [String]
        let outcome: StreamReading.Outcome
        var trouble: ProviderTrouble.Kind?

        var testDescription: String { name }
    }

    private static let begin = #"{"type":"system","subtype":"init","session_id":"s","model":"claude-opus-5-5"}"#
    private static let done =
        #"{"is_error":false,"result":"ok","subtype":"success","type":"result","terminal_reason":"completed"}"#
    private static let thread = #"{"thread_id":"t","type":"thread.started"}"#
    private static let turn = #"{"usage":{"output_tokens":1,"input_tokens":5},"type":"turn.completed"}"#

    static let streams = [
        Stream(
            name: "unknown types, broken lines and other JSON",
            builder: .claude,
            lines: [
                "{\"type\":", "[1,2]", "null", #"{"zzz":1,"type":"new"}"#, #"{"type":"assistant","message":null}"#,
                done,
            ],
            outcome: .unproven
        ),
        Stream(
            name: "a failed turn, then one that went well",
            builder: .claude,
            lines: [
                begin,
                #"{"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":529,"result":"overloaded"}"#,
                begin, done,
            ],
            outcome: .unproven
        ),
        Stream(
            name: "a turn that went well, then one at a limit",
            builder: .claude,
            lines: [
                begin, done, begin,
                #"{"rate_limit_info":{"resetsAt":1900000000,"status":"rejected"},"type":"rate_limit_event"}"#,
                #"{"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":429,"result":"no"}"#,
            ],
            outcome: .interrupted,
            trouble: .usageLimit
        ),
        Stream(
            name: "a limit as versions said it that had no name for it",
            builder: .claude,
            lines: [begin, #"{"type":"result","is_error":true,"result":"Claude AI usage limit reached|1900000000"}"#],
            outcome: .interrupted,
            trouble: .usageLimit
        ),
        Stream(
            name: "a limit with the status of too many requests",
            builder: .claude,
            lines: [
                begin,
                #"{"type":"result","is_error":true,"api_error_status":429,"result":"You've hit your limit · resets 8pm (UTC)"}"#,
            ],
            outcome: .interrupted,
            trouble: .usageLimit
        ),
        Stream(
            name: "what a server says about limits is no limit of the account",
            builder: .claude,
            lines: [
                begin,
                #"{"type":"result","is_error":true,"api_error_status":429,"result":"API Error: Request rejected (429) · limit reached, resets 8pm (UTC)"}"#,
            ],
            outcome: .interrupted,
            trouble: .rateLimited
        ),
        Stream(
            name: "an agent that speaks of limits",
            builder: .claude,
            lines: [
                begin,
                #"{"message":{"content":[{"text":"You've hit your limit · resets 8pm (UTC)","type":"text"}]},"type":"assistant"}"#,
                #"{"type":"result","is_error":false,"subtype":"success","result":"You've hit your limit · resets 8pm (UTC)"}"#,
            ],
            outcome: .unproven
        ),
        Stream(
            name: "an agent of codex that speaks of limits",
            builder: .codex,
            lines: [
                thread,
                #"{"item":{"text":"You’ve hit your usage limit. Try again in 3 hours.","type":"agent_message"},"type":"item.completed"}"#,
                turn,
            ],
            outcome: .unproven
        ),
        Stream(
            name: "a reconnection, unknown items, then the end",
            builder: .codex,
            lines: [
                thread, #"{"message":"Reconnecting... 2/5 (stream disconnected)","type":"error"}"#,
                #"{"item":{"type":"hologram"},"type":"item.completed"}"#, #"{"type":"item.updated"}"#, turn,
            ],
            outcome: .unproven
        ),
        Stream(
            name: "a turn that went well, then one that was refused",
            builder: .codex,
            lines: [
                thread, turn,
                #"{"error":{"message":"exceeded retry limit, last status: 429 Too Many Requests"},"type":"turn.failed"}"#,
            ],
            outcome: .interrupted,
            trouble: .rateLimited
        ),
    ]

    @Test(arguments: streams) func `other streams of the same programs are read by the same rules`(stream: Stream) {
        var trace = StreamTrace(
            stream.builder,
            time: Timestamp(milliseconds: 1_795_195_200_000),
            prices: .standard,
            environment: ["TZ": "UTC"]
        )
        _ = trace.read(Array((stream.lines.joined(separator: "\n") + "\n").utf8)) + trace.finish()

        let reading = trace.reading(stream.trouble == nil ? .code(0) : .code(1), standardError: "")
        #expect(reading.outcome == stream.outcome, "\(reading.why)")
        #expect(reading.trouble?.kind == stream.trouble)
    }

    @Test(arguments: [
        (
            BuilderName.claude,
            #"{"type":"result","is_error":false,"model_usage_since_last_result":{"m":{"inputTokens":"12","outputTokens":3}}}"#
        ),
        (.claude, #"{"type":"result","is_error":false,"usage":{"input_tokens":-4,"output_tokens":3}}"#),
        (.codex, #"{"type":"turn.completed","usage":{"input_tokens":1e300,"output_tokens":3}}"#),
        (.codex, #"{"type":"turn.completed","usage":"many"}"#),
    ])
    func `figures that cannot be read make the sum a floor`(builder: BuilderName, line: String) {
        var trace = StreamTrace(builder, time: Timestamp(milliseconds: 0), prices: .standard, environment: [:])
        let begin = builder == .claude ? Self.begin : Self.thread
        _ = trace.read(Array((begin + "\n" + line + "\n").utf8)) + trace.finish()

        let usage = trace.reading(.code(0), standardError: "").usage
        #expect(usage?.isEstimate == true)
        #expect(usage?.inputTokens == 0)
    }

    @Test func `a result whose error mark is no plain false is no success`() {
        for mark in [#""true""#, "1", "{}"] {
            var trace = StreamTrace(.claude, time: Timestamp(milliseconds: 0), prices: .standard, environment: [:])
            let line = #"{"type":"result","subtype":"success","is_error":\#(mark),"result":"out of paper"}"#
            _ = trace.read(Array((Self.begin + "\n" + line + "\n").utf8)) + trace.finish()
            #expect(trace.reading(.code(0), standardError: "").outcome == .failed, "\(mark)")
        }
    }

    @Test func `what codex app-server says is named as what it is`() {
        var trace = StreamTrace(.codex, time: Timestamp(milliseconds: 0), prices: .standard, environment: [:])
        let line = #"{"jsonrpc":"2.0","method":"turn/started","params":{}}"# + "\n"
        let events = trace.read(Array((line + line).utf8)) + trace.finish()
        #expect(events.map(\.event) == ["note"])
        #expect(events.first?.detail.contains("codex exec --json") == true)
    }

    @Test func `what a model that took over used is its own, at its own price`() {
        let lines = [
            Self.begin,
            #"{"type":"system","subtype":"model_fallback","fallback_model":"claude-sonnet-5-5","content":"Switched"}"#,
            #"{"type":"result","is_error":false,"model_usage_since_last_result":{"claude-opus-5-5":{"inputTokens":0,"#
                + #""outputTokens":0,"costUSD":0},"claude-sonnet-5-5":{"inputTokens":1000,"outputTokens":100,"costUSD":0.0045}}}"#,
        ]
        var trace = StreamTrace(.claude, time: Timestamp(milliseconds: 0), prices: .standard, environment: [:])
        _ = trace.read(Array(lines.joined(separator: "\n").utf8)) + trace.finish()

        let reading = trace.reading(.code(0), standardError: "")
        #expect(reading.model == "claude-opus-5-5" && reading.fallbackModel == "claude-sonnet-5-5")
        #expect(reading.usage?.models.map(\.model) == ["claude-sonnet-5-5"])
        #expect(reading.usage?.microdollars == 4500)
    }
}
