import StrettoBoard
import TestSupport
import Testing

@testable import StrettoFrontEnd

@Suite struct LineScannerTests {
    private static func lines(_ text: String, with needle: String) throws -> [Int] {
        var scanner = LineScanner(try #require(LogNeedle(needle)))
        let bytes = Array(text.utf8)
        return scanner.matches(in: bytes).map { place in bytes[..<place].count { $0 == 0x0A } }
    }

    @Test(arguments: [
        ("plain needle\nhay\nneedle", "needle", [0, 2]),
        ("two needles and a needle\n", "needle", [0]),
        ("a NEEDLE\n", "needle", [0]),
        ("a needle\na Needle\n", "Needle", [1]),
        ("nee\u{1B}[31mdle\u{1B}[0m\n", "needle", [0]),
        ("\u{1B}[31m coloured\n", "31", []),
        ("needle\rthread\n", "needle", []),
        ("thread\rneedle\n", "needle", [0]),
        ("needle\r\nhay\r\n", "needle", [0]),
        ("a\tb\n", "a  ", [0]),
        ("caf\u{E9} au lait\u{A0}\n", "\u{E9} au", [0]),
        ("\u{1B}]0;needle\u{7}hay\n", "needle", []),
        ("", "needle", []),
    ])
    func `a line is found by what is shown of it`(text: String, needle: String, expected: [Int]) throws {
        #expect(try Self.lines(text, with: needle) == expected)
    }

    @Test(arguments: 0..<80 as Range<UInt64>)
    func `whatever the bytes, the lines found are those that a pane would show`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var pieces = [
            "a", "b", "A", "ab", " ", "\n", "\n", "\r\n", "\u{1B}[1;31m", "\u{E9}", "\u{0}", "\u{7F}", "ab ab",
        ]
        // Lines with nothing but text and colours are looked through together, others one by one.
        if seed % 2 == 0 {
            pieces += [
                "\r", "\t", "\u{8}", "\u{1B}[K", "\u{1B}[2J", "\u{1B}", "\u{1B}]0;ab\u{7}", "\u{9B}1m", "\u{1B}[",
            ]
        }
        var text = ""
        // Now and then more than is looked at together.
        let count = seed % 40 == 0 ? 6_000 : Int.random(in: 0..<400, using: &random)
        for _ in 0..<count { text += pieces.randomElement(using: &random) ?? "" }

        for needle in ["ab", "a b", "Ab", "b", "\u{E9}", "aa"] {
            let wanted = try #require(LogNeedle(needle))
            let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
            let expected = lines.filter { _, line in
                var parser = SGRParser()
                return parser.parse(Array(line) + [0x0A]).contains { wanted.isIn($0.text) }
            }.map(\.offset)
            #expect(try Self.lines(text, with: needle) == expected, "\(needle.debugDescription)")
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the rarest byte of a text is found wherever it is, in both its cases`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<2_000).map { _ in "aaaabbBz\n ".utf8.randomElement(using: &random) ?? 0 }
        let expected = bytes.indices.filter { bytes[$0] == UInt8(ascii: "b") || bytes[$0] == UInt8(ascii: "B") }

        let needle = try #require(LogNeedle("a b"))
        let rare = try #require(RareByte(of: needle, in: Array("aaaa bB".utf8)))
        let found = bytes.withUnsafeBytes { all in
            var places = RareByte.Places(of: rare, in: all)
            var found: [Int] = []
            while let place = places.first(from: (found.last ?? -1) + 1) { found.append(place) }
            return found
        }
        #expect(found == expected)
        let made = try #require(LogNeedle(" \u{E9}"))
        #expect(RareByte(of: made, in: bytes) == nil, "a pane may make these of others")
    }
}
