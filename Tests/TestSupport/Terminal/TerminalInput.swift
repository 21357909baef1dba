/// Cuts what a terminal gets into what it obeys.
struct TerminalInput: Sendable {
    /// One thing to obey.
    enum Event: Hashable, Sendable {
        case text(Unicode.Scalar)
        case control(UInt8)
        /// `ESC` and what follows it up to its last byte.
        case escape(String)
        case sequence(Sequence)
        /// What stands between `ESC ]` and its end.
        case command(String)
    }

    /// `ESC [`, parameters, a last byte.
    struct Sequence: Hashable, Sendable {
        /// `?` or `>`; empty for none.
        var prefix = ""
        /// Parted by `;`, each with what a `:` parts in it.
        var parameters: [[Int]] = []
        /// Bytes such as `$` before the last one.
        var middle = ""
        var final: Character = "m"
        /// As it was written.
        var text = ""

        /// A parameter as a count: one that is absent or 0 counts as 1.
        func count(_ index: Int = 0) -> Int { max(number(index), 1) }

        func number(_ index: Int = 0) -> Int { parameters.indices.contains(index) ? parameters[index].first ?? 0 : 0 }
    }

    private enum State: Sendable { case ground, escape, charset, sequence, command, commandEscape }

    private var state = State.ground
    private var text: [UInt8] = []
    private var missing = 0

    /// What one more byte completes.
    mutating func take(_ byte: UInt8) -> [Event] {
        switch state {
        case .ground: return ground(byte)
        case .escape: return escape(byte)
        case .charset:
            state = .ground
            return [.escape(string(text + [byte]))]
        case .sequence:
            text.append(byte)
            guard (0x40...0x7E).contains(byte) else { return [] }
            state = .ground
            return [.sequence(Self.parse(text))]
        case .command:
            if byte == 0x07 { return endCommand() }
            if byte == 0x1B { state = .commandEscape } else { text.append(byte) }
            return []
        case .commandEscape: return endCommand()
        }
    }

    private mutating func ground(_ byte: UInt8) -> [Event] {
        if missing > 0, byte & 0xC0 == 0x80 {
            text.append(byte)
            missing -= 1
            guard missing == 0 else { return [] }
            return string(text).unicodeScalars.map { .text($0) }
        }
        missing = 0
        switch byte {
        case 0x1B:
            state = .escape
            text = []
            return []
        case 0x00..<0x20, 0x7F: return [.control(byte)]
        case 0x20..<0x80: return [.text(Unicode.Scalar(byte))]
        case 0xC0...:
            missing = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1
            text = [byte]
            return []
        default: return [.text("\u{FFFD}")]
        }
    }

    private mutating func escape(_ byte: UInt8) -> [Event] {
        switch byte {
        case UInt8(ascii: "["):
            state = .sequence
            return []
        case UInt8(ascii: "]"):
            state = .command
            return []
        case UInt8(ascii: "("), UInt8(ascii: ")"):
            state = .charset
            text = [byte]
            return []
        default:
            state = .ground
            return [.escape(string([byte]))]
        }
    }

    private mutating func endCommand() -> [Event] {
        state = .ground
        return [.command(string(text))]
    }

    private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func parse(_ bytes: [UInt8]) -> Sequence {
        var sequence = Sequence()
        sequence.text = String(decoding: bytes, as: UTF8.self)
        var body = sequence.text.dropLast()
        sequence.final = sequence.text.last ?? "m"
        if let first = body.first, "?><=".contains(first) {
            sequence.prefix = String(first)
            body = body.dropFirst()
        }
        sequence.middle = String(body.filter { $0.isASCII && " !\"#$%&'()*+,-./".contains($0) })
        let digits = body.filter { !sequence.middle.contains($0) }
        guard !digits.isEmpty else { return sequence }
        sequence.parameters = digits.split(separator: ";", omittingEmptySubsequences: false).map { group in
            group.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        }
        return sequence
    }
}
