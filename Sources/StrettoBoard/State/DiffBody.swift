/// A unified diff ready to be shown: line numbers, signs and a heading for each file, and where each file begins.
struct DiffBody: Hashable, Sendable {
    /// What is longer loses its end, and says so.
    static let linesMax = 50_000

    private(set) var lines: [StyledLine] = []
    /// Indices into `lines`, ascending.
    private(set) var files: [Int] = []

    /// Lines of the current hunk that are still to come, on both sides: only they tell a removed line that begins with `--` from a header.
    private var oldLeft = 0
    private var newLeft = 0
    private var oldNumber = 0
    private var newNumber = 0

    init(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard lines.count < Self.linesMax else {
                lines.append(
                    StyledLine("The rest of this diff is not shown; stretto diff has all of it.", Style(.warn))
                )
                return
            }
            // A hunk that promised more lines than it has ends where something else begins.
            let isContent = line.first.map { " +-\\".contains($0) } ?? true
            if isContent, oldLeft > 0 || newLeft > 0 {
                addContent(line)
            } else {
                (oldLeft, newLeft) = (0, 0)
                addHeader(line)
            }
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
    }

    private mutating func addHeader(_ line: Substring) {
        if line.hasPrefix("diff --git ") {
            if !lines.isEmpty { lines.append(StyledLine()) }
            files.append(lines.count)
            let path = Self.visible(Self.path(inGitLine: line))
            lines.append(StyledLine(path.isEmpty ? "?" : path, Style(.heading, emphasis: .bold)))
        } else if line.hasPrefix("@@ ") {
            addHunk(line)
        } else if let note = Self.note(line) {
            lines.append(StyledLine("        " + note, .dim))
        }
    }

    /// Header lines that say something about the file beside its text.
    private static func note(_ line: Substring) -> String? {
        let telling = ["new file", "deleted file", "rename from", "rename to", "old mode", "new mode", "Binary files"]
        return telling.contains { line.hasPrefix($0) } ? visible(line) : nil
    }

    private mutating func addHunk(_ line: Substring) {
        let parts = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: true)
        guard parts.count >= 4, let old = Self.range(parts[1], sign: "-"), let new = Self.range(parts[2], sign: "+")
        else { return lines.append(StyledLine(Self.visible(line), Style(.hunk))) }
        (oldNumber, oldLeft) = old
        (newNumber, newLeft) = new
        let context = parts.count > 4 ? parts[4] : ""
        lines.append(context.isEmpty ? StyledLine() : StyledLine("        " + Self.visible(context), Style(.hunk)))
    }

    private mutating func addContent(_ line: Substring) {
        let text = Self.visible(line.dropFirst())
        switch line.first {
        case "+":
            add(newNumber, "+", text, Style(.add))
            newNumber += 1
            newLeft -= 1
        case "-":
            add(oldNumber, "-", text, Style(.del))
            oldNumber += 1
            oldLeft -= 1
        case "\\":
            lines.append(StyledLine("        " + Self.visible(line.dropFirst(2)), .dim))
        default:
            add(newNumber, " ", text, .text)
            oldNumber += 1
            newNumber += 1
            oldLeft -= 1
            newLeft -= 1
        }
    }

    private mutating func add(_ number: Int, _ sign: String, _ text: String, _ style: Style) {
        var line = StyledLine(Width.pad("\(number)", columns: 5, alignment: .trailing) + " ", .dim)
        line.append(sign + " " + text, style)
        lines.append(line)
    }

    /// `-28,5` as first line and count; numbers that no file has are refused, so that counting on cannot overflow.
    private static func range(_ text: Substring, sign: Character) -> (start: Int, count: Int)? {
        guard text.first == sign else { return nil }
        let numbers = text.dropFirst().split(separator: ",").map { Int($0) }
        guard let start = numbers.first ?? nil, let count = numbers.count > 1 ? numbers[1] : 1 else { return nil }
        let sane = 0...1_000_000_000
        return sane.contains(start) && sane.contains(count) ? (start, count) : nil
    }

    /// The new path of `diff --git a/OLD b/NEW`.
    private static func path(inGitLine line: Substring) -> Substring {
        let rest = line.dropFirst("diff --git ".count)
        let characters = Array(rest)
        // Both halves are alike unless the file was renamed, so the middle is the safest place to cut.
        if characters.count % 2 == 1 {
            let middle = characters.count / 2
            let left = characters[..<middle]
            let right = characters[(middle + 1)...]
            if characters[middle] == " ", left.dropFirst(2).elementsEqual(right.dropFirst(2)) {
                return Substring(String(right.dropFirst(2)))
            }
        }
        let last = rest.split(separator: " ").last ?? rest
        return last.hasPrefix("b/") ? last.dropFirst(2) : last
    }

    /// The text with everything that could hide code made visible: `<U+202E>` for a bidirectional override.
    private static func visible(_ text: Substring) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return String(text) }
        var shown = ""
        for scalar in text.unicodeScalars {
            if scalar == "\t" {
                shown += "    "
            } else if isHidden(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                shown += "<U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + ">"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x061C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: true
        default: false
        }
    }
}
