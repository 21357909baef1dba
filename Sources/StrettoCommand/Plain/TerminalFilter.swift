/// Takes everything out of a stream of bytes that a terminal would obey, except colours: what an agent printed is text, not orders.
///
/// Text, line feeds, tabs and carriage returns pass, and SGR sequences (ECMA-48 8.3.117, `ESC [ ... m`). All other controls,
/// escape sequences and control strings are dropped, however they are cut into chunks.
package struct TerminalFilter: Sendable {
    /// The longest SGR sequence that passes, in bytes.
    private static let sequenceBytesMax = 64

    private enum State {
        case text
        case escape
        /// Between `ESC [` and its final byte.
        case sequence([UInt8])
        /// In a control string (OSC, DCS, APC, PM, SOS), which BEL or `ESC \` ends.
        case string
        case stringEscape
    }

    private var state = State.text
    /// Bytes of a UTF-8 character that are still to come.
    private var continuationCount = 0
    /// Whether the character that has begun might be a C1 control (U+0080 to U+009F).
    private var mayBeControl = false

    package init() {}

    /// What may be written to a terminal of the next chunk.
    package mutating func pass(_ chunk: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(chunk.count)
        for byte in chunk { take(byte, &output) }
        return output
    }

    private mutating func take(_ byte: UInt8, _ output: inout [UInt8]) {
        switch state {
        case .text:
            text(byte, &output)
        case .escape:
            switch byte {
            case UInt8(ascii: "["): state = .sequence([])
            case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
                state = .string
            // An intermediate byte: the sequence goes on.
            case 0x20...0x2F: break
            case 0x1B: break
            default: state = .text
            }
        case .sequence(let parameters):
            sequence(byte, parameters, &output)
        case .string:
            if byte == 0x07 { state = .text }
            if byte == 0x1B { state = .stringEscape }
        case .stringEscape:
            if byte == 0x1B { return }
            state = byte == UInt8(ascii: "\\") || byte == 0x07 ? .text : .string
        }
    }

    private mutating func text(_ byte: UInt8, _ output: inout [UInt8]) {
        if continuationCount > 0, byte & 0xC0 == 0x80 {
            continuationCount -= 1
            // The first byte of such a character was held back.
            if mayBeControl, byte >= 0xA0 { output += [0xC2, byte] }
            if !mayBeControl { output.append(byte) }
            mayBeControl = false
            return
        }
        continuationCount = 0
        mayBeControl = false
        switch byte {
        case 0x1B: state = .escape
        case 0x09, 0x0A, 0x0D, 0x20...0x7E: output.append(byte)
        case 0xC2:
            continuationCount = 1
            mayBeControl = true
        case 0xC3...0xDF, 0xE0...0xEF, 0xF0...0xF4:
            continuationCount = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3
            output.append(byte)
        // Controls, and bytes that begin no character.
        default: break
        }
    }

    private mutating func sequence(_ byte: UInt8, _ parameters: [UInt8], _ output: inout [UInt8]) {
        switch byte {
        case 0x30...0x3B:
            // Too long to be a colour: what is kept stops growing, and the end drops it.
            state = .sequence(parameters.count > Self.sequenceBytesMax ? parameters : parameters + [byte])
        case UInt8(ascii: "m"):
            if parameters.count <= Self.sequenceBytesMax {
                output += [0x1B, UInt8(ascii: "[")] + parameters + [byte]
            }
            state = .text
        case 0x3C...0x3F, 0x20...0x2F:
            // Private or with an intermediate byte: no colour, whatever its end.
            state = .sequence([UInt8](repeating: 0, count: Self.sequenceBytesMax + 1))
        case 0x1B: state = .escape
        default: state = .text
        }
    }
}
