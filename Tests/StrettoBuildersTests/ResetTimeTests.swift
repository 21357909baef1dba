import StrettoCore
import Testing

@testable import StrettoBuilders

@Suite struct ResetTimeTests {
    /// 2026-11-20 17:20 UTC.
    private static let now = Timestamp(milliseconds: 1_795_195_200_000)

    private func resets(_ text: String, local: TimeZoneRules = .universal) -> String? {
        ResetTime(in: text)?.instant(at: Self.now, local: local)?.utcText
    }

    @Test(arguments: [
        ("You've hit your 5-hour limit · resets 8pm (UTC)", "2026-11-20 20:00 UTC"),
        ("You've hit your limit · resets 3:30am (UTC)", "2026-11-21 03:30 UTC"),
        ("You've hit your weekly limit · resets Nov 24, 12am (UTC)", "2026-11-24 00:00 UTC"),
        ("resets Feb 9 at 6pm (America/Toronto)", "2027-02-09 23:00 UTC"),
        ("resets Jul 1 at 6pm (America/Toronto)", "2027-07-01 22:00 UTC"),
        ("resets at 9pm (Europe/Berlin)", "2026-11-20 20:00 UTC"),
        ("You’ve hit your usage limit. (...) or try again at 7:00 PM.", "2026-11-20 19:00 UTC"),
        ("You've hit your usage limit. Try again at Nov 24th, 2026 9:01 AM.", "2026-11-24 09:01 UTC"),
        ("Try again in 1 day 3 hours 32 minutes.", "2026-11-21 20:52 UTC"),
        ("Please try again in 35s", "2026-11-20 17:20 UTC"),
        ("Please try again in 59.054s.", "2026-11-20 17:21 UTC"), ("try again in 500ms", "2026-11-20 17:20 UTC"),
        ("Claude AI usage limit reached|1795204800", "2026-11-20 20:00 UTC"),
    ])
    func `every wording of a reset is the right instant`(text: String, expected: String) {
        #expect(resets(text) == expected)
    }

    @Test(arguments: [
        "", "resets", "resets soon", "try again at your own risk", "resets 99pm (UTC)", "resets 5 (UTC)",
        "try again in a while", "resets 8pm (Nowhere/Else)", "resets Feb", "resets Feb x 6pm", "limit|12",
        "resets 8pm (../../etc/passwd)",
    ])
    func `what tells no time is no time`(text: String) {
        #expect(resets(text) == nil)
    }

    @Test func `a time without a zone is that of the machine's clock`() throws {
        let toronto = try #require(TimeZoneRules.named("America/Toronto"))
        #expect(resets("try again at 7:00 PM.", local: toronto) == "2026-11-21 00:00 UTC")
        #expect(resets("try again at 11:00 AM.", local: toronto) == "2026-11-21 16:00 UTC")
    }

    @Test(arguments: [
        ("try again at 5:20 PM.", "2026-11-20 17:20 UTC"), ("try again at 5:19 PM.", "2026-11-20 17:19 UTC"),
        ("try again at 5:18 PM.", "2026-11-21 17:18 UTC"),
    ])
    func `a reset within the minute in which it was said is not tomorrow's`(text: String, expected: String) {
        #expect(resets(text) == expected)
    }

    @Test func `a minute that midnight has just ended is yesterday's`() {
        let midnight = Timestamp(milliseconds: 1_795_219_200_000)
        #expect(
            ResetTime(in: "try again at 11:59 PM.")?.instant(at: midnight, local: .universal)?.utcText
                == "2026-11-20 23:59 UTC"
        )
    }

    @Test func `only a notice of a limit counts where anything may stand`() {
        #expect(ResetTime(limitNoticeIn: "You've hit your limit · resets Feb 9 at 6pm (America/Toronto)") != nil)
        #expect(ResetTime(limitNoticeIn: "the clock resets 8pm (UTC)") == nil)
    }

    @Test func `a limit on standard error is a limit and no failed attempt`() {
        let end = Judgement(.claude).end(
            .code(1),
            standardErrorTail: "You've hit your limit · resets Feb 9 at 6pm (America/Toronto)"
        )
        #expect(end.trouble?.kind == .usageLimit)
        #expect(end.trouble?.resets == Timestamp(milliseconds: 1_802_214_000_000))
        guard case .interrupted = end.verdict else {
            Issue.record("a limit counted as \(end.verdict)")
            return
        }
    }
}
