import StrettoCore
import Testing

@testable import StrettoBuilders

/// Limits that are about some of a provider's models say which.
@Suite struct FamilyLimitTests {
    @Test(
        arguments: [
            ("five_hour", nil, "the usage limit of claude is reached"),
            ("seven_day", nil, "the usage limit of claude is reached"),
            ("seven_day_opus", "opus", "the usage limit of claude for opus is reached"),
            ("seven_day_sonnet", "sonnet", "the usage limit of claude for sonnet is reached"),
            ("seven_day_overage_included", "fable", "the usage limit of claude for fable is reached"),
        ] as [(String, String?, String)]
    )
    func `claude's limit event names the family`(type: String, family: String?, sentence: String) throws {
        let capture = try Capture("limit-5h-rejected")
        let output = String(decoding: capture.output, as: UTF8.self).replacing(
            #""rateLimitType":"five_hour""#,
            with: #""rateLimitType":"\#(type)""#
        )
        var decoder = ClaudeDecoder()
        var judgement = Judgement(.claude)
        for event in decoder.decode(Array(output.utf8)) { judgement.note(event) }

        let end = judgement.end(.code(1), standardErrorTail: "")
        #expect(end.trouble?.kind == .usageLimit)
        #expect(end.trouble?.family == family)
        #expect(end.verdict == .interrupted(sentence + ": it resets at 2026-11-20 20:00 UTC"))
    }

    @Test(
        arguments: [
            (
                "You’ve hit your usage limit for GPT-5.3-Codex-Spark. Switch to another model now, or try again at 7:00 PM.",
                "gpt-5.3-codex-spark"
            ),
            (
                "You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro) or try again at 7:00 PM.",
                nil
            ),
            (
                "You’ve hit your usage limit for " + String(repeating: "x", count: 65)
                    + ". Switch to another model now.", nil
            ),
        ] as [(String, String?)]
    )
    func `codex's sentence names the model`(message: String, family: String?) {
        let failure = CodexFailure.failure(message)

        #expect(failure.kind == .usageLimit)
        #expect(failure.family == family)
    }
}
