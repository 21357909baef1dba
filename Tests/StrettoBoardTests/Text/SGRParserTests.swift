import StrettoBoard
import TestSupport
import Testing

/// Bytes as a hostile program writes them: more escapes and broken characters than text.
private func hostileOutput(_ random: inout SplitMix64) -> [UInt8] {
    let pieces: [[UInt8]] = [
        Array("text ".utf8), [0x1B], Array("\u{1B}[".utf8), Array("38;5;1".utf8), Array("m".utf8), [0x0A], [0x0D],
        [0x08],
        [0x09], Array("\u{1B}]".utf8), [0x07], Array("\u{1B}\\".utf8), [0xC2], [0x9B], [0xC2, 0x9D],
        [0xE6, 0xBC, 0xA2],
        [0xF0, 0x9F], [0x80], Array("\u{1B}[K".utf8), Array("\u{1B}[2K".utf8), Array("\u{1B}P".utf8),
        Array("漢\u{301}".utf8), [0x18], [0x9C],
    ]
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...300, using: &random) {
        if Int.random(in: 0..<5, using: &random) == 0 {
            bytes.append(UInt8.random(in: 0...255, using: &random))
        } else {
            bytes += pieces.randomElement(using: &random) ?? []
        }
    }
    return bytes
}

@Suite struct SGRParserTests {
    private func lines(_ text: String) -> [StyledLine] {
        var parser = SGRParser()
        return parser.parse(Array(text.utf8)) + (parser.hasPartialLine ? [parser.partialLine] : [])
    }

    private func texts(_ text: String) -> [String] { lines(text).map(\.text) }

    @Test func `colours and emphasis survive`() {
        #expect(
            lines("a\u{1B}[1;31mb\u{1B}[22;38;5;208mc\u{1B}[38;2;1;2;3md\u{1B}[48:2::4:5:6me\u{1B}[mf\n") == [
                StyledLine([
                    .init("a"),
                    .init("b", Style(emphasis: .bold, foreground: .indexed(1))),
                    .init("c", Style(foreground: .indexed(208))),
                    .init("d", Style(foreground: .rgb(1, 2, 3))),
                    .init("e", Style(foreground: .rgb(1, 2, 3), background: .rgb(4, 5, 6))),
                    .init("f"),
                ])
            ]
        )
    }

    @Test(arguments: [
        ("a\u{1B}[2Jb\u{1B}[10;10Hc", "abc"),
        ("a\u{1B}]0;title\u{7}b\u{1B}]52;c;aGk=\u{1B}\\c", "abc"),
        ("a\u{1B}P1;2|secret\u{1B}\\b", "ab"),
        ("a\u{1B}_apc\u{1B}\\b\u{1B}^pm\u{1B}\\c\u{1B}Xsos\u{1B}\\d", "abcd"),
        ("a\u{9B}31mb\u{9D}0;t\u{9C}c", "abc"),
        ("a\u{1B}(Bb\u{1B}=c\u{1B}7d", "abcd"),
        ("a\u{7}b\u{0}c\u{7F}d", "abcd"),
        ("a\u{1B}[?1049hb\u{1B}[>1uc\u{1B}[8mhidden", "abchidden"),
        ("\u{1B}]0;\u{1B}[31mred", "red"),
        ("é\u{C2}\u{A0}ü", "é\u{C2}\u{A0}ü"),
    ])
    func `everything else that a terminal obeys is swallowed`(input: String, shown: String) {
        #expect(texts(input) == [shown])
    }

    @Test func `an unended command ends with its line`() {
        #expect(texts("a\u{1B}]0;never ended\nshown\u{1B}[31\nshown too") == ["a", "shown", "shown too"])
        let long = String(repeating: "x", count: SGRParser.textBytesMax + 10)
        #expect(texts("\u{1B}]0;" + long)[0].count < 20)
    }

    @Test(arguments: [
        ("10%\r50%\r100%\n", ["100%"]),
        ("long line\rshort\n", ["shortline"]),
        ("long line\r\u{1B}[Kshort\n", ["short"]),
        ("long line\u{1B}[2K\rshort\n", ["short"]),
        ("\u{1B}[1Ga\u{1B}[Gb\n", ["b"]),
        ("one\r\ntwo\r\r\nthree", ["one", "two", "three"]),
        ("ab\u{8}c\u{8}\u{8}\u{8}\u{8}X", ["Xc"]),
        ("漢字\rx", ["x 字"]),
        ("abc\re\u{301}", ["e\u{301}bc"]),
        ("old\rné", ["néd"]),
    ])
    func `a carriage return and a backspace overwrite`(input: String, shown: [String]) {
        #expect(texts(input) == shown)
    }

    @Test func `tabs reach to multiples of eight columns`() {
        #expect(texts("a\tb\t\tc\n漢\td") == ["a       b               c", "漢      d"])
    }

    @Test func `broken UTF-8 becomes replacement characters`() {
        var parser = SGRParser()

        #expect(parser.parse([0x61, 0xFF, 0x62, 0xE2, 0x82, 0x0A]).map(\.text) == ["a\u{FFFD}b\u{FFFD}"])
        #expect(parser.parse([0x78, 0x0D, 0xE2, 0x0D, 0xC3, 0xA9, 0x0A]).map(\.text) == ["é"])
    }

    @Test func `a line without end is wrapped, and no character is torn`() {
        var parser = SGRParser()
        let text = "ab" + String(repeating: "€", count: 60_000)
        let lines = parser.parse(Array((text + "\n").utf8))

        #expect(lines.map(\.text).joined() == text)
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.text.utf8.count <= SGRParser.lineBytesMax + 4 })
    }

    @Test(arguments: (0..<300).map { UInt64($0) })
    func `hostile output is the same lines however it is cut, and holds no control character`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = hostileOutput(&random)
        var whole = SGRParser()
        var pieces = SGRParser()

        let expected = whole.parse(bytes)
        var found: [StyledLine] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(Int.random(in: 1...7, using: &random), rest.count)
            found += pieces.parse(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }

        #expect(found == expected)
        #expect(pieces.partialLine == whole.partialLine)
        for line in expected {
            #expect(line.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        }
    }

    @Test func `a flood of any one byte stays within the limits`() {
        for byte: UInt8 in [0x00, 0x08, 0x09, 0x0D, 0x1B, 0x20, 0x5B, 0x80, 0x9B, 0xBF, 0xC2, 0xE2, 0xF0, 0xFF] {
            var parser = SGRParser()
            let lines = parser.parse(Array(repeating: byte, count: 2 * SGRParser.lineBytesMax))
            #expect(lines.allSatisfy { $0.text.utf8.count <= 4 * SGRParser.lineBytesMax })
            #expect(parser.partialLine.text.utf8.count <= 4 * SGRParser.lineBytesMax)
        }
    }
}

@Suite struct LogWindowTests {
    @Test func `lines are numbered from the log's start, the one that has only begun too`() {
        var log = LogWindow()

        log.append(Array("one\ntwo\nthr".utf8))
        #expect(log.lineCount == 3)
        #expect(log[0]?.text == "one")
        #expect(log[2]?.text == "thr")
        log.append(Array("ee\n".utf8))
        #expect(log[2]?.text == "three")
        #expect(log[3] == nil)
    }

    @Test func `a flood keeps the last lines, and counts those that left`() {
        var log = LogWindow()
        let total = LogWindow.linesMax + 5_000

        for number in 0..<total { log.append(Array("\(number)\n".utf8)) }
        #expect(log.lineCount == total)
        #expect(log.droppedCount == 5_000)
        #expect(log[4_999] == nil)
        #expect(log[5_000]?.text == "5000")
        #expect(log[total - 1]?.text == "\(total - 1)")
    }

    @Test func `long lines are bounded by their bytes`() {
        var log = LogWindow()
        let line = Array((String(repeating: "x", count: 60_000) + "\n").utf8)

        for _ in 0..<200 { log.append(line) }
        #expect(log.lineCount == 200)
        #expect(log.lineNumbers.count * 60_000 <= LogWindow.bytesMax)
        #expect(log.lineNumbers.count > 60)
    }

    @Test(arguments: (0..<200).map { UInt64($0) })
    func `a window shows what a parser makes of the bytes, however they come`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = hostileOutput(&random)
        for number in 0..<20 {
            bytes += Array("line \(number) of plain text, long enough\n".utf8) + hostileOutput(&random)
        }
        var parser = SGRParser()
        let expected = parser.parse(bytes)
        var log = LogWindow()
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(Int.random(in: 1...200, using: &random)))
            log.append(piece)
            rest = rest.dropFirst(piece.count)
        }

        #expect(log.wholeNumbers.map { log[$0] } == expected)
        #expect(log.wholeLineCount == expected.count)
        if parser.hasPartialLine { #expect(log[log.wholeLineCount] == parser.partialLine) }
    }

    @Test func `lines keep their places while earlier texts are let go`() {
        var log = LogWindow()
        var offset = 0
        for number in 0..<60_000 {
            let text = Array((number % 3 == 0 ? "\u{1B}[32m\(number)\u{1B}[0m\n" : "\(number)\n").utf8)
            log.append(LogText(verbatim: text, offset: offset))
            if number == 59_999 { #expect(log.start(of: number) == offset) }
            offset += text.count
        }

        #expect(log.lineNumbers.count == LogWindow.linesMax)
        for number in log.lineNumbers { #expect(log[number]?.text == "\(number)") }
        #expect(log.number(at: log.start(of: 50_000)) == 50_000)
    }
}
