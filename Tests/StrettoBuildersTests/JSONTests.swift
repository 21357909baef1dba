import TestSupport
import Testing

@testable import StrettoBuilders

@Suite struct JSONTests {
    private func parse(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

    @Test func `values of every kind are read`() throws {
        let value = try parse(#" {"a": [1, -2.5e1, true, false, null, "x"], "b": {}, "c": []} "#)

        let elements = try #require(value["a"]?.elements)
        #expect(elements.map(\.kind) == [.integer, .number, .bool, .bool, .null, .string])
        #expect(elements[0].integer == 1)
        #expect(elements[1].double == -25)
        #expect(elements[2].bool == true)
        #expect(elements[3].bool == false)
        #expect(elements[5].string == "x")
        #expect(value["b"]?.kind == .object)
        #expect(value["b"]?.members.isEmpty == true)
        #expect(value["c"]?.kind == .array)
        #expect(value["c"]?.elements.isEmpty == true)
        #expect(value["d"] == nil)
    }

    @Test func `the last of two equal keys counts, and null is as good as missing`() throws {
        let value = try parse(#"{"a": 1, "a": 2, "b": null}"#)

        #expect(value["a"]?.integer == 2)
        #expect(value["b"] == nil)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u00e9\u20AC""#, "é€"),
        (#""\ud83d\ude00!""#, "😀!"),
        (#""\ud83d""#, "\u{FFFD}"),
        (#""\ude00""#, "\u{FFFD}"),
        (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\n""#, "\u{FFFD}\n"),
        ("\"plain ü 😀\"", "plain ü 😀"),
    ])
    func `strings keep what their escapes mean`(_ text: String, _ expected: String) throws {
        #expect(try parse(text).string == expected)
        #expect(try parse("{\(text): 1}").members.map(\.key) == [expected])
    }

    @Test func `keys and strings are found however they are written`() throws {
        let value = try parse(#"{"a\u00e9": "\u0062x", "bx": "bx", "": "", "bxx": null}"#)

        #expect(value["aé"]?.isString("bx") == true)
        #expect(value["bx"]?.isString("bx") == true)
        #expect(value["bx"]?.isString("by") == false)
        #expect(value[""]?.isString("") == true)
        #expect(value["bxx"] == nil && value["b"] == nil)
        #expect(value.string(of: "bx", bytesMax: 1) == "b" && value.string(of: "c", bytesMax: 1) == nil)
    }

    @Test(arguments: 0..<70) func `a string is found to end where it does, whatever its length and place`(
        count: Int
    ) throws {
        let text = String(repeating: "x", count: count)
        for end in ["", "\\n", "é", "\\u00e9"] {
            let elements = try parse("[\"\(text)\(end)\", \"\(text)\"]").elements
            #expect(elements.map { $0.string?.count } == [count + (end.isEmpty ? 0 : 1), count])
        }
        #expect(throws: JSONError.self) { try parse("\"\(text)\u{1F}\(text)\"") }
    }

    @Test func `broken UTF-8 is replaced and not refused`() throws {
        #expect(try JSONParser.parse([0x22, 0x61, 0xFF, 0x22]).string == "a\u{FFFD}")
    }

    @Test(arguments: [
        ("", JSONError(problem: .endOfInput, line: 1, column: 1)),
        ("{\"a\": 1,\n \"b\" 2}", JSONError(problem: .expectedColon, line: 2, column: 6)),
        ("{\"a\": 1,\n}", JSONError(problem: .expectedKey, line: 2, column: 1)),
        ("[1 2]", JSONError(problem: .expectedSeparator, line: 1, column: 4)),
        ("[1,]", JSONError(problem: .expectedValue, line: 1, column: 4)),
        ("tru", JSONError(problem: .badLiteral, line: 1, column: 1)),
        ("01", JSONError(problem: .badNumber, line: 1, column: 3)),
        ("1.", JSONError(problem: .badNumber, line: 1, column: 3)),
        ("1e999", JSONError(problem: .badNumber, line: 1, column: 6)),
        ("\"a\nb\"", JSONError(problem: .controlInString, line: 1, column: 3)),
        ("\"\\x\"", JSONError(problem: .badEscape, line: 1, column: 4)),
        ("{} {}", JSONError(problem: .trailingText, line: 1, column: 4)),
        ("{\"a\": [1", JSONError(problem: .endOfInput, line: 1, column: 9)),
    ])
    func `broken text is refused with line and column`(_ text: String, _ expected: JSONError) {
        #expect(throws: expected) { try parse(text) }
    }

    @Test func `a depth that could exhaust the stack is refused`() {
        #expect(throws: JSONError(problem: .tooDeep, line: 1, column: JSONParser.depthMax + 1)) {
            try parse(String(repeating: "[", count: 100_000))
        }
    }

    @Test func `integers are exact and what does not fit becomes a number`() throws {
        #expect(try parse("9223372036854775807").integer == .max)
        #expect(try parse("-9223372036854775808").integer == .min)
        #expect(try parse("9223372036854775808").kind == .number)
        #expect(try parse("9223372036854775808").double == 9_223_372_036_854_775_808)
        #expect(try parse("9223372036854775808").integer == nil)
        #expect(try parse("2.9").integer == 2)
    }

    @Test(arguments: UInt64(0)..<20) func `no bytes crash the parser`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let letters = Array(#"{}[]",:\u0123dE+-.eltrufasn "#.utf8) + [0xC3, 0xFF, 0x0A]
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                letters[Int.random(in: 0..<letters.count, using: &random)]
            }
            _ = try? JSONParser.parse(bytes)
        }
    }
}
