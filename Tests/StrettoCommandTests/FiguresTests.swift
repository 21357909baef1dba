import StrettoCore
import Testing

@Suite struct FiguresTests {
    @Test(arguments: [
        (-5, "0m00"), (0, "0m00"), (48, "0m48"), (192, "3m12"), (3599, "59m59"), (3600, "1h00"), (3900, "1h05"),
        (359_999, "99h59"), (360_000, "4d04"),
    ])
    func `a duration keeps its shape from a second to days`(seconds: Int, text: String) {
        #expect(Figures.duration(.seconds(seconds)) == text)
    }

    @Test func `a duration never shows a second that has not passed`() {
        #expect(Figures.duration(.milliseconds(47_999)) == "0m47")
    }

    @Test(arguments: [
        (0, "~$0.00"), (1, "<~$0.01"), (9_999, "<~$0.01"), (10_000, "~$0.01"), (420_000, "~$0.42"),
        (3_415_000, "~$3.42"),
        (999_994_999, "~$999.99"), (999_995_000, "~$1000"), (1_240_400_000, "~$1240"), (-7, "~$0.00"),
    ])
    func `money is marked as an estimate and never reads as free when it was not`(microdollars: Int, text: String) {
        #expect(Figures.money(microdollars: microdollars) == text)
    }

    @Test func `a price that nobody knows is not written as zero`() {
        #expect(Figures.money(microdollars: nil) == "$?")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1.0k"), (48_249, "48.2k"), (48_250, "48.3k"), (999_949, "999.9k"),
        (999_950, "1.0M"),
        (1_200_000, "1.2M"), (3_400_000_000, "3.4G"), (-1, "0"),
    ])
    func `tokens move to the next unit before they take a fourth digit`(count: Int, text: String) {
        #expect(Figures.tokens(count) == text)
    }

    @Test(arguments: [
        (0, "0 B"), (512, "512 B"), (48_200, "48.2 KB"), (1_500_000, "1.5 MB"), (2_000_000_000, "2.0 GB"),
    ])
    func `a size names its unit`(count: Int, text: String) {
        #expect(Figures.bytes(count) == text)
    }

    @Test(arguments: [
        (0, 0, "0%"), (4, 13, "30%"), (12, 13, "92%"), (13, 13, "100%"), (-1, 5, "0%"), (3, 2, "150%"),
        (.max, .max, "100%"),
    ])
    func `only the whole is a hundred percent`(part: Int, whole: Int, text: String) {
        #expect(Figures.percent(part, of: whole) == text)
    }

    @Test func `the largest numbers keep their unit`() {
        #expect(Figures.tokens(.max) == "9223372036.9G")
        #expect(Figures.bytes(.max) == "9223372036.9 GB")
        #expect(Figures.money(microdollars: .max) == "~$9223372036855")
    }
}
