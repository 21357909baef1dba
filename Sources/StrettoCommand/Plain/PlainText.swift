/// Text for a terminal or a log that nobody's words can steer: no control byte of a task, an agent or a file gets through.
package enum PlainText {
    /// The text in one line: line ends and tabs become one blank, every other control or direction-changing character `?`.
    package static func visible(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09...0x0D, 0x85, 0x2028, 0x2029:
                // A carriage return and line feed are one line end.
                if line.last != " " { line.append(" ") }
            // C0, DEL and C1; marks that change direction; invisible operators.
            case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200B, 0x200E...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF:
                line.append("?")
            default: line.append(scalar)
            }
        }
        return String(line)
    }

    /// At most `columns` characters, the last of them `...` where something was cut off.
    package static func clipped(_ text: String, columns: Int) -> String {
        guard text.count > columns else { return text }
        return columns < 4 ? String(text.prefix(max(0, columns))) : text.prefix(columns - 3) + "..."
    }

    /// A count with its noun: `1 tree`, `2 trees`.
    package static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// The text with blanks after it up to `columns` characters.
    static func padded(_ text: String, columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - text.count))
    }

    /// The text with blanks before it up to `columns` characters.
    static func rightAligned(_ text: String, columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - text.count)) + text
    }
}
