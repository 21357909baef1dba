internal import CCMarkGFM
internal import StrettoBoard

/// Turns the nodes of one text into blocks, and collects where its links go.
struct Reading {
    /// Each once, in the order of their numbers.
    private(set) var links: [String] = []
    private var numbers: [String: Int] = [:]

    /// What the engine puts around its part of HANDOFF.md: for programs alone.
    private static let markers: Set<String> = ["<!-- stretto:begin -->", "<!-- stretto:end -->"]
    private static let tooDeep = "more lies here, too deep to be shown"

    /// The blocks below a node; `depth` counts the lists and quotes around them.
    mutating func blocks(below node: Node, depth: Int) -> [Markdown.Block] {
        guard depth < MarkdownReader.depthMax else { return [.verbatim(Self.tooDeep)] }
        var blocks: [Markdown.Block] = []
        for child in node.children {
            switch child.kind {
            case .STRETTO_MARKDOWN_HEADING:
                blocks.append(.heading(level: child.level, joined(lines(of: child))))
            case .STRETTO_MARKDOWN_PARAGRAPH: blocks.append(.paragraph(lines(of: child)))
            case .STRETTO_MARKDOWN_CODE_BLOCK: blocks.append(.code(child.literal.withoutLineEnd))
            case .STRETTO_MARKDOWN_QUOTE: blocks.append(.quote(self.blocks(below: child, depth: depth + 1)))
            case .STRETTO_MARKDOWN_LIST: blocks.append(.list(list(child, depth: depth + 1)))
            case .STRETTO_MARKDOWN_TABLE: table(child).map { blocks.append(.table($0)) }
            case .STRETTO_MARKDOWN_RULE: blocks.append(.rule)
            case .STRETTO_MARKDOWN_HTML_BLOCK:
                let lines = child.literal.split(separator: "\n").filter { !Self.markers.contains(String($0)) }
                if !lines.isEmpty { blocks.append(.verbatim(lines.joined(separator: "\n"))) }
            default: break
            }
        }
        return blocks
    }

    private mutating func list(_ node: Node, depth: Int) -> Markdown.List {
        var number = node.start
        var items: [Markdown.Item] = []
        for child in node.children {
            let mark: Markdown.Item.Mark =
                if child.kind == .STRETTO_MARKDOWN_TASK {
                    child.isChecked ? .done : .open
                } else {
                    number.map { .number($0) } ?? .bullet
                }
            items.append(Markdown.Item(mark, blocks(below: child, depth: depth)))
            number = number.map { $0 + 1 }
        }
        return Markdown.List(items, isTight: node.isTight)
    }

    private mutating func table(_ node: Node) -> Markdown.Table? {
        var rows: [[StyledLine]] = []
        for row in node.children { rows.append(row.children.map { joined(lines(of: $0)) }) }
        guard let header = rows.first else { return nil }
        return Markdown.Table(node.alignments(count: header.count), header: header, rows: Array(rows.dropFirst()))
    }

    // MARK: Within a line

    /// The text below a node, one line for each that its writer broke.
    private mutating func lines(of node: Node) -> [StyledLine] {
        var lines = [StyledLine()]
        var (strong, emphatic, struck, linked) = (0, 0, 0, 0)
        node.walk { child, isBeginning in
            let change = isBeginning ? 1 : -1
            var style: Style {
                var emphasis: Emphasis = []
                if strong > 0 { emphasis.insert(.bold) }
                if emphatic > 0 { emphasis.insert(.italic) }
                if struck > 0 { emphasis.insert(.dim) }
                return Style(linked > 0 ? .link : .text, emphasis: emphasis)
            }
            switch child.kind {
            case .STRETTO_MARKDOWN_TEXT: lines[lines.count - 1].append(child.literal, style)
            case .STRETTO_MARKDOWN_HTML: lines[lines.count - 1].append(child.literal, Style(.dim))
            case .STRETTO_MARKDOWN_CODE: lines[lines.count - 1].append(child.literal, Style(.code))
            case .STRETTO_MARKDOWN_SOFT_BREAK: lines[lines.count - 1].append(" ", style)
            case .STRETTO_MARKDOWN_HARD_BREAK: lines.append(StyledLine())
            case .STRETTO_MARKDOWN_STRONG: strong += change
            case .STRETTO_MARKDOWN_EMPHASIS: emphatic += change
            case .STRETTO_MARKDOWN_STRUCK: struck += change
            case .STRETTO_MARKDOWN_LINK, .STRETTO_MARKDOWN_IMAGE:
                linked += change
                let address = child.address
                // An address that is its own text needs no number.
                let isItself = lines[lines.count - 1].runs.last?.text == address
                guard !isBeginning, !address.isEmpty, !isItself else { return }
                lines[lines.count - 1].append("[\(number(of: address))]", Style(.dim))
            default: break
            }
        }
        return lines
    }

    private mutating func number(of address: String) -> Int {
        if let number = numbers[address] { return number }
        links.append(address)
        numbers[address] = links.count
        return links.count
    }

    private func joined(_ lines: [StyledLine]) -> StyledLine {
        guard lines.count > 1 else { return lines.first ?? StyledLine() }
        var joined = StyledLine()
        for line in lines {
            if !joined.isEmpty { joined.append(" ") }
            for run in line.runs { joined.append(run.text, run.style) }
        }
        return joined
    }
}

extension String {
    fileprivate var withoutLineEnd: String { last == "\n" ? String(dropLast()) : self }
}
