extension KeyDecoder {
    /// The key of one byte below 0x80 that stands alone.
    static func plain(_ byte: UInt8) -> Key {
        switch byte {
        case 0x0D, 0x0A: .enter
        case 0x09: .tab
        case 0x7F, 0x08: .backspace
        case 0x00: .control(" ")
        case 0x1B: .escape
        case 0x01..<0x1B: .control(Character(Unicode.Scalar(byte + 0x60)))
        case 0x1C..<0x20: .control(Character(Unicode.Scalar(byte + 0x40)))
        default: .character(Character(Unicode.Scalar(byte)))
        }
    }

    /// The key of ESC O and a final byte; absent for what no keyboard sends.
    static func application(_ final: UInt8) -> Key? {
        switch final {
        case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(final - UInt8(ascii: "P")) + 1)
        case UInt8(ascii: "M"): .enter
        // rxvt sends lower case with Ctrl held.
        case UInt8(ascii: "a")...UInt8(ascii: "d"): arrow(final - 0x20)
        case UInt8(ascii: "p")...UInt8(ascii: "y"):
            .character(Character(Unicode.Scalar(final - UInt8(ascii: "p") + UInt8(ascii: "0"))))
        default: arrow(final)
        }
    }

    private static func arrow(_ final: UInt8) -> Key? {
        switch final {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        default: nil
        }
    }

    /// The key of ESC [, a body and a final byte.
    static func sequence(_ body: [UInt8], final: UInt8) -> Key? {
        if body == [0x5B] {
            guard (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(final) else { return nil }
            return .function(Int(final - UInt8(ascii: "A")) + 1)
        }
        if let prefix = body.first, (0x3C...0x3F).contains(prefix) {
            return marked(prefix, body: Array(body.dropFirst()), final: final)
        }
        guard let numbers = numbers(body) else { return nil }
        let first = numbers.first ?? 0
        switch final {
        case UInt8(ascii: "I") where body.isEmpty: return .focusIn
        case UInt8(ascii: "O") where body.isEmpty: return .focusOut
        case UInt8(ascii: "Z"): return .backTab
        case UInt8(ascii: "u"): return letter(first, modifiers: numbers.count > 1 ? numbers[1] : 1)
        case UInt8(ascii: "~") where first == 27 && numbers.count == 3:
            return letter(numbers[2], modifiers: numbers[1])
        case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: "@"): return numbered(first)
        case UInt8(ascii: "R") where numbers.count == 2 && first > 1:
            return .reply(.cursor(column: max(numbers[1] - 1, 0), row: first - 1))
        case UInt8(ascii: "P")...UInt8(ascii: "S"): return .function(Int(final - UInt8(ascii: "P")) + 1)
        case UInt8(ascii: "a")...UInt8(ascii: "d") where body.isEmpty: return arrow(final - 0x20)
        default: return arrow(final)
        }
    }

    /// Sequences whose body starts with one of `< = > ?`.
    private static func marked(_ prefix: UInt8, body: [UInt8], final: UInt8) -> Key? {
        switch (prefix, final) {
        case (UInt8(ascii: "<"), UInt8(ascii: "M")), (UInt8(ascii: "<"), UInt8(ascii: "m")):
            guard let numbers = numbers(body), numbers.count == 3 else { return nil }
            let isRelease = final == UInt8(ascii: "m")
            return mouse(code: numbers[0], column: numbers[1] - 1, row: numbers[2] - 1, isRelease: isRelease)
                .map(Key.mouse)
        case (UInt8(ascii: "?"), UInt8(ascii: "y")):
            guard body.last == UInt8(ascii: "$"), let numbers = numbers(Array(body.dropLast())), numbers.count == 2
            else { return nil }
            return .reply(.mode(numbers[0], state: numbers[1]))
        case (UInt8(ascii: "?"), UInt8(ascii: "c")): return numbers(body).map { .reply(.attributes($0)) }
        default: return nil
        }
    }

    /// The numbers of a body, absent ones as 0 and without sub-parameters; no list at all for a body of other bytes.
    private static func numbers(_ body: [UInt8]) -> [Int]? {
        var numbers = [0]
        var isSub = false
        for byte in body {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard !isSub else { continue }
                let last = numbers.count - 1
                numbers[last] = min(numbers[last] * 10 + Int(byte - UInt8(ascii: "0")), 1_114_111)
            case UInt8(ascii: ";"):
                numbers.append(0)
                isSub = false
            case UInt8(ascii: ":"): isSub = true
            default: return nil
            }
        }
        return numbers
    }

    private static func numbered(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23...26: .function(number - 12)
        case 28, 29: .function(number - 13)
        case 31...34: .function(number - 14)
        default: nil
        }
    }

    /// A letter with modifiers as xterm counts them: 1, and 1 more for Shift, 2 for Alt, 4 for Ctrl.
    private static func letter(_ code: Int, modifiers: Int) -> Key? {
        guard let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
        let bits = max(modifiers - 1, 0)
        switch code {
        case 13: return .enter
        case 27: return .escape
        case 9: return bits & 1 != 0 ? .backTab : .tab
        case 127, 8: return .backspace
        // Kitty's numbers for keys without letters; what has none of our names is no key of ours.
        case 0..<32, 0x80...0x9F, 57_344...63_743: return nil
        default: break
        }
        let character = Character(scalar)
        if bits & 4 != 0 {
            let lower = scalar.properties.lowercaseMapping
            return .control(lower.count == 1 ? Character(lower) : character)
        }
        if bits & 2 != 0 { return .alt(character) }
        guard bits & 1 != 0 else { return .character(character) }
        let upper = scalar.properties.uppercaseMapping
        return .character(upper.count == 1 ? Character(upper) : character)
    }

    /// A report in the numbers of SGR mouse mode, its place counted from 0.
    static func mouse(code: Int, column: Int, row: Int, isRelease: Bool) -> MouseEvent? {
        guard code >= 0, column >= 0, row >= 0, column < Size.sideMax, row < Size.sideMax else { return nil }
        // 4, 8 and 16 are Shift, Alt and Ctrl.
        let kind: MouseEvent.Kind
        switch (code & 64 != 0, code & 3) {
        case (true, 0): kind = .wheelUp
        case (true, 1): kind = .wheelDown
        case (true, 2): kind = .wheelLeft
        case (true, _): kind = .wheelRight
        case (false, 3): kind = code & 32 != 0 ? .move : .release(.left)
        case (false, let number):
            let button: MouseEvent.Button = number == 0 ? .left : number == 1 ? .middle : .right
            kind = isRelease ? .release(button) : code & 32 != 0 ? .drag(button) : .press(button)
        }
        // A wheel has no release worth telling.
        return isRelease && code & 64 != 0 ? nil : MouseEvent(kind, column: column, row: row)
    }

    /// What an OSC answers; other texts answer nothing that was asked.
    static func reply(introducer: UInt8, _ body: [UInt8]) -> TerminalReply? {
        guard introducer == UInt8(ascii: "]"), body.count < textBytesMax else { return nil }
        let text = String(decoding: body, as: UTF8.self)
        let isText = text.hasPrefix("10;")
        guard isText || text.hasPrefix("11;"), let channels = channels(text.dropFirst(3)) else { return nil }
        return isText
            ? .foreground(red: channels[0], green: channels[1], blue: channels[2])
            : .background(red: channels[0], green: channels[1], blue: channels[2])
    }

    /// The channels of a colour as XParseColor(3) has them by numbers; nil for anything else.
    ///
    /// They are `rgb:R/G/B` and `#RRGGBB` with one to four digits for each, and `rgba:R/G/B/A` from terminals that are translucent.
    private static func channels(_ color: Substring) -> [UInt8]? {
        var parts: [Substring]
        if color.hasPrefix("#") {
            let digits = color.dropFirst()
            let count = digits.utf8.count / 3
            guard count > 0, digits.utf8.count == 3 * count else { return nil }
            parts = (0..<3).map { digits.dropFirst($0 * count).prefix(count) }
        } else if let colon = color.firstIndex(of: ":"), ["rgb", "rgba"].contains(color[..<colon]) {
            parts = color[color.index(after: colon)...].split(separator: "/", omittingEmptySubsequences: false)
            if color.hasPrefix("rgba:") { parts.removeLast() }
        } else {
            return nil
        }
        let channels = parts.compactMap(channel)
        return parts.count == 3 && channels.count == 3 ? channels : nil
    }

    /// One to four hexadecimal digits, scaled to a byte.
    private static func channel(_ digits: Substring) -> UInt8? {
        guard (1...4).contains(digits.utf8.count), let value = Int(digits, radix: 16), value >= 0 else { return nil }
        let full = 1 << (4 * digits.utf8.count) - 1
        return UInt8(value * 255 / full)
    }

    /// A paste as text: line breaks unified, other control characters gone.
    static func pasted(_ bytes: [UInt8]) -> String {
        var scalars = String.UnicodeScalarView()
        var lastWasReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x0D: scalars.append("\n")
            case 0x0A: if !lastWasReturn { scalars.append("\n") }
            case 0x09, 0x20..<0x7F, 0xA0...: scalars.append(scalar)
            default: break
            }
            lastWasReturn = scalar == "\r"
        }
        return String(scalars)
    }
}
