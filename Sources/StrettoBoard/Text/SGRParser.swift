/// Turns an agent's output into styled lines: of everything a terminal obeys, only colours and emphasis survive.
///
/// ```
/// ground ── ESC ──► escape ── [ ─────► sequence ── final byte ──► ground     colours, line erasure, swallowed
///    │                 ├─ ] P X ^ _ ─► text ── BEL, ESC \ ──────► ground     swallowed
///    │                 └─ other ─────► ground                               swallowed
///    └── C1 as UTF-8 (C2 80 ... C2 9F): as the escape that it abbreviates
/// ```
///
/// A carriage return and a backspace let later text overwrite earlier text, so that a progress bar is one line; tabs reach to the next multiple of
/// eight. All state is bounded: a sequence by ``sequenceBytesMax``, a text by ``textBytesMax`` or its line's end, a line by ``lineBytesMax``,
/// where it is wrapped. Bytes may come in any pieces; the lines are the same.
package struct SGRParser: Sendable {
    /// The longest control sequence that is obeyed, in bytes.
    package static let sequenceBytesMax = 64
    /// The longest operating-system command and the like that is swallowed, in bytes; what follows is shown.
    package static let textBytesMax = 4_096
    /// The longest line in bytes; the next one takes up the rest.
    package static let lineBytesMax = 65_536

    enum State: Hashable, Sendable {
        case ground, escape
        /// ESC and a byte such as `(`: one more belongs to it.
        case escapeIntermediate
        case sequence, text, textEscape
        /// After the byte C2, which may start a C1 control.
        case leadC2, textLeadC2
    }

    private var state = State.ground
    /// The parameters of the sequence under way.
    private var parameters: [UInt8] = []
    private var textCount = 0
    private var style = Style()
    private var line = LineAssembler()
    /// How many bytes of the present call have been used, those of the piece at hand included.
    private var used = 0
    /// For each line that the last call of ``parse(_:into:)`` completed, how many of its bytes come before the next line.
    package private(set) var ends: [Int] = []

    /// A parser at the start of a line, in the terminal's own colours.
    package init() {}

    /// The line that has begun and not ended; empty when the last byte was a line feed.
    package var partialLine: StyledLine { line.content }

    /// Whether a line has begun.
    package var hasPartialLine: Bool { !line.isEmpty }

    /// Whether it stands where a new one would: at the start of a line, in no sequence and in no colour.
    var isFresh: Bool { state == .ground && line.isFresh && style == Style() }

    /// Parses bytes and appends the lines that they complete.
    package mutating func parse(_ bytes: Span<UInt8>, into lines: inout [StyledLine]) {
        var index = 0
        ends.removeAll(keepingCapacity: true)
        while index < bytes.count {
            if state == .ground {
                let start = index
                index = PlainBytes.end(in: bytes, from: index)
                if index > start {
                    used = index
                    append(bytes.extracting(start..<index), into: &lines)
                    continue
                }
            }
            index += 1
            used = index
            take(bytes[index - 1], into: &lines)
        }
    }

    private mutating func finishLine(into lines: inout [StyledLine], beforeLast count: Int = 0) {
        lines.append(line.finish())
        ends.append(max(used - count, 0))
    }

    /// Parses bytes.
    /// - Returns: the lines that they complete.
    package mutating func parse(_ bytes: [UInt8]) -> [StyledLine] {
        var lines: [StyledLine] = []
        parse(bytes.span, into: &lines)
        return lines
    }

    /// Appends letters, and wraps before the character that the line has no room for.
    private mutating func append(_ bytes: Span<UInt8>, into lines: inout [StyledLine]) {
        var start = 0
        while start < bytes.count {
            let room = max(Self.lineBytesMax - line.byteCount, 0)
            guard bytes.count - start > room else {
                line.append(bytes.extracting(start..<bytes.count), style: style)
                return
            }
            // The rest of a character still belongs to the line; a heap of stray bytes does not.
            var end = start + room
            while end < bytes.count, bytes[end] & 0xC0 == 0x80, line.byteCount + end - start < Self.lineBytesMax + 4 {
                end += 1
            }
            line.append(bytes.extracting(start..<end), style: style)
            start = end
            if start < bytes.count { finishLine(into: &lines, beforeLast: bytes.count - start) }
        }
    }

    private mutating func take(_ byte: UInt8, into lines: inout [StyledLine]) {
        switch state {
        case .ground: ground(byte, into: &lines)
        case .leadC2:
            state = .ground
            if (0x80...0x9F).contains(byte) {
                escape(byte - 0x40)
            } else if (0xA0...0xBF).contains(byte) {
                append([0xC2, byte].span, into: &lines)
            } else {
                // Left as it is, it could become a control character with what follows a swallowed sequence.
                append(Array("\u{FFFD}".utf8).span, into: &lines)
                ground(byte, into: &lines)
            }
        case .escape: afterEscape(byte, into: &lines)
        case .escapeIntermediate:
            state = .ground
            if byte < 0x20 { ground(byte, into: &lines) }
        case .sequence: inSequence(byte, into: &lines)
        case .text, .textEscape, .textLeadC2: inText(byte, into: &lines)
        }
    }

    private mutating func ground(_ byte: UInt8, into lines: inout [StyledLine]) {
        switch byte {
        case 0x0A: finishLine(into: &lines)
        case 0x0D: line.carriageReturn()
        case 0x08: line.backspace()
        case 0x09:
            if line.byteCount >= Self.lineBytesMax { finishLine(into: &lines, beforeLast: 1) }
            line.tab(style: style)
        case 0x1B: state = .escape
        case 0xC2: state = .leadC2
        case 0x00..<0x20, 0x7F: break
        default: append([byte].span, into: &lines)
        }
    }

    private mutating func afterEscape(_ byte: UInt8, into lines: inout [StyledLine]) {
        state = .ground
        switch byte {
        case 0x20..<0x30: state = .escapeIntermediate
        case 0x1B: state = .escape
        case 0x00..<0x20, 0x80...: ground(byte, into: &lines)
        default: escape(byte)
        }
    }

    /// Obeys ESC and a byte, or the C1 control that abbreviates them.
    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "["):
            state = .sequence
            parameters.removeAll(keepingCapacity: true)
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            state = .text
            textCount = 0
        default: state = .ground
        }
    }

    private mutating func inSequence(_ byte: UInt8, into lines: inout [StyledLine]) {
        switch byte {
        case 0x20..<0x40: if parameters.count <= Self.sequenceBytesMax { parameters.append(byte) }
        case 0x40..<0x7F:
            state = .ground
            if parameters.count <= Self.sequenceBytesMax { obey(final: byte) }
        case 0x7F: break
        default:
            // Terminals obey a control character inside of a sequence; a sequence that is broken off must not swallow a line's end either.
            state = .ground
            ground(byte, into: &lines)
        }
    }

    private mutating func obey(final: UInt8) {
        switch final {
        case UInt8(ascii: "m"): SGR.apply(parameters, to: &style)
        case UInt8(ascii: "K"):
            switch parameters {
            case [], [UInt8(ascii: "0")]: line.eraseToEnd()
            case [UInt8(ascii: "2")]: line.eraseAll()
            default: break
            }
        case UInt8(ascii: "G"):
            if parameters.isEmpty || parameters == [UInt8(ascii: "1")] { line.carriageReturn() }
        default: break
        }
    }

    private mutating func inText(_ byte: UInt8, into lines: inout [StyledLine]) {
        let before = state
        state = .text
        textCount += 1
        switch (before, byte) {
        case (.textEscape, UInt8(ascii: "\\")), (.textLeadC2, 0x9C), (_, 0x07): state = .ground
        case (_, 0x0A):
            state = .ground
            ground(byte, into: &lines)
        case (.textEscape, _):
            // Another escape ends the text as well.
            state = .escape
            take(byte, into: &lines)
        case (_, 0x1B): state = .textEscape
        case (_, 0xC2): state = .textLeadC2
        default: break
        }
        if state == .text, textCount >= Self.textBytesMax { state = .ground }
    }
}
