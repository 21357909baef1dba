/// Turns a terminal's bytes into keys, a byte at a time: however the input is split, the keys are the same.
///
/// ```
/// ground ── ESC ──► escape ── [ ──► sequence ── final byte ──► ground      (CSI)
///    │                 ├────── O ──► application key ───────► ground      (SS3)
///    │                 ├─ ] P _ ^ ─► text ── BEL, ESC \ ────► ground      (OSC, DCS, APC, PM)
///    │                 └─ other ───► Alt with that key
///    └─ 0x80... ──► UTF-8 sequence ──► character
/// ```
///
/// Every state is bounded: too long a sequence is swallowed up to its end, a long paste comes in pieces, and a control character inside of a
/// sequence ends it, so that no input makes the decoder deaf.
package struct KeyDecoder: Sendable {
    /// The longest control sequence that is understood, in bytes.
    package static let sequenceBytesMax = 64
    /// The longest answer that is understood, in bytes.
    package static let textBytesMax = 4_096
    /// A paste longer than this comes as several, in bytes.
    package static let pasteBytesMax = 1 << 20

    private enum State: Hashable, Sendable {
        case ground, escape, sequence, application, text
        /// In a text, after its ESC.
        case textEnding
        /// The three raw bytes of an old mouse report.
        case oldMouse
        case paste
    }

    private var state = State.ground
    /// What the state has collected so far, without its introducer.
    private var collected: [UInt8] = []
    /// The byte after ESC that opened a ``State/text``.
    private var introducer: UInt8 = 0
    private var utf8 = UTF8Collector()
    private var altPending = false

    /// A decoder at rest.
    package init() {}

    /// How long more is to be waited for before ``timeout()`` is called; nil where nothing has begun, or a paste, which has an end of its own.
    ///
    /// ESC alone may be the key or the start of a sequence, and only time can tell. What has more than its introducer was sent by a machine: if
    /// its end is lost, the keys behind it must not be.
    package var patience: Duration? {
        switch state {
        case .escape: Self.keyPatience
        case .sequence, .application, .text: collected.isEmpty ? Self.keyPatience : Self.machinePatience
        case .textEnding, .oldMouse: Self.machinePatience
        case .ground, .paste: nil
        }
    }

    private static let keyPatience = Duration.milliseconds(25)
    private static let machinePatience = Duration.seconds(3)

    /// Nothing came for as long as ``patience`` says: an introducer alone was typed, and the rest of anything else is lost.
    package mutating func timeout() -> [Key] {
        guard let patience else { return [] }
        defer { rest() }
        guard patience == Self.keyPatience else { return [] }
        switch state {
        case .escape: return [.escape]
        case .sequence: return [.alt("[")]
        case .application: return [.alt("O")]
        case .text: return [.alt(Character(Unicode.Scalar(introducer)))]
        case .ground, .textEnding, .oldMouse, .paste: return []
        }
    }

    /// The keys that the bytes complete.
    package mutating func decode(_ bytes: [UInt8]) -> [Key] {
        var keys: [Key] = []
        for byte in bytes { decode(byte, into: &keys) }
        return keys
    }

    private mutating func rest() {
        state = .ground
        collected.removeAll(keepingCapacity: collected.capacity <= Self.textBytesMax)
        altPending = false
    }

    private mutating func decode(_ byte: UInt8, into keys: inout [Key]) {
        switch state {
        case .ground: ground(byte, into: &keys)
        case .escape: afterEscape(byte, into: &keys)
        case .sequence: inSequence(byte, into: &keys)
        case .application: inApplication(byte, into: &keys)
        case .text: inText(byte, into: &keys)
        case .textEnding:
            let reply = byte == 0x5C ? KeyDecoder.reply(introducer: introducer, collected) : nil
            rest()
            if let reply { keys.append(.reply(reply)) }
            if byte != 0x5C { afterEscape(byte, into: &keys) }
        case .oldMouse:
            collected.append(byte)
            guard collected.count == 3 else { return }
            // Old reports add 32 to each number, and count places from 1.
            let event = KeyDecoder.mouse(
                code: Int(collected[0]) - 32,
                column: Int(collected[1]) - 33,
                row: Int(collected[2]) - 33,
                isRelease: false
            )
            rest()
            if let event { keys.append(.mouse(event)) }
        case .paste: inPaste(byte, into: &keys)
        }
    }

    private mutating func ground(_ byte: UInt8, into keys: inout [Key]) {
        if Self.shortIntroducers.contains(byte), !utf8.isCollecting { return afterEscape(byte - 0x40, into: &keys) }
        guard byte < 0x80, !utf8.isCollecting else {
            collectUTF8(byte, into: &keys)
            return
        }
        if byte == 0x1B {
            state = .escape
        } else {
            keys.append(KeyDecoder.plain(byte))
        }
    }

    /// ESC and a letter in one byte, as terminals with 8-bit controls send the introducers of sequences.
    private static let shortIntroducers: Set<UInt8> = [0x8F, 0x90, 0x9B, 0x9D, 0x9E, 0x9F]

    /// A byte that broke a sequence off is a key of its own, so it is looked at again.
    private mutating func collectUTF8(_ byte: UInt8, into keys: inout [Key]) {
        let result = utf8.take(byte)
        if let scalar = result.scalar {
            // C1 controls are no keys.
            if !(0x80...0x9F).contains(scalar.value) {
                keys.append(altPending ? .alt(Character(scalar)) : .character(Character(scalar)))
            }
            altPending = false
        }
        if !result.used { ground(byte, into: &keys) }
    }

    private mutating func afterEscape(_ byte: UInt8, into keys: inout [Key]) {
        state = .ground
        switch byte {
        case 0x5B: state = .sequence
        case 0x4F: state = .application
        case 0x5D, 0x50, 0x5F, 0x5E:
            state = .text
            introducer = byte
        case 0x1B:
            // Two in a row: the first was the key; the second may open a sequence.
            keys.append(.escape)
            state = .escape
        case 0x80...:
            altPending = true
            ground(byte, into: &keys)
        case 0x20..<0x7F: keys.append(.alt(Character(Unicode.Scalar(byte))))
        default:
            keys.append(.escape)
            keys.append(KeyDecoder.plain(byte))
        }
    }

    private mutating func inSequence(_ byte: UInt8, into keys: inout [Key]) {
        switch byte {
        case 0x5B where collected.isEmpty:
            // The Linux console sends ESC [ [ A for F1.
            collected.append(byte)
        case 0x24 where !collected.isEmpty && collected.allSatisfy { (0x30..<0x3A).contains($0) }:
            // rxvt ends with $ where Shift is held; elsewhere the byte belongs to an answer.
            let body = collected
            rest()
            if let key = KeyDecoder.sequence(body, final: 0x7E) { keys.append(key) }
        case 0x20..<0x40: if collected.count <= Self.sequenceBytesMax { collected.append(byte) }
        case 0x40..<0x7F:
            let body = collected
            rest()
            if byte == 0x4D, body.isEmpty {
                state = .oldMouse
            } else if body == Array("200".utf8), byte == 0x7E {
                state = .paste
            } else if body.count <= Self.sequenceBytesMax, let key = KeyDecoder.sequence(body, final: byte) {
                keys.append(key)
            }
        default:
            rest()
            ground(byte, into: &keys)
        }
    }

    private mutating func inApplication(_ byte: UInt8, into keys: inout [Key]) {
        switch byte {
        // Modifiers, which some terminals put here.
        case 0x30...0x3B where collected.count < 8: collected.append(byte)
        case 0x40..<0x7F:
            let isFirst = collected.isEmpty
            rest()
            if let key = KeyDecoder.application(byte) {
                keys.append(key)
            } else if isFirst {
                keys += [.alt("O"), KeyDecoder.plain(byte)]
            }
        default:
            let isFirst = collected.isEmpty
            rest()
            if isFirst { keys.append(.alt("O")) }
            ground(byte, into: &keys)
        }
    }

    private mutating func inText(_ byte: UInt8, into keys: inout [Key]) {
        switch byte {
        case 0x1B: state = .textEnding
        // The second is ESC \\ in one byte: no answer that is understood has other bytes than ASCII.
        case 0x07, 0x9C:
            let reply = KeyDecoder.reply(introducer: introducer, collected)
            rest()
            if let reply { keys.append(.reply(reply)) }
        case 0x00..<0x20:
            rest()
            ground(byte, into: &keys)
        default: if collected.count < Self.textBytesMax { collected.append(byte) }
        }
    }

    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    private mutating func inPaste(_ byte: UInt8, into keys: inout [Key]) {
        collected.append(byte)
        if byte == 0x7E, collected.suffix(Self.pasteEnd.count) == Self.pasteEnd[...] {
            collected.removeLast(Self.pasteEnd.count)
            keys.append(.paste(KeyDecoder.pasted(collected)))
            rest()
        } else if collected.count >= Self.pasteBytesMax, byte < 0x80, byte >= 0x20 || byte == 0x0A,
            !collected.suffix(Self.pasteEnd.count).contains(0x1B)
        {
            // Cut where neither a character nor the end mark is torn.
            keys.append(.paste(KeyDecoder.pasted(collected)))
            collected.removeAll()
        } else if collected.count >= 2 * Self.pasteBytesMax {
            keys.append(.paste(KeyDecoder.pasted(collected)))
            collected.removeAll()
        }
    }
}
