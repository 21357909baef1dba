import Testing

/// What no compiler checks about the code; see docs/style.md.
@Suite struct CodeTidyTests {
    private static let fileLinesMax = 500
    private static let functionLinesMax = 70

    @Test func `no Swift file has more than 500 lines`() throws {
        for path in try Project.swiftFiles() {
            let count = Project.lines(of: path).count
            #expect(count <= Self.fileLinesMax, "\(path): \(count) lines: would two files say more?")
        }
    }

    @Test func `no function has more than 70 lines of code`() {
        for (path, code) in Project.code {
            for function in code.functions {
                #expect(
                    function.lineCount <= Self.functionLinesMax,
                    "\(path):\(function.line): a function of \(function.lineCount) lines"
                )
            }
        }
    }

    @Test func `every unstructured task names its owner`() {
        for (path, code) in Project.code {
            let lines = Project.lines(of: path)
            for (number, line) in Project.numbered(code.code) where Self.startsTask(line) {
                let above = number >= 2 ? lines[number - 2].text : ""
                let isOwned = above.contains("// Owner:") || lines[number - 1].text.contains("// Owner:")
                #expect(isOwned, "\(path):\(number): who ends this task? Say it with '// Owner:' on the line above")
            }
        }
    }

    @Test func `nothing is left for later and nothing is forced`() throws {
        // In two parts, so that this file does not find itself.
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        for path in try Project.swiftFiles() + Project.files(below: "Sources", ".c", ".h") {
            for (number, line) in Project.lines(of: path) {
                for mark in marks { #expect(!line.contains(mark), "\(path):\(number): \(mark)") }
            }
        }
        for (path, code) in Project.code {
            for (number, line) in Project.numbered(code.code) {
                #expect(!line.contains("try!"), "\(path):\(number): a forced try")
                #expect(!line.contains(" as! "), "\(path):\(number): a forced cast")
            }
        }
    }

    @Test func `no test waits for wall time`() throws {
        let waits = ["Task.sleep", "usleep(", "nanosleep(", " sleep("]
        for (path, code) in Project.code where path.hasPrefix("Tests/") {
            let lines = Project.lines(of: path)
            for (number, line) in Project.numbered(code.code) where waits.contains(where: line.contains) {
                // A blow that may fall at any moment, and on which no verdict hangs.
                let isFree = number >= 2 && lines[number - 2].text.contains("// Any moment:")
                #expect(isFree, "\(path):\(number): an event or a virtual clock decides, not a pause")
            }
        }
    }

    @Test func `every file of tests expects something`() throws {
        let words = ["#expect", "#require", "Issue.record", "confirmation("]
        for path in try Project.files(below: "Tests", "Tests.swift") {
            let text = Project.text(of: path)
            #expect(words.contains { text.contains($0) }, "\(path): tests that cannot fail")
        }
    }

    private static func startsTask(_ code: Substring) -> Bool {
        for start in ["Task {", "Task(", "Task.detached", "Task.immediate"] {
            guard let range = code.firstRange(of: start) else { continue }
            let before = code[..<range.lowerBound].last
            let isWord = before.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." } ?? false
            if !isWord { return true }
        }
        return false
    }
}

@Suite struct SwiftTextTests {
    @Test func `comments and strings hold no code`() {
        let text = SwiftText("a /* { /* */ } */ b // {\nc \"}\\\"{\" d #\"\"{\"# e `{ x` f\n\"\"\"\n{\n\"\"\"")

        #expect(text.code == "a  b \nc \"\" d \"\" e `` f\n\"\n\n\"")
    }

    @Test func `an interpolation is code with strings of its own`() {
        #expect(SwiftText("\"{\\(x.map { \"{\" } ?? \")\")}\" y").code == "\"x.map { \"\" } ?? \"\"\" y")
    }

    @Test func `a function's lines are counted from its name to its last brace`() {
        let functions = SwiftText(
            """
            protocol P { func bare(); init() }
            struct S {
                let x = 1
                func one() -> Int {
                    if true { 1 } else { 2 }
                }
                init(
                    a: Int
                ) {
                    func inner() {}
                }
            }
            """
        ).functions

        #expect(
            functions == [.init(line: 4, lineCount: 3), .init(line: 10, lineCount: 1), .init(line: 7, lineCount: 5)]
        )
    }
}
