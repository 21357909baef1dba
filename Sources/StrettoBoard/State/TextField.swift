/// One line being typed; the cursor stands at its end.
struct TextField: Hashable, Sendable {
    /// Characters; more are not taken.
    static let lengthMax = 400

    private(set) var text = ""

    /// Adds what was typed or pasted; line breaks and tabs become spaces, other control characters are dropped.
    mutating func insert(_ addition: String) {
        for character in addition where text.count < Self.lengthMax {
            if character.isNewline || character == "\t" {
                text.append(" ")
            } else if !character.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
            {
                text.append(character)
            }
        }
    }

    mutating func deleteBackward() {
        if !text.isEmpty { text.removeLast() }
    }

    mutating func deleteWord() {
        while text.last == " " { text.removeLast() }
        while let last = text.last, last != " " {
            text.removeLast()
        }
    }

    mutating func clear() { text = "" }

    /// The text without blanks at its ends.
    var trimmed: String {
        var part = text[...]
        while part.first == " " { part.removeFirst() }
        while part.last == " " { part.removeLast() }
        return String(part)
    }
}
