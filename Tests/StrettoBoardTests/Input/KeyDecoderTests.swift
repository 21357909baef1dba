import StrettoBoard
import TestSupport
import Testing

@Suite struct KeyDecoderTests {
    private func keys(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        return decoder.decode(Array(text.utf8)) + decoder.timeout()
    }

    static let table: [(String, [Key])] = [
        ("aé漢", [.character("a"), .character("é"), .character("漢")]),
        ("\r\n\t\u{7F}\u{8}\u{0}", [.enter, .enter, .tab, .backspace, .backspace, .control(" ")]),
        ("\u{3}\u{1A}\u{C}\u{1C}\u{1F}", [.control("c"), .control("z"), .control("l"), .control("\\"), .control("_")]),
        ("\u{1B}", [.escape]),
        ("\u{1B}\u{1B}", [.escape, .escape]),
        ("\u{1B}x\u{1B}é", [.alt("x"), .alt("é")]),
        ("\u{1B}[", [.alt("[")]),
        ("\u{1B}]", [.alt("]")]),
        ("\u{1B}O", [.alt("O")]),
        ("\u{1B}\u{1B}[A", [.escape, .up]),
        ("\u{1B}[A\u{1B}OB\u{1B}[1;5C\u{1B}[d", [.up, .down, .right, .left]),
        ("\u{1B}[H\u{1B}[4~\u{1B}[7~\u{1B}OF\u{1B}[5~\u{1B}[6;2~", [.home, .end, .home, .end, .pageUp, .pageDown]),
        ("\u{1B}[2~\u{1B}[3~\u{1B}[3^\u{1B}[3$\u{1B}[Z", [.insert, .delete, .delete, .delete, .backTab]),
        ("\u{1B}OP\u{1B}[[B\u{1B}[13~\u{1B}[15~\u{1B}[24~\u{1B}[1;2S", [1, 2, 3, 5, 12, 4].map { .function($0) }),
        (
            "\u{1B}[97;5u\u{1B}[27;5;105~\u{1B}[97;2u\u{1B}[120;3u",
            [.control("a"), .control("i"), .character("A"), .alt("x")]
        ),
        ("\u{1B}[13;2u\u{1B}[27u\u{1B}[9;2u", [.enter, .escape, .backTab]),
        ("\u{1B}[I\u{1B}[O", [.focusIn, .focusOut]),
        (
            "\u{1B}[<0;10;5M\u{1B}[<0;10;5m\u{1B}[<32;311;5M\u{1B}[<2;1;1M",
            [
                .mouse(MouseEvent(.press(.left), column: 9, row: 4)),
                .mouse(MouseEvent(.release(.left), column: 9, row: 4)),
                .mouse(MouseEvent(.drag(.left), column: 310, row: 4)),
                .mouse(MouseEvent(.press(.right), column: 0, row: 0)),
            ]
        ),
        (
            "\u{1B}[<64;1;1M\u{1B}[<65;1;1M\u{1B}[<66;1;1M\u{1B}[<67;1;1M\u{1B}[<80;1;1M",
            [.wheelUp, .wheelDown, .wheelLeft, .wheelRight, .wheelUp].map {
                .mouse(MouseEvent($0, column: 0, row: 0))
            }
        ),
        ("\u{1B}[M !!", [.mouse(MouseEvent(.press(.left), column: 0, row: 0))]),
        ("\u{1B}[200~a\r\nb\u{1B}[31m\u{3}\u{1B}[201~c", [.paste("a\nb[31m"), .character("c")]),
        (
            "\u{1B}[?2026;2$y\u{1B}[24;80R\u{1B}[?62;4c",
            [
                .reply(.mode(2026, state: 2)), .reply(.cursor(column: 79, row: 23)), .reply(.attributes([62, 4])),
            ]
        ),
        (
            "\u{1B}]11;rgb:1111/1515/1c1c\u{1B}\\\u{1B}]10;rgb:f/8/0\u{7}",
            [
                .reply(.background(red: 0x11, green: 0x15, blue: 0x1C)),
                .reply(.foreground(red: 255, green: 136, blue: 0)),
            ]
        ),
        ("\u{1B}]52;c;aGVsbG8=\u{7}\u{1B}P1$r\u{1B}\\x", [.character("x")]),
        ("\u{1B}[12\u{3}x", [.control("c"), .character("x")]),
    ]

    @Test(arguments: table)
    func `what terminals send becomes keys`(input: String, expected: [Key]) {
        #expect(keys(input) == expected)
    }

    @Test func `splitting the input anywhere gives the same keys`() {
        let bytes = Array(Self.table.map(\.0).joined(separator: "q").utf8)
        var whole = KeyDecoder()
        let expected = whole.decode(bytes)

        for size in 1...13 {
            var decoder = KeyDecoder()
            var found: [Key] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                found += decoder.decode(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(found == expected)
        }
    }

    @Test func `only what a person may have typed waits for the clock`() {
        var decoder = KeyDecoder()

        #expect(decoder.patience == nil)
        #expect(decoder.decode([0x1B]).isEmpty)
        #expect(decoder.patience == .milliseconds(25))
        #expect(decoder.decode(Array("[<0;1".utf8)).isEmpty)
        #expect(decoder.patience == .seconds(3))
        #expect(decoder.decode(Array("0;3M".utf8)) == [.mouse(MouseEvent(.press(.left), column: 9, row: 2))])
        #expect(decoder.patience == nil)
        _ = decoder.decode(Array("\u{1B}[200~half a paste".utf8))
        #expect(decoder.patience == nil, "a paste has an end of its own, and its rest is no command")
    }

    @Test(arguments: ["\u{1B}]11;rgb:fafa/f6", "\u{1B}[<0;1", "\u{1B}P1$r", "\u{1B}]11;rgb:0/0/0\u{1B}", "\u{1B}[M "])
    func `a sequence whose end is lost is forgotten, and the next key is one`(text: String) {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array(text.utf8)).isEmpty)

        #expect(decoder.timeout().isEmpty)

        #expect(decoder.decode(Array("q".utf8)) == [.character("q")])
    }

    @Test(arguments: [
        "\u{1B}]11;rgb:fa/f6/ee\u{7}", "\u{1B}]11;rgb:fafa/f6f6/eeee\u{1B}\\", "\u{1B}]11;rgba:fa/f6/ee/80\u{7}",
        "\u{1B}]11;#faf6ee\u{7}", "\u{1B}]11;#fafaf6f6eeee\u{7}",
    ])
    func `a background is understood in every form that terminals use`(text: String) {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array(text.utf8)) == [.reply(.background(red: 0xFA, green: 0xF6, blue: 0xEE))])
    }

    @Test func `8-bit controls begin and end sequences as their two-byte forms do`() {
        var decoder = KeyDecoder()
        let reply = [0x9D] + Array("11;rgb:00/00/00".utf8) + [0x9C]
        #expect(decoder.decode(reply) == [.reply(.background(red: 0, green: 0, blue: 0))])
        #expect(decoder.decode([0x9B] + Array("A".utf8) + [0x8F] + Array("B".utf8)) == [.up, .down])
        #expect(decoder.decode(Array("ƛ漢".utf8)) == [.character("ƛ"), .character("漢")])
    }

    @Test func `broken UTF-8 is a replacement character, and the key after it is not lost`() {
        var decoder = KeyDecoder()

        #expect(decoder.decode([0xE2, 0x82, 0x71]) == [.character("\u{FFFD}"), .character("q")])
        #expect(decoder.decode([0xC0, 0xC2, 0x85, 0x71]) == [.character("\u{FFFD}"), .character("q")])
    }

    @Test func `a paste larger than its limit comes in pieces and loses nothing`() {
        var decoder = KeyDecoder()
        let text = String(repeating: "é漢x", count: 300_000)

        var pasted = ""
        var count = 0
        for case .paste(let piece) in decoder.decode(Array("\u{1B}[200~\(text)\u{1B}[201~".utf8)) {
            pasted += piece
            count += 1
        }
        #expect(pasted == text)
        #expect(count == 2)
        #expect(decoder.decode([0x71]) == [.character("q")])
    }

    @Test(arguments: (0..<300).map { UInt64($0) })
    func `no bytes make the decoder deaf`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var decoder = KeyDecoder()
        var bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        for _ in 0..<10 { bytes += [0x1B, UInt8.random(in: 0x20...0x7F, using: &random), 0x3F] }

        _ = decoder.decode(bytes)
        // Ctrl-C breaks whatever is under way; three of them also fill an old mouse report.
        let keys = decoder.decode([0x1B, 0x5C, 0x03, 0x03, 0x03, 0x03])
        #expect(keys.last == .control("c"))
    }

    @Test(arguments: (0..<200).map { UInt64($0) })
    func `what a key is written as is read as that key, however the bytes come`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let keys = (0..<40).map { _ in KeyWriter.key(&random) }
        var bytes = keys.flatMap(KeyWriter.bytes)[...]
        var decoder = KeyDecoder()
        var found: [Key] = []
        while !bytes.isEmpty {
            let count = min(Int.random(in: 1...9, using: &random), bytes.count)
            found += decoder.decode(Array(bytes.prefix(count)))
            bytes = bytes.dropFirst(count)
        }

        #expect(found + decoder.timeout() == keys)
    }
}
