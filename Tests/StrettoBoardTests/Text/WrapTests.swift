import TestSupport
import Testing

@testable import StrettoBoard

@Suite struct WrapTests {
    @Test func `a log breaks at the last column, prose between words`() {
        let line = StyledLine([.init("one two ", Style(.ok)), .init("three漢", Style(.bad))])

        #expect(line.wrapped(columns: 6).map(\.text) == ["one tw", "o thre", "e漢"])
        #expect(line.wrapped(columns: 6, by: .words).map(\.text) == ["one ", "two ", "three", "漢"])
        #expect(line.wrapped(columns: 9, by: .words, indent: 2).map(\.text) == ["one two ", "  three漢"])
        #expect(StyledLine().wrapped(columns: 5) == [StyledLine()])
    }
}

@Suite struct DiffTextTests {
    private let diff = DiffText(
        """
        diff --git a/x.swift b/x.swift
        index 1..2 100644
        --- a/x.swift
        +++ b/x.swift
        @@ -1,3 +1,3 @@ func main
         same
        --- looks like a file
        +\tnew\u{202E}evil
         end
        \\ No newline at end of file
        @@ -10 +10,2 @@
        -gone
        +one
        +two
        diff --git a/y b/y
        """
    )

    @Test func `each line has its meaning and its number`() {
        #expect(
            diff.lines.map(\.kind) == [
                .file, .hunk, .context, .removed, .added, .context, .note, .hunk, .removed, .added, .added, .file,
            ]
        )
        #expect(diff.lines.map(\.number) == [nil, nil, 1, 2, 2, 3, nil, nil, 10, 10, 11, nil])
        #expect(diff.lines[1].text.text == "func main")
        #expect(diff.lines[3].text.text == "-- looks like a file")
    }

    @Test func `what would hide or reorder is spelled out`() {
        #expect(
            diff.lines[4].text
                == StyledLine([
                    .init("        new", Style(.add)), .init("<U+202E>", Style(.warn, emphasis: .reverse)),
                    .init("evil", Style(.add)),
                ])
        )
        for scalar: Unicode.Scalar in [
            "\u{0}", "\u{D}", "\u{1B}", "\u{9B}", "\u{200B}", "\u{2066}", "\u{FEFF}", "\u{E0041}",
        ] {
            #expect(VisibleText.line("a\(scalar)b", style: Style()).text.contains("<U+"))
        }
    }

    @Test func `a carriage return does not end a line, and a long line says how much is missing`() {
        let long = String(repeating: "x", count: DiffText.lineCharactersMax + 10)
        let diff = DiffText("@@ -1 +1 @@\n-a\r\n+\(long)\n")

        #expect(diff.lines[1].text.text == "a<U+000D>")
        #expect(diff.lines[2].text.text.hasSuffix("x … 10 more characters"))
    }

    @Test(arguments: (0..<40).map { UInt64($0) })
    func `broken diffs are shown, not believed`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "@@ -1,9 +1,9 @@\n", "@@ -99999999999999999999 +1 @@\n", "@@ -1,9999999999999 +1 @@\n", "--- a\n", "+x\n",
            "-y\n", " z\n",
            "\\ No\n", "\n", "漢\u{202E}\n",
        ]
        let text = (0..<40).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()

        let shown = DiffText(text).lines.count
        let repeated = text.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(shown > 0 && shown <= repeated)
    }
}
