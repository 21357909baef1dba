import StrettoCore
import Testing

@testable import StrettoBoard

@Suite struct WordingTests {
    @Test func `tokens without a price are not free`() {
        #expect(Wording.money(Usage(inputTokens: 5, outputTokens: 0)) == "$?")
        #expect(Wording.money(.zero) == "~$0.00")
    }

    @Test func `a long list names its first entries and counts the rest`() {
        #expect(Wording.list(["a", "b", "c", "d"]) == "a, b, c, d")
        #expect(Wording.list(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more")
    }

    @Test(arguments: [1, 2, 3, 7, 20, 80])
    func `wrapped lines are never wider than asked for`(columns: Int) {
        let text = "A sentence with 漢字 and averyveryverylongword that no line can hold.\n\nAnd an end 👩‍👩‍👧."
        let rows = StyledLine.paragraphs(text, columns: columns)

        #expect(rows.allSatisfy { $0.width <= columns })
        #expect(rows.contains { $0.isEmpty }, "the empty line between paragraphs stays")
        // A single column has no room for what is wide.
        guard columns > 1 else { return }
        let shown = rows.map(\.text).joined().filter { $0 != " " }
        #expect(shown.unicodeScalars.filter { Width.of($0) > 0 }.count >= 50)
    }

    @Test func `a text field takes one line without control characters`() {
        var field = TextField()
        field.insert("a\u{1B}[31mb\nc\u{0}")
        field.insert(String(repeating: "x", count: 1000))

        #expect(field.text.hasPrefix("a[31mb c"))
        #expect(field.text.count == TextField.lengthMax)
    }
}
