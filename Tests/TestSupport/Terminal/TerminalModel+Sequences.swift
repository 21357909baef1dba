// What is not text: the sequences that ncurses writes, and the modes that a full-screen program sets.
extension TerminalModel {
    mutating func control(_ byte: UInt8) {
        switch byte {
        case 0x07: bellCount += 1
        case 0x08: move(column: column - 1, row: row)
        case 0x09: move(column: (column / 8 + 1) * 8, row: row)
        case 0x0A: lineFeed()
        case 0x0D: move(column: 0, row: row)
        // The usual letters, which are meant anyway.
        case 0x0F: break
        default: note("control \(byte)")
        }
    }

    mutating func escape(_ text: String) {
        switch text {
        case "7": saved = (column, row)
        case "8": move(column: saved.column, row: saved.row)
        case "M": if row == top { scroll(by: -1, from: top) } else { move(column: column, row: row - 1) }
        // The end of a command, and the character set that everybody has anyway.
        case "\\", "(B", ")B", "=", ">": break
        default: note("ESC \(text)")
        }
    }

    mutating func command(_ text: String) {
        let parts = text.split(separator: ";", maxSplits: 1)
        switch parts.first {
        case "0", "2": title = parts.count > 1 ? String(parts[1]) : ""
        case "9", "52", "777": break
        default: parts.count > 1 && parts[1] == "?" ? questions.append(text) : note("OSC \(text)")
        }
    }

    mutating func obey(_ sequence: TerminalInput.Sequence) {
        guard sequence.middle.isEmpty, sequence.prefix.isEmpty else { return obeyPrivate(sequence) }
        switch sequence.final {
        case "A": move(column: column, row: row - sequence.count())
        case "B", "e": move(column: column, row: row + sequence.count())
        case "C", "a": move(column: column + sequence.count(), row: row)
        case "D": move(column: column - sequence.count(), row: row)
        case "G", "`": move(column: sequence.count() - 1, row: row)
        case "H", "f": move(column: sequence.count(1) - 1, row: sequence.count(0) - 1)
        case "d": move(column: column, row: sequence.count() - 1)
        case "Z": move(column: max(0, (column - 1) / 8 * 8), row: row)
        case "@": shift(by: sequence.count())
        case "P": shift(by: -sequence.count())
        case "L": scroll(by: -sequence.count(), from: row)
        case "M": scroll(by: sequence.count(), from: row)
        case "S": scroll(by: sequence.count(), from: top)
        case "T": scroll(by: -sequence.count(), from: top)
        case "X": erase(from: column, to: min(column + sequence.count(), columns), inRow: row)
        case "b": feed(Array(repeating: Array(lastText.utf8), count: sequence.count()).joined())
        case "J": eraseScreen(sequence.number())
        case "K": eraseLine(sequence.number())
        case "m": paint(sequence)
        case "r":
            top = min(sequence.count(0) - 1, rows - 1)
            bottom = sequence.parameters.count > 1 ? min(sequence.count(1), rows) - 1 : rows - 1
            move(column: 0, row: 0)
        case "n", "c": questions.append(sequence.text)
        // Titles are kept and put back.
        case "t": break
        case "h" where sequence.parameters == [[4]]: inserts = true
        case "l" where sequence.parameters == [[4]]: inserts = false
        default: note("CSI \(sequence.text)")
        }
    }

    private mutating func obeyPrivate(_ sequence: TerminalInput.Sequence) {
        guard sequence.prefix == "?", sequence.middle.isEmpty, sequence.final == "h" || sequence.final == "l" else {
            if sequence.text.hasSuffix("$p") { return questions.append(sequence.text) }
            return note("CSI \(sequence.text)")
        }
        for mode in sequence.parameters.compactMap(\.first) {
            let isOn = sequence.final == "h"
            if isOn { modes.insert(mode) } else { modes.remove(mode) }
            switch mode {
            case 7: wraps = isOn
            case 1049: showsAlternate(isOn)
            case 12, 25, 1000, 1002, 1004, 1006, 2004, 2026: break
            default: note("mode \(mode)")
            }
        }
    }

    private mutating func showsAlternate(_ isOn: Bool) {
        if isOn, below == nil {
            below = cells
            cells = Array(repeating: Cell(), count: columns * rows)
        } else if !isOn, let old = below {
            cells = old
            below = nil
        }
    }

    // MARK: Erasing

    private mutating func erase(from first: Int, to end: Int, inRow row: Int) {
        guard first < end else { return }
        // Half of a wide character is no character.
        if cells[row * columns + first].text.isEmpty, first > 0 { cells[row * columns + first - 1].text = " " }
        if end < columns, cells[row * columns + end].text.isEmpty { cells[row * columns + end].text = " " }
        for column in first..<end { cells[row * columns + column] = blank }
    }

    private mutating func eraseLine(_ part: Int) {
        erase(from: part == 0 ? column : 0, to: part == 1 ? column + 1 : columns, inRow: row)
    }

    private mutating func eraseScreen(_ part: Int) {
        if part < 2 { eraseLine(part) }
        let rowRange = part == 0 ? row + 1..<rows : part == 1 ? 0..<row : 0..<rows
        for row in rowRange { erase(from: 0, to: columns, inRow: row) }
    }

    // MARK: Colours

    private mutating func paint(_ sequence: TerminalInput.Sequence) {
        var groups = sequence.parameters[...]
        if groups.isEmpty { look = Look() }
        while let group = groups.popFirst() {
            switch group[0] {
            case 0: look = Look()
            case 1, 2, 3, 4, 7: look.emphasis |= 1 << group[0]
            case 22: look.emphasis &= ~(1 << 1 | 1 << 2)
            case 23, 24, 27: look.emphasis &= ~(1 << (group[0] - 20))
            case 30...37: look.foreground = group[0] - 30
            case 90...97: look.foreground = group[0] - 82
            case 39: look.foreground = nil
            case 40...47: look.background = group[0] - 40
            case 100...107: look.background = group[0] - 92
            case 49: look.background = nil
            case 38: look.foreground = color(group, &groups)
            case 48: look.background = color(group, &groups)
            default: note("SGR \(sequence.text)")
            }
        }
    }

    /// `38;5;n`, `38;2;r;g;b`, or the same with colons.
    private mutating func color(_ group: [Int], _ rest: inout ArraySlice<[Int]>) -> Int? {
        var parts = Array(group.dropFirst())
        if parts.isEmpty, let kind = rest.popFirst()?.first {
            parts = [kind]
            for _ in 0..<(kind == 5 ? 1 : 3) { parts += rest.popFirst()?.prefix(1) ?? [] }
        } else if parts.first == 2, parts.count == 5 {
            // The colour space.
            parts.remove(at: 1)
        }
        switch (parts.first, parts.count) {
        case (5, 2): return parts[1]
        case (2, 4): return 1 << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]
        default:
            note("colour \(group)")
            return nil
        }
    }
}
