/// What markdown has within a line: code, bold, italic, links.
///
/// A mark without its partner is text.
enum InlineMarkdown {
    /// The pieces of one paragraph.
    static func parse(_ text: String, style: Style) -> [StyledLine.TextRun] {
        var line = StyledLine()
        parse(Array(text)[...], style: style, depth: 0, into: &line)
        return line.runs
    }

    /// How deep marks within marks are understood.
    private static let depthMax = 4

    private static func parse(_ text: ArraySlice<Character>, style: Style, depth: Int, into line: inout StyledLine) {
        var plain = ""
        var rest = text
        // Where a mark had no partner it has none further on either, so each is looked for once: the work stays linear.
        var hopeless: Set<String> = []
        while let first = rest.first {
            if depth < depthMax, let found = span(rest, after: plain.last, hopeless: &hopeless) {
                line.append(plain, style)
                plain = ""
                switch found.kind {
                case .code: line.append(String(found.content), Style(.code, ground: style.ground))
                case .emphasis(let emphasis):
                    parse(found.content, style: style.with(emphasis), depth: depth + 1, into: &line)
                case .link:
                    parse(found.content, style: Style(.link, ground: style.ground), depth: depthMax, into: &line)
                }
                rest = found.rest
                continue
            }
            if first == "\\", let next = rest.dropFirst().first, next.isPunctuation || next.isSymbol {
                plain.append(next)
                rest = rest.dropFirst(2)
            } else {
                plain.append(first)
                rest = rest.dropFirst()
            }
        }
        line.append(plain, style)
    }

    private enum Kind {
        case code, link
        case emphasis(Emphasis)
    }

    private struct Span {
        let kind: Kind
        let content: ArraySlice<Character>
        let rest: ArraySlice<Character>
    }

    private static func span(
        _ text: ArraySlice<Character>,
        after previous: Character?,
        hopeless: inout Set<String>
    ) -> Span? {
        switch text.first {
        case "`": return enclosed(text, by: "`", as: .code, hopeless: &hopeless)
        case "*":
            return enclosed(text, by: "**", as: .emphasis(.bold), hopeless: &hopeless)
                ?? enclosed(text, by: "*", as: .emphasis(.italic), hopeless: &hopeless)
        case "_":
            // Names_with_underscores are no emphasis.
            if let previous, previous.isLetter || previous.isNumber { return nil }
            return enclosed(text, by: "_", as: .emphasis(.italic), hopeless: &hopeless)
        case "[": return link(text, hopeless: &hopeless)
        default: return nil
        }
    }

    private static func enclosed(
        _ text: ArraySlice<Character>,
        by mark: String,
        as kind: Kind,
        hopeless: inout Set<String>
    ) -> Span? {
        let marks = Array(mark)
        guard text.starts(with: marks), !hopeless.contains(mark) else { return nil }
        let content = text.dropFirst(marks.count)
        guard let first = content.first, first != " " else { return nil }
        guard let end = index(of: marks, in: content.dropFirst()) else {
            hopeless.insert(mark)
            return nil
        }
        return Span(kind: kind, content: content[..<end], rest: content[(end + marks.count)...])
    }

    private static func link(_ text: ArraySlice<Character>, hopeless: inout Set<String>) -> Span? {
        guard !hopeless.contains("](") else { return nil }
        let content = text.dropFirst()
        guard let middle = index(of: ["]", "("], in: content), let end = content[middle...].firstIndex(of: ")") else {
            hopeless.insert("](")
            return nil
        }
        return Span(kind: .link, content: content[..<middle], rest: content[(end + 1)...])
    }

    private static func index(of marks: [Character], in text: ArraySlice<Character>) -> Int? {
        guard text.count >= marks.count else { return nil }
        return (text.startIndex...(text.endIndex - marks.count)).first { text[$0...].starts(with: marks) }
    }
}
