import StrettoCore
import Testing

@testable import StrettoPlanFile

/// What is said about files that are no well-formed YAML, or not one document of text.
@Suite struct SyntaxTests {
    static let mistakes: [Mistake] = [
        Mistake(
            "a colon in a plain value",
            taskText("description: Fix: the bug"),
            says:
                "6:21: a ':' stands where no key can be: put a value that contains ': ' in quotes, or check the indentation"
        ),
        Mistake(
            "an open quote",
            taskText("description: \"never closed"),
            says: "6:18: a quote is opened here and never closed: close it"
        ),
        Mistake(
            "text behind a quote",
            taskText("description: \"a\" b"),
            says: "6:22: this does not fit the lines around it: "
                + "indent it as its neighbours are; text with quotes, colons or brackets needs quotes around all of it"
        ),
        Mistake(
            "a bad escape",
            taskText("description: \"C:\\dir\""),
            says:
                "6:21: a backslash in double quotes begins an escape, and this is none: double the backslash, or use single quotes"
        ),
        Mistake("a tab", "tasks:\n\t- id: a\n", says: "2:1: a tab stands in the indentation: indent with blanks"),
        Mistake(
            "a later tab",
            "tasks:\n  \t- id: a\n",
            says: "2:3: a tab stands in the indentation: indent with blanks"
        ),
        Mistake(
            "a line without a colon",
            taskText("description\nmodel: opus"),
            says: "6:5: this line is no 'key: value': "
                + "write 'key: value', with a blank after the colon, or indent the line if it continues a text"
        ),
        Mistake(
            "an open list",
            taskText("depends_on: [a, b\nmodel: opus"),
            says: "6:17: a list that begins with '[' is not closed: add ']', and commas between items"
        ),
        Mistake(
            "an open mapping",
            taskText("env: {A: 1\nmodel: opus"),
            says: "6:10: a mapping that begins with '{' is not closed: add '}', and commas between entries"
        ),
        Mistake(
            "a star",
            taskText("name2: *bold* text"),
            says: "6:12: a value that begins with '*' or '&' is read as an alias or anchor: put the value in quotes"
        ),
        Mistake(
            "an at sign",
            taskText("model: @x"),
            says: "6:12: a value cannot begin with this character: put the value in quotes"
        ),
        Mistake(
            "a list on the key's line",
            "tasks: - id: a\n",
            says: "1:8: a list cannot begin on this line: put '- ' on the next line"
        ),
        Mistake(
            "an item out of line",
            "tasks:\n  - id: a\n    name: x\n - id: b\n",
            says: "4:2: this does not fit the lines around it: "
                + "indent it as its neighbours are; text with quotes, colons or brackets needs quotes around all of it"
        ),
        Mistake(
            "an unknown alias",
            taskText("model: *opsu\nagent: &opus x"),
            says: "6:12: the alias '*opsu' names no anchor of this file: put the text in quotes if it is no alias"
        ),
        Mistake(
            "an alias in itself",
            "tasks: &x [*x]\n",
            says: "1:12: the alias '*x' stands inside its own anchor: write it out"
        ),
        Mistake(
            "a merge of text",
            taskText("<<: text"),
            says: "6:9: '<<' takes a mapping or a list of mappings, not text: name an anchor, as in '<<: *defaults'"
        ),
        Mistake(
            "a foreign tag",
            taskText("model: !python/object x"),
            says: "6:12: the tag '!python/object' means nothing in a plan: remove it"
        ),
        Mistake(
            "a mapping as a key",
            taskText("{a: b}: c"),
            says: "6:5: a key must be text, not a mapping: write 'key: value'"
        ),
        Mistake(
            "two documents",
            "tasks: [{id: a, name: x}]\n---\ntasks: []\n",
            says: "2:1: a second document begins here: keep one plan in a file"
        ),
        Mistake(
            "a conflict",
            "tasks:\n<<<<<<< ours\n- {id: a}\n=======\n- {id: b}\n>>>>>>> theirs\n",
            says: "2:1: a merge conflict was left in the file (lines 2 to 6): "
                + "keep one side and delete the lines that begin with '<<<<<<<', '=======' and '>>>>>>>'"
        ),
        Mistake(
            "half a conflict",
            "tasks:\n- {id: b}\n>>>>>>> theirs\n",
            says: "3:1: a merge conflict was left in the file (line 3): "
                + "keep one side and delete the lines that begin with '<<<<<<<', '=======' and '>>>>>>>'"
        ),
        Mistake(
            "control characters",
            "tasks:\n- {id: größe\u{1B}[1m, name: \u{7}}\n",
            says: "2:13: the control character U+001B, the first of 2, may not stand in a plan: "
                + "delete it, or write it as an escape in double quotes"
        ),
    ]

    @Test(arguments: mistakes)
    func `a broken file is refused with the place of the mistake and a way out`(mistake: Mistake) {
        let reading = read(mistake.text)

        #expect(lines(reading) == mistake.said)
        #expect(reading.plan == nil)
    }

    @Test func `markers inside a block of text are no conflict`() throws {
        let task = try task("description: |\n  <<<<<<< ours\n  =======\n  >>>>>>> theirs")

        #expect(task.description == "<<<<<<< ours\n=======\n>>>>>>> theirs\n")
    }

    @Test(
        arguments: [
            ([0x61, 0xFF], "1:2: the byte 0xFF is not UTF-8 text: save the file as UTF-8"),
            ([0x0A, 0xC3, 0xA9, 0xC3], "2:2: the byte 0xC3 is not UTF-8 text: save the file as UTF-8"),
            ([0xC0, 0x80], "1:1: the byte 0xC0 is not UTF-8 text: save the file as UTF-8"),
            ([0xED, 0xA0, 0x80], "1:1: the byte 0xED is not UTF-8 text: save the file as UTF-8"),
            ([0xF4, 0x90, 0x80, 0x80], "1:1: the byte 0xF4 is not UTF-8 text: save the file as UTF-8"),
            ([0x80, 0x61], "1:1: the byte 0x80 is not UTF-8 text: save the file as UTF-8"),
            ([0x80, 0x80], "1:1: the byte 0x80 is not UTF-8 text: save the file as UTF-8"),
            ([0xFF, 0xFE, 0x61, 0x00], "1:1: this is UTF-16 text: save the file as UTF-8"),
        ] as [([UInt8], String)]
    )
    func `bytes that are not UTF-8 are refused where they stand`(bytes: [UInt8], said: String) {
        #expect(lines(PlanFile.read(bytes)) == [said])
    }
}
