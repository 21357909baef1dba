import StrettoBoard
import TestSupport
import Testing

@Suite struct CellBufferTests {
    private func buffer(_ columns: Int, _ rows: Int) -> CellBuffer { CellBuffer(Size(columns: columns, rows: rows)) }

    @Test func `text is written where it was asked for, and the next column is told`() {
        var screen = buffer(10, 2)

        #expect(screen.write("héllo", column: 2, row: 1) == 7)
        #expect(screen.lines == ["", "  héllo"])
    }

    @Test func `text is clipped on all four sides`() {
        var screen = buffer(8, 3)
        let clip = Rect(column: 2, row: 1, columns: 3, rows: 1)

        #expect(screen.write("abcdefgh", column: 0, row: 1, in: clip) == 5)
        screen.write("above", column: 2, row: 0, in: clip)
        screen.write("below", column: 2, row: 2, in: clip)
        screen.write("outside", column: -20, row: 1)
        screen.write("outside", column: 3, row: 99)
        #expect(screen.lines == ["", "  cde", ""])
    }

    @Test func `a wide glyph at an edge becomes a blank`() {
        var screen = buffer(4, 1)

        screen.write("a漢字x", column: 0, row: 0)
        #expect(screen.lines == ["a漢"])
        screen.write("漢字", column: -1, row: 0)
        #expect(screen.lines == [" 字"])
    }

    @Test func `half of a wide glyph that is written over becomes a blank`() {
        var screen = buffer(6, 1)
        screen.write("漢字", column: 0, row: 0)

        screen.write("x", column: 1, row: 0)
        screen.write("y", column: 2, row: 0)
        #expect(screen.lines == [" xy"])
    }

    @Test func `control characters are seen and do nothing`() {
        var screen = buffer(20, 1)

        screen.write("a\u{1B}[2Jb\tc\nd\u{9B}e\u{7F}\u{202E}f", column: 0, row: 0)
        #expect(screen.lines == ["a␛[2Jb c d\u{FFFD}e␡f"])
    }

    @Test func `a line of several styles keeps them and scrolls sideways`() {
        var screen = buffer(4, 1)
        let line = StyledLine([.init("ab", Style(.ok)), .init("漢cd", Style(.bad))])

        screen.write(line, column: 0, row: 0, scrollX: 1)
        #expect(screen.lines == ["b漢c"])
        #expect(screen[0, 0].style == Style(.ok))
        #expect(screen[1, 0].style == Style(.bad))
        screen.write(line, column: 0, row: 0, scrollX: 3)
        #expect(screen.lines == [" cdc"])
    }

    @Test func `a selection lies under the text and leaves its meaning`() {
        var screen = buffer(5, 1)
        screen.write("ab", column: 0, row: 0, style: Style(.run))

        screen.restyle(Rect(column: 0, row: 0, columns: 5, rows: 1), ground: .select)
        #expect(screen[0, 0].style == Style(.run, ground: .select))
        #expect(screen[4, 0].style == Style(.text, ground: .select))
    }

    @Test(arguments: (0..<200).map { UInt64($0) })
    func `whatever is written, wide glyphs own two cells and rows keep their width`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var screen = buffer(Int.random(in: 1...24, using: &random), Int.random(in: 1...6, using: &random))
        let alphabet: [String] = [
            "a", "漢", "é", "👩‍👩‍👧", "🇩🇪", "\u{301}", "\u{1B}", "❤️", "x\u{300}\u{301}\u{302}", "ｶ", "🫨",
        ]

        for _ in 0..<60 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? ""
            }
            let clip = Rect(
                column: Int.random(in: -3...20, using: &random),
                row: Int.random(in: -2...5, using: &random),
                columns: Int.random(in: -2...20, using: &random),
                rows: Int.random(in: 0...5, using: &random)
            )
            let column = Int.random(in: -6...26, using: &random)
            let row = Int.random(in: -2...7, using: &random)
            if Bool.random(using: &random) {
                screen.write(text.joined(), column: column, row: row, in: clip)
            } else {
                screen.fill(clip, with: "─")
            }
        }

        for row in 0..<screen.size.rows {
            let cells = Array(screen.cells(inRow: row))
            #expect(cells.count == screen.size.columns)
            #expect(cells.reduce(0) { $0 + Int($1.width) } == screen.size.columns)
            for (index, cell) in cells.enumerated() {
                if cell.width == 2 { #expect(cells[index + 1].width == 0) }
                if cell.width == 0 { #expect(cells[index - 1].width == 2) }
                #expect(cell.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{1B}" })
            }
        }
    }
}

@Suite struct RectTests {
    @Test func `a size is never less than one cell, nor more than any terminal`() {
        #expect(Size(columns: 0, rows: -3) == Size(columns: 1, rows: 1))
        #expect(Size(columns: .max, rows: 9).columns == Size.sideMax)
    }

    @Test(arguments: 0...12)
    func `the two parts of a split tile the whole`(count: Int) {
        let whole = Rect(column: 3, row: 4, columns: 9, rows: 7)

        for (part, rest) in [
            whole.leading(columns: count), whole.trailing(columns: count), whole.top(rows: count),
            whole.bottom(rows: count),
        ] {
            var seen = 0
            for row in -2..<20 {
                for column in -2..<20 {
                    let inPart = part.contains(column: column, row: row)
                    let inRest = rest.contains(column: column, row: row)
                    #expect(!(inPart && inRest))
                    #expect((inPart || inRest) == whole.contains(column: column, row: row))
                    seen += inPart || inRest ? 1 : 0
                }
            }
            #expect(seen == 63)
        }
    }

    @Test func `an inset that is too large leaves nothing, inside of the rectangle`() {
        let inset = Rect(column: 2, row: 2, columns: 3, rows: 3).inset(by: 2)

        #expect(inset.isEmpty)
        #expect(
            Rect(column: 0, row: 0, columns: 10, rows: 4).inset(by: 1) == Rect(column: 1, row: 1, columns: 8, rows: 2)
        )
    }

    @Test func `rectangles apart have an empty intersection`() {
        let left = Rect(column: 0, row: 0, columns: 4, rows: 4)

        #expect(left.intersection(Rect(column: 4, row: 0, columns: 4, rows: 4)).isEmpty)
        #expect(
            left.intersection(Rect(column: 2, row: -1, columns: 9, rows: 3))
                == Rect(column: 2, row: 0, columns: 2, rows: 2)
        )
    }

    @Test func `a centred rectangle is cut to what there is`() {
        let screen = Rect(Size(columns: 80, rows: 24))

        #expect(screen.centered(columns: 20, rows: 4) == Rect(column: 30, row: 10, columns: 20, rows: 4))
        #expect(screen.centered(columns: 200, rows: 100) == screen)
    }
}

@Suite struct GlyphsTests {
    @Test(arguments: [Glyphs.unicode, .ascii])
    func `every glyph of the board takes one cell, and so does each letter of a key's name`(glyphs: Glyphs) {
        for child in Mirror(reflecting: glyphs).children {
            let word = (child.value as? String).map { Array($0) }
            for character in word ?? (child.value as? [Character]) ?? [(child.value as? Character) ?? "漢"] {
                #expect(Width.of(character) == 1)
                #expect(character.unicodeScalars.allSatisfy { !$0.properties.isEmojiPresentation })
            }
        }
    }

    @Test(arguments: [Glyphs.unicode, .ascii])
    func `no two states share a glyph`(glyphs: Glyphs) {
        let states = [
            glyphs.waiting, glyphs.blocked, glyphs.running, glyphs.review, glyphs.done, glyphs.failed, glyphs.skipped,
            glyphs.retrying, glyphs.limited, glyphs.stopped,
        ]

        #expect(Set(states).count == states.count)
    }
}
