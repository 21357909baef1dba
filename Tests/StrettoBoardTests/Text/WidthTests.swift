import StrettoBoard
import TestSupport
import Testing

@Suite struct WidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("한글", 4), ("ｶﾞ", 2), ("Ａ", 2), ("❤", 1),
        ("❤\u{FE0F}", 1),
        ("👩\u{200D}👩\u{200D}👧", 2), ("👍🏽", 2), ("🇩🇪", 2), ("🫨", 2), ("\u{1FABF}", 2), ("●○◆✓✗", 5), ("\u{E0A0}", 1),
        ("a\u{200B}b", 2), ("\u{202E}", 0), ("\u{FEFF}x", 1), ("\u{AD}x", 1), ("क्षि", 3), ("\u{1}", 1), ("ำ", 1),
    ])
    func `text takes as many cells as terminals give it`(text: String, width: Int) {
        #expect(Width.of(text) == width)
    }

    @Test func `the table agrees with the standard library on marks and emoji`() {
        for value in UInt32(0x300)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: #expect(Width.of(scalar) == 0, "U+\(String(value, radix: 16))")
            default: break
            }
            let isFlag = (0x1F1E6...0x1F1FF).contains(value)
            if scalar.properties.isEmojiPresentation, !isFlag {
                #expect(Width.of(scalar) == 2, "U+\(String(value, radix: 16))")
            }
        }
    }

    @Test(arguments: (0..<200).map { UInt64($0) })
    func `fitted text never exceeds its columns, and padded text fills them`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet: [String] = ["a", "b ", "漢", "é", "👩‍👩‍👧", "🇩🇪", "\u{301}", "\u{1B}", "❤️", "ｶ"]
        let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? ""
        }
        .joined()

        for columns in -1...24 {
            let fitted = Width.fit(text, columns: columns)
            #expect(Width.of(fitted) <= max(columns, 0))
            if Width.of(text) <= columns { #expect(!fitted.contains("…")) }
            #expect(Width.of(Width.pad(text, columns: columns)) == max(columns, 0))
        }
    }

    @Test func `a cut is shown by an ellipsis in the last cell`() {
        #expect(Width.fit("abcdef", columns: 4) == "abc…")
        #expect(Width.fit("漢字漢字", columns: 4) == "漢…")
        #expect(Width.fit("abcd", columns: 4) == "abcd")
        #expect(Width.pad("7", columns: 3, alignment: .trailing) == "  7")
    }
}
