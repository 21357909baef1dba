/// Swift code with its comments and the insides of its strings blanked out, so that braces and words in it are code.
///
/// Lines stay lines. Enough of the language for this project's own files: line and nested block comments, all string forms with
/// interpolation, raw identifiers. No regular expression literals.
struct SwiftText {
    /// The code, of as many lines as the source.
    let code: String

    init(_ text: String) {
        code = String(decoding: Blanker(text).code, as: UTF8.self)
    }

    /// A function, initialiser or computed property, and how many lines from its first to its closing brace hold code.
    ///
    /// Empty lines, comments and the insides of long texts do not count.
    struct Function: Equatable {
        var line: Int
        var lineCount: Int
    }

    /// Every function with a body, in the order of their ends; nested ones count within the outer ones and alone.
    var functions: [Function] {
        var found: [Function] = []
        var open: [Int?] = []
        var pending: Int?
        // How many lines of code there are before each line.
        var before: [Int] = [0]
        for (number, line) in Project.numbered(code) {
            before.append(before[number - 1] + (line.allSatisfy(\.isWhitespace) ? 0 : 1))
            for word in Self.words(line) {
                switch word {
                case "func", "init", "deinit", "subscript", "var": pending = number
                // What turns out to have no body is given up at whatever begins next.
                case "let", "case", "struct", "enum", "class", "actor", "extension", "protocol", "if", "for", "while",
                    "switch", "guard", "do", "return", "defer":
                    pending = nil
                case "{":
                    open.append(pending)
                    pending = nil
                case "}":
                    pending = nil
                    if let start = open.popLast() ?? nil {
                        found.append(Function(line: start, lineCount: before[number] - before[start - 1]))
                    }
                default: break
                }
            }
        }
        return found
    }

    /// Words and braces of a line of code.
    private static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        for character in line {
            if character.isLetter || character.isNumber || character == "_" || character == "." {
                word.append(character)
                continue
            }
            if !word.isEmpty { words.append(word) }
            word = ""
            if character == "{" || character == "}" { words.append(String(character)) }
        }
        return word.isEmpty ? words : words + [word]
    }
}

/// The scanner behind ``SwiftText``; it works on bytes, because there are many files and tests are built without optimisation.
private struct Blanker {
    var code: [UInt8] = []
    private let source: [UInt8]
    private var position = 0
    private let newline = UInt8(ascii: "\n")
    private let quote = UInt8(ascii: "\"")
    private let pound = UInt8(ascii: "#")
    private let backtick = UInt8(ascii: "`")

    init(_ text: String) {
        source = Array(text.utf8)
        while position < source.count { step() }
    }

    private mutating func step() {
        if starts("//") {
            while position < source.count, source[position] != newline { position += 1 }
        } else if starts("/*") {
            skipBlockComment()
        } else if source[position] == backtick {
            copy()
            while position < source.count, source[position] != backtick, source[position] != newline { position += 1 }
            copy()
        } else if source[position] == quote || source[position] == pound {
            skipString()
        } else {
            copy()
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                position += 2
            } else if starts("*/") {
                depth -= 1
                position += 2
            } else {
                if source[position] == newline { code.append(newline) }
                position += 1
            }
        } while depth > 0 && position < source.count
    }

    private mutating func skipString() {
        let start = position
        while position < source.count, source[position] == pound { position += 1 }
        let pounds = String(repeating: "#", count: position - start)
        guard position < source.count, source[position] == quote else {
            code += Array(pounds.utf8)
            return
        }
        let quotes = starts("\"\"\"") ? "\"\"\"" : "\""
        position += quotes.utf8.count
        code.append(quote)
        while position < source.count, !starts(quotes + pounds) {
            if starts("\\" + pounds + "(") {
                position += 2 + pounds.utf8.count
                skipInterpolation()
            } else if starts("\\" + pounds) {
                position += 2 + pounds.utf8.count
            } else {
                if source[position] == newline { code.append(newline) }
                position += 1
            }
        }
        position += quotes.utf8.count + pounds.utf8.count
        code.append(quote)
    }

    /// Code within a string: its braces close within it, so they may stay.
    private mutating func skipInterpolation() {
        var depth = 1
        while position < source.count, depth > 0 {
            if source[position] == UInt8(ascii: "(") { depth += 1 }
            if source[position] == UInt8(ascii: ")") { depth -= 1 }
            if depth > 0 { step() } else { position += 1 }
        }
    }

    private mutating func copy() {
        guard position < source.count else { return }
        code.append(source[position])
        position += 1
    }

    private func starts(_ text: String) -> Bool {
        let end = position + text.utf8.count
        return end <= source.count && source[position..<end].elementsEqual(text.utf8)
    }
}
