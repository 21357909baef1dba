import StrettoCore

/// Where the status of one task stands, or where one can be put, with what must stand around it.
struct StatusSlot {
    private let span: ByteSpan
    private let before: String
    private let after: String

    func replacement(_ task: TaskID, _ status: PlanStatus) -> Replacement {
        Replacement(task: task, status: status, span: span, text: Array((before + status.rawValue + after).utf8))
    }

    /// Nil where the task's text has no place for a status, or holds one in a way that is better not touched.
    init?(of task: YAMLNode, in bytes: [UInt8]) {
        guard case .mapping(let entries) = task.content else { return nil }
        let own = entries.filter { !$0.isMerged }
        if let status = own.first(where: { $0.key == "status" }) {
            self.init(replacing: status, in: bytes)
        } else {
            self.init(insertingInto: own, isFlow: task.isFlow, bytes)
        }
    }

    private init(_ span: ByteSpan, before: String = "", after: String = "") {
        self.span = span
        self.before = before
        self.after = after
    }

    // MARK: A status that is there

    private init?(replacing entry: YAMLNode.Entry, in bytes: [UInt8]) {
        let span = entry.valueSpan
        let text = bytes[span.lower..<span.upper]
        switch text.first {
        case nil:
            // `status:` with nothing behind it.
            let isApart = span.lower > 0 && Self.isBlank(bytes[span.lower - 1])
            self.init(span, before: isApart ? "" : " ")
        case UInt8(ascii: "'") where text.count > 1 && text.last == text.first:
            self.init(span, before: "'", after: "'")
        case UInt8(ascii: "\"") where text.count > 1 && text.last == text.first:
            self.init(span, before: "\"", after: "\"")
        case _ where text.allSatisfy(Self.isWordByte):
            self.init(span)
        default:
            // A block scalar, a tag, an anchor that others may name.
            return nil
        }
    }

    /// Letters and `_`, the `~` of nothing, and the `*` of an alias, which is replaced and not what it names.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "~"), UInt8(ascii: "*"):
            true
        default:
            false
        }
    }

    // MARK: A new one

    private init?(insertingInto entries: [YAMLNode.Entry], isFlow: Bool, _ bytes: [UInt8]) {
        guard let first = entries.first else { return nil }
        // Behind the name reads best, behind the id well; where neither ends on its own line, before everything else.
        let neighbours = ["name", "id"].lazy.compactMap { key in entries.first { $0.key == key } }
        let neighbour = neighbours.first { Self.endsOnItsLine($0, in: bytes) }
        let isQuoted = bytes[(neighbour ?? first).keySpan.lower] == UInt8(ascii: "\"")
        let (before, after) = isQuoted ? ("\"status\": \"", "\"") : ("status: ", "")
        switch (isFlow, neighbour) {
        case (true, let neighbour?):
            let place = neighbour.valueSpan.upper
            self.init(ByteSpan(lower: place, upper: place), before: ", " + before, after: after)
        case (true, nil):
            let place = first.keySpan.lower
            self.init(ByteSpan(lower: place, upper: place), before: before, after: after + ", ")
        case (false, let neighbour?):
            let place = Self.lineEnd(from: neighbour.valueSpan.upper, in: bytes)
            let indent = Self.indentation(of: first.keySpan.lower, in: bytes)
            let span = ByteSpan(lower: place, upper: place)
            self.init(span, before: Self.lineBreak(near: place, in: bytes) + indent + before, after: after)
        case (false, nil):
            let place = first.keySpan.lower
            let indent = Self.indentation(of: place, in: bytes)
            let span = ByteSpan(lower: place, upper: place)
            self.init(span, before: before, after: after + Self.lineBreak(near: place, in: bytes) + indent)
        }
    }

    /// Whether the value is text on one line, written out here.
    static func endsOnItsLine(_ entry: YAMLNode.Entry, in bytes: [UInt8]) -> Bool {
        guard case .scalar = entry.value.content, entry.valueSpan.lower < entry.valueSpan.upper else { return false }
        return !bytes[entry.keySpan.lower..<entry.valueSpan.upper].contains(where: isLineBreak)
    }

    private static func isLineBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Where the line ends that `offset` lies in, comments included, its line break not.
    static func lineEnd(from offset: Int, in bytes: [UInt8]) -> Int {
        bytes[offset...].firstIndex(where: isLineBreak) ?? bytes.count
    }

    /// Blanks as wide as what stands before `offset` on its line.
    static func indentation(of offset: Int, in bytes: [UInt8]) -> String {
        let start = bytes[..<offset].lastIndex(where: isLineBreak).map { $0 + 1 } ?? 0
        // Columns are code points.
        return String(repeating: " ", count: bytes[start..<offset].count { $0 & 0xC0 != 0x80 })
    }

    /// The line break behind `offset`, or else the file's last one.
    static func lineBreak(near offset: Int, in bytes: [UInt8]) -> String {
        guard let place = bytes[offset...].firstIndex(where: isLineBreak) ?? bytes.lastIndex(where: isLineBreak) else {
            return "\n"
        }
        if bytes[place] == 0x0A { return place > 0 && bytes[place - 1] == 0x0D ? "\r\n" : "\n" }
        return place + 1 < bytes.count && bytes[place + 1] == 0x0A ? "\r\n" : "\r"
    }
}
