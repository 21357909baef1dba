import StrettoCore
import Testing

@testable import StrettoPlanFile

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("90s", .seconds(90)), ("15m", .seconds(900)), ("2h", .seconds(7200)), ("1h30m", .seconds(5400)),
            ("45", .seconds(45)), ("0.5", .milliseconds(500)), ("1.5h", .seconds(5400)), ("250ms", .milliseconds(250)),
            ("1d2h3m4s5ms", .milliseconds(93_784_005)), ("0", .zero), ("365d", PlanFile.durationMax),
        ] as [(String, Duration)]
    )
    func `durations read`(text: String, duration: Duration) {
        #expect(DurationText.duration(text) == duration)
    }

    @Test(arguments: [
        "", "s", "soon", "5 minutes", "5 m", "30m1h", "1h1h", "-5s", "+5s", "1:30", "1e3", "5x", "1..5s", ".5h", "5.s",
        "1.", "366d",
        "99999999999999999999", "1.1234567s", "٣s", "1h30",
    ])
    func `anything else is no duration`(text: String) {
        #expect(DurationText.duration(text) == nil)
    }
}
