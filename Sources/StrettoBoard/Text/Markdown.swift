/// Markdown as a value: what a text says, in blocks, without how it was written and without how it will look.
///
/// `StrettoMarkdown` makes it of text. Lines carry meanings (``Style``) and nothing that a terminal would obey once they are drawn.
package struct Markdown: Hashable, Sendable {
    /// Reads a text; the board is given one, so that it needs no parser itself.
    package typealias Reader = @Sendable (String) -> Markdown

    package var blocks: [Block] = []
    /// Where the links go, each once; `[1]` in the text is the first.
    package var links: [String] = []
    /// How much of the end was left out, in bytes.
    package var unreadBytes = 0

    /// An empty text.
    package init() {}

    /// One part of a text below the other.
    package indirect enum Block: Hashable, Sendable {
        /// The level counts from 1.
        case heading(level: Int, StyledLine)
        /// More than one line where the writer broke it.
        case paragraph([StyledLine])
        case code(String)
        case quote([Block])
        case list(List)
        case table(Table)
        case rule
        /// What is shown as it was written, such as HTML.
        case verbatim(String)
    }

    /// Items that belong together.
    package struct List: Hashable, Sendable {
        package var items: [Item]
        /// No blank lines between the items.
        package var isTight: Bool

        package init(_ items: [Item], isTight: Bool) {
            self.items = items
            self.isTight = isTight
        }
    }

    /// One entry of a list.
    package struct Item: Hashable, Sendable {
        /// What stands before an item.
        package enum Mark: Hashable, Sendable {
            case bullet, open, done
            case number(Int)
        }

        package var mark: Mark
        package var blocks: [Block]

        package init(_ mark: Mark, _ blocks: [Block]) {
            self.mark = mark
            self.blocks = blocks
        }
    }

    /// A table; every row has as many cells as the header.
    package struct Table: Hashable, Sendable {
        /// Where the text of a column stands.
        package enum Alignment: Hashable, Sendable { case leading, center, trailing }

        package var alignments: [Alignment]
        package var header: [StyledLine]
        package var rows: [[StyledLine]]

        package init(_ alignments: [Alignment], header: [StyledLine], rows: [[StyledLine]]) {
            self.alignments = alignments
            self.header = header
            self.rows = rows
        }
    }
}

extension Markdown {
    /// What can have changed by itself: a block, or an item of a list that is no part of another one.
    struct Piece: Hashable, Sendable {
        let block: Block
        /// It goes on with the list of the piece before.
        let continuesList: Bool
    }

    /// The whole text in pieces, in order.
    var pieces: [Piece] {
        blocks.flatMap { block -> [Piece] in
            guard case .list(let list) = block else { return [Piece(block: block, continuesList: false)] }
            return list.items.enumerated().map { index, item in
                Piece(block: .list(List([item], isTight: list.isTight)), continuesList: index > 0)
            }
        }
    }
}
