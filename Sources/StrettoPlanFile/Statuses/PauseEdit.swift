import StrettoCore

/// The mark of a run that waits for money or for a limit's reset: `status: paused_quota` and `pause_reason` in the plan's meta.
///
/// It is put behind the plan's name, or into a meta of its own before everything else where the plan has none, and taken away again as
/// it came, so that the file is then as it was. A meta that has a status of its own keeps it.
struct PauseEdit {
    private static let word = "paused_quota"
    private static let keys = ["status", "pause_reason"]

    /// The bytes of a file with the mark, or without it where `reason` is nil; the same ones where they say so already.
    static func bytes(of document: PlanDocument, reason: String?) -> [UInt8] {
        let bytes = document.bytes
        guard let meta = document.metaNode else { return reason.map { preceded(bytes, document.root, $0) } ?? bytes }
        guard case .mapping(let all) = meta.content else { return bytes }
        let entries = all.filter { !$0.isMerged }
        let status = entries.first { $0.key == keys[0] }
        guard let status else { return reason.map { marked(bytes, entries, meta, $0) } ?? bytes }
        guard case .scalar(word, _) = status.value.content else { return bytes }
        guard let reason else { return unpreceded(bytes, document) ?? unmarked(bytes, entries, meta) }
        guard let old = entries.first(where: { $0.key == keys[1] }) else { return bytes }
        return replaced(bytes, old.valueSpan, with: quotedText(reason))
    }

    // MARK: A meta of its own

    private static func preceded(_ bytes: [UInt8], _ root: YAMLNode, _ reason: String) -> [UInt8] {
        guard case .mapping(let entries) = root.content, let first = entries.first(where: { !$0.isMerged }) else {
            return bytes
        }
        let place = first.keySpan.lower
        let text: String
        if root.isFlow {
            let quote = bytes[place] == UInt8(ascii: "\"") ? "\"" : ""
            func quoted(_ text: String) -> String { quote + text + quote }
            let pairs = [quoted(keys[0]) + ": " + quoted(word), quoted(keys[1]) + ": " + quotedText(reason)]
            text = quoted("meta") + ": {" + pairs.joined(separator: ", ") + "}, "
        } else {
            let line = StatusSlot.lineBreak(near: place, in: bytes) + StatusSlot.indentation(of: place, in: bytes)
            text = "meta:" + line + "  \(keys[0]): \(word)" + line + "  \(keys[1]): \(quotedText(reason))" + line
        }
        return replaced(bytes, ByteSpan(lower: place, upper: place), with: text)
    }

    /// The file without a meta that stands before everything else and holds nothing but the mark; nil where it is none.
    private static func unpreceded(_ bytes: [UInt8], _ document: PlanDocument) -> [UInt8]? {
        guard case .mapping(let entries) = document.root.content, entries.count > 1, entries[0].key == "meta",
            case .mapping(let own) = entries[0].value.content, own.map(\.key) == keys
        else { return nil }
        return replaced(bytes, ByteSpan(lower: entries[0].keySpan.lower, upper: entries[1].keySpan.lower), with: "")
    }

    // MARK: The plan's meta

    private static func marked(
        _ bytes: [UInt8],
        _ entries: [YAMLNode.Entry],
        _ meta: YAMLNode,
        _ reason: String
    ) -> [UInt8] {
        let candidates = [entries.first { $0.key == "name" }, entries.last].compactMap(\.self)
        guard let neighbour = candidates.first(where: { StatusSlot.endsOnItsLine($0, in: bytes) }) else { return bytes }
        let isQuoted = bytes[neighbour.keySpan.lower] == UInt8(ascii: "\"")
        let pairs = zip(keys, [isQuoted ? "\"\(word)\"" : word, quotedText(reason)]).map { key, value in
            (isQuoted ? "\"\(key)\"" : key) + ": " + value
        }
        if meta.isFlow {
            let place = neighbour.valueSpan.upper
            let text = pairs.map { ", " + $0 }.joined()
            return replaced(bytes, ByteSpan(lower: place, upper: place), with: text)
        }
        let place = StatusSlot.lineEnd(from: neighbour.valueSpan.upper, in: bytes)
        let head =
            StatusSlot.lineBreak(near: place, in: bytes)
            + StatusSlot.indentation(of: neighbour.keySpan.lower, in: bytes)
        return replaced(bytes, ByteSpan(lower: place, upper: place), with: pairs.map { head + $0 }.joined())
    }

    private static func unmarked(_ bytes: [UInt8], _ entries: [YAMLNode.Entry], _ meta: YAMLNode) -> [UInt8] {
        var result = bytes
        // From behind, so that what is left keeps its place.
        for (place, entry) in entries.enumerated().reversed() where keys.contains(entry.key) {
            guard let span = span(of: entry, at: place, among: entries, meta, in: bytes) else { return bytes }
            result = replaced(result, span, with: "")
        }
        return result
    }

    /// All of an entry: its comma in braces, its line elsewhere; nil where something else shares that.
    private static func span(
        of entry: YAMLNode.Entry,
        at place: Int,
        among entries: [YAMLNode.Entry],
        _ meta: YAMLNode,
        in bytes: [UInt8]
    ) -> ByteSpan? {
        if meta.isFlow {
            guard place > 0 else { return nil }
            return ByteSpan(lower: entries[place - 1].valueSpan.upper, upper: entry.valueSpan.upper)
        }
        let start = bytes[..<entry.keySpan.lower].lastIndex { $0 != UInt8(ascii: " ") } ?? 0
        let lineBreak: [UInt8] = [0x0A, 0x0D]
        guard StatusSlot.endsOnItsLine(entry, in: bytes), lineBreak.contains(bytes[start]) else { return nil }
        // With the break before it, so that the last line of a file may lack its own.
        let isPair = bytes[start] == 0x0A && start > 0 && bytes[start - 1] == 0x0D
        return ByteSpan(
            lower: isPair ? start - 1 : start,
            upper: StatusSlot.lineEnd(from: entry.valueSpan.upper, in: bytes)
        )
    }

    private static func replaced(_ bytes: [UInt8], _ span: ByteSpan, with text: String) -> [UInt8] {
        Array(bytes[..<span.lower]) + Array(text.utf8) + Array(bytes[span.upper...])
    }

    private static func quotedText(_ text: String) -> String {
        let line = PlanReader.oneLine(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"" + line + "\""
    }
}
