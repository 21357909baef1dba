import StrettoCommand
import TestSupport
import Testing

@Suite struct TerminalFilterTests {
    private func passed(_ text: String) -> String {
        var filter = TerminalFilter()
        return String(decoding: filter.pass(Array(text.utf8)), as: UTF8.self)
    }

    @Test func `text and colours pass, and nothing else that a terminal obeys`() {
        #expect(passed("a\tb\r\nä漢👍") == "a\tb\r\nä漢👍")
        #expect(passed("\u{1B}[1;31mred\u{1B}[0m") == "\u{1B}[1;31mred\u{1B}[0m")
        #expect(passed("a\u{1B}[2J\u{1B}[Hb\u{1B}[?1049hc\u{1B}[>4md") == "abcd")
        #expect(passed("a\u{1B}]52;c;c2VjcmV0\u{07}b\u{1B}]0;title\u{1B}\\c\u{1B}Pq\u{1B}\\d") == "abcd")
        #expect(passed("a\u{07}\u{08}\u{00}b\u{9B}2Jc") == "ab2Jc")
        #expect(passed("a\u{1B}[" + String(repeating: "1;", count: 100) + "mb") == "ab")
    }

    @Test(arguments: (0..<50).map { UInt64($0) })
    func `where the chunks are cut makes no difference, and no control gets through`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet: [UInt8] = [
            0x1B, 0x5B, 0x5D, 0x6D, 0x31, 0x3B, 0x07, 0x5C, 0x9B, 0xC2, 0xE2, 0x82, 0x41, 0x0A, 0x3F,
        ]
        let bytes = (0..<400).map { _ in alphabet.randomElement(using: &random) ?? 0 }
        var whole = TerminalFilter()
        var pieces = TerminalFilter()
        let expected = whole.pass(bytes)

        #expect(bytes.flatMap { pieces.pass([$0]) } == expected)
        var rest = expected[...]
        while let escape = rest.firstIndex(of: 0x1B) {
            let end = rest[escape...].firstIndex(of: UInt8(ascii: "m"))
            #expect(end != nil && rest[escape + 1] == UInt8(ascii: "["))
            rest = rest[((end ?? rest.endIndex - 1) + 1)...]
        }
        #expect(!expected.contains(0x07))
    }
}
