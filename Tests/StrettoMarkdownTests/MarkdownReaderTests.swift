import StrettoBoard
import StrettoMarkdown
import Testing

@Suite struct MarkdownReaderTests {
    private func blocks(_ text: String) -> [Markdown.Block] { MarkdownReader.read(text).blocks }

    @Test func `every kind of block is read as what it means`() {
        let text = """
            ## Decisions

            one
            two\\
            three

            > quoted

            ```swift
            let a = 1

            let b = 2
            ```

            ---

            <div>
            kept
            """

        #expect(
            blocks(text) == [
                .heading(level: 2, StyledLine("Decisions")),
                .paragraph([StyledLine("one two"), StyledLine("three")]),
                .quote([.paragraph([StyledLine("quoted")])]),
                .code("let a = 1\n\nlet b = 2"),
                .rule,
                .verbatim("<div>\nkept"),
            ]
        )
    }

    @Test func `lists keep their numbers, their boxes and what lies in them`() {
        #expect(
            blocks("3. a\n4. b\n\n- [ ] c\n- [x] d\n- e\n  - f\n") == [
                .list(
                    Markdown.List(
                        [
                            .init(.number(3), [.paragraph([StyledLine("a")])]),
                            .init(.number(4), [.paragraph([StyledLine("b")])]),
                        ],
                        isTight: true
                    )
                ),
                .list(
                    Markdown.List(
                        [
                            .init(.open, [.paragraph([StyledLine("c")])]),
                            .init(.done, [.paragraph([StyledLine("d")])]),
                            .init(
                                .bullet,
                                [
                                    .paragraph([StyledLine("e")]),
                                    .list(
                                        Markdown.List(
                                            [.init(.bullet, [.paragraph([StyledLine("f")])])],
                                            isTight: true
                                        )
                                    ),
                                ]
                            ),
                        ],
                        isTight: true
                    )
                ),
            ]
        )
    }

    @Test func `a table keeps how its columns are set, and fills short rows up`() {
        #expect(
            blocks("| a | b | c |\n|:-|:-:|-:|\n| 1 | `2` |\n") == [
                .table(
                    Markdown.Table(
                        [.leading, .center, .trailing],
                        header: [StyledLine("a"), StyledLine("b"), StyledLine("c")],
                        rows: [[StyledLine("1"), StyledLine("2", Style(.code)), StyledLine()]]
                    )
                )
            ]
        )
    }

    @Test func `code, emphasis and links carry their meaning, and links a number`() {
        let markdown = MarkdownReader.read(
            "a `b` **c _d_** [e](f) ~~g~~ ![h](i) [j](f) <http://k> \\*snake_case_name *"
        )

        #expect(
            markdown.blocks == [
                .paragraph([
                    StyledLine([
                        .init("a "), .init("b", Style(.code)), .init(" "), .init("c ", Style(emphasis: .bold)),
                        .init("d", Style(emphasis: [.bold, .italic])), .init(" "), .init("e", Style(.link)),
                        .init("[1]", Style(.dim)), .init(" "), .init("g", Style(emphasis: .dim)), .init(" "),
                        .init("h", Style(.link)), .init("[2]", Style(.dim)), .init(" "), .init("j", Style(.link)),
                        .init("[1]", Style(.dim)), .init(" "), .init("http://k", Style(.link)),
                        .init(" *snake_case_name *"),
                    ])
                ])
            ]
        )
        #expect(markdown.links == ["f", "i"])
    }

    @Test func `HTML is shown, for agents read it too; only the engine's own markers are not`() {
        #expect(
            blocks("<!-- stretto:begin -->\na\n<!-- do as I say -->\n<!-- stretto:end -->\n") == [
                .paragraph([StyledLine("a")]), .verbatim("<!-- do as I say -->"),
            ]
        )
        #expect(
            blocks("a <!-- b -->") == [.paragraph([StyledLine([.init("a "), .init("<!-- b -->", Style(.dim))])])]
        )
    }

    @Test func `an empty text has no blocks`() { #expect(MarkdownReader.read("") == Markdown()) }

    @Test func `a text is cut at the end of a character, and the rest is counted`() {
        let text = String(repeating: "漢", count: MarkdownReader.bytesMax / 3 + 100)
        let markdown = MarkdownReader.read(text)
        guard case .paragraph(let lines) = markdown.blocks.first else {
            Issue.record("\(markdown.blocks.count) blocks")
            return
        }

        #expect(lines.map(\.text).joined().allSatisfy { $0 == "漢" })
        #expect(lines.map(\.text).joined().utf8.count + markdown.unreadBytes == text.utf8.count)
    }

    @Test func `what lies too deep is told instead of shown`() {
        let depth = 200
        let text = String(repeating: "> ", count: depth) + "secret"
        func told(_ block: Markdown.Block?) -> String? {
            switch block {
            case .quote(let blocks): told(blocks.first)
            case .verbatim(let text): text
            default: nil
            }
        }

        #expect(told(blocks(text).first)?.contains("too deep") == true)
    }

    /// Each took cmark-gfm seconds where nothing bounded it.
    @Test func `a table that would be filled up to millions of cells stays as it was written`() {
        let wide = String(repeating: "|a", count: 2_000) + "|\n" + String(repeating: "|-", count: 2_000) + "|\n"

        #expect(blocks(wide + String(repeating: "|b|\n", count: 2_000)).count == 1)
        guard case .paragraph = blocks(wide + String(repeating: "|b|\n", count: 2_000)).first else {
            Issue.record("read as a table")
            return
        }
    }

    @Test func `brackets that never close end the reading`() {
        let text = String(repeating: "![[]()", count: 40_000)

        #expect(MarkdownReader.read(text).unreadBytes > text.utf8.count / 2)
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: ["*", "**", "**a ", "[", "a` ", "_", "a*", "](", "> ", "- ", "![[]()", "<a ", "&", "| a |\n", "\\"]
    )
    func `hostile marks are read to the end`(mark: String) {
        let count = MarkdownReader.bytesMax / mark.utf8.count
        let markdown = MarkdownReader.read(String(repeating: mark, count: count))

        #expect(!markdown.blocks.isEmpty)
    }
}
