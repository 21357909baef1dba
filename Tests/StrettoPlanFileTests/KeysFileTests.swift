import StrettoCore
import StrettoPlanFile
import Testing

@Suite struct KeysFileTests {
    @Test func `a keys file is read with the places of all that it names`() throws {
        let text = """
            # mine
            board:
              retry: F5
              follow: [f, ^f]
              zoom: []
            review:
              approve: 'A'
            """
        let reading = KeysFile.read(Array(text.utf8))

        #expect(reading.problems.isEmpty)
        #expect(reading.entries.map(\.action) == ["retry", "follow", "zoom", "approve"])
        #expect(reading.entries.map(\.keys) == [["F5"], ["f", "^f"], [], ["A"]])
        #expect(reading.entries.map(\.place) == ["board", "board", "board", "review"])
        #expect(reading.entries[1].position == Position(line: 4, column: 3))
        #expect(reading.entries[1].keyPositions == [Position(line: 4, column: 12), Position(line: 4, column: 15)])
        #expect(reading.entries[3].placePosition == Position(line: 6, column: 1))
    }

    @Test func `nothing in it wishes nothing`() {
        for text in ["", "# only words\n", "board:\n"] {
            let reading = KeysFile.read(Array(text.utf8))
            #expect(reading.entries.isEmpty && reading.problems.isEmpty, "\(text)")
        }
    }

    @Test(arguments: [
        (
            "- a\n",
            "1:1: keys.yaml is a mapping, not a list: begin with 'board:' and an indented line such as 'retry: F5'"
        ),
        ("board: x\n", "1:8: 'board' must be a mapping, not text: put 'action: key' on the next line, indented"),
        ("board:\n  retry:\n", "2:9: 'retry' has no key: name one, or write [] for none"),
        ("board:\n  retry: {a: b}\n", "2:10: 'retry' of 'board' must be a list, not a mapping: write [a, b]"),
    ])
    func `what is no wish is told with its place, and the rest counts`(text: String, problem: String) {
        let reading = KeysFile.read(Array((text + "").utf8))
        #expect(reading.problems.map(\.description) == [problem])
        #expect(reading.entries.isEmpty)
    }

    @Test func `a file that is no YAML has a place, too`() {
        let reading = KeysFile.read(Array("board:\n\tretry: x\n".utf8))
        #expect(reading.problems.map(\.description) == ["2:1: a tab stands in the indentation: indent with blanks"])
    }
}
