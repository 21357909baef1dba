import StrettoCore
import Testing

@testable import StrettoBoard

@Suite struct FormatTests {
    @Test(
        arguments: zip(
            [0, 48, 192, 3599, 3600, 3720, 359_999, 360_000, 1_000_000_000],
            ["0m00", "0m48", "3m12", "59m59", "1h00", "1h02", "99h59", "4d04", "99d01"]
        )
    )
    func `a time is at most five columns wide`(seconds: Int, text: String) {
        #expect(Format.short(.seconds(seconds)) == text)
        #expect(text.count <= 5)
    }

    @Test(
        arguments: zip(
            [0, 999, 1000, 48_200, 99_949, 99_950, 412_000, 999_499, 999_500, 1_000_000, Int.max],
            ["0", "999", "1.0k", "48.2k", "99.9k", "100k", "412k", "999k", "1.0M", "1.0M", "9999M"]
        )
    )
    func `a count is at most five columns wide`(number: Int, text: String) {
        #expect(Format.count(number) == text)
        #expect(text.count <= 5)
    }

    @Test func `money is rounded to cents, and tokens without a price are not free`() {
        #expect(Format.dollars(314_999) == "0.31")
        #expect(Format.dollars(315_000) == "0.32")
        #expect(Format.dollars(12_000_000) == "12.00")
        #expect(Format.money(Usage(inputTokens: 5, outputTokens: 0)) == "no price")
        #expect(Format.money(.zero) == "~$0.00")
    }

    @Test func `a long list names its first entries and counts the rest`() {
        #expect(Format.list(["a", "b", "c", "d"]) == "a, b, c, d")
        #expect(Format.list(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more")
    }

    @Test(arguments: [1, 2, 3, 7, 20, 80])
    func `wrapped lines are never wider than asked for`(columns: Int) {
        let text = "A sentence with 漢字 and averyveryverylongword that no line can hold.\n\nAnd an end 👩‍👩‍👧."
        let lines = Paragraph.wrap(text, columns: columns)

        #expect(lines.allSatisfy { Width.of($0) <= max(2, columns) })
        #expect(lines.joined().filter { $0 != " " }.count == text.filter { !$0.isWhitespace }.count)
    }

    @Test func `a text field takes one line without control characters`() {
        var field = TextField()
        field.insert("a\u{1B}[31mb\nc\u{0}")
        field.insert(String(repeating: "x", count: 1000))

        #expect(field.text.hasPrefix("a[31mb c"))
        #expect(field.text.count == TextField.lengthMax)
    }
}
