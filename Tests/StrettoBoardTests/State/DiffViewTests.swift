import TestSupport
import Testing

@testable import StrettoBoard

@Suite struct DiffViewTests {
    @Test func `lines have the numbers of their own side`() {
        let body = DiffView(
            """
            diff --git a/one b/one
            --- a/one
            +++ b/one
            @@ -9,3 +9,3 @@ func f() {
             same
            -old
            --- not a header
            +new
            +++ neither
            """,
            columns: 80
        )

        #expect(body.files == [0])
        #expect(
            body.rows.map(\.text) == [
                "one   +2 -2", "        func f() {", "    9   same", "   10 - old", "   11 - -- not a header",
                "   10 + new", "   11 + ++ neither",
            ]
        )
    }

    @Test func `each file begins where it says`() {
        let body = DiffView(Fixture.diff, columns: 80)

        #expect(
            body.files.map { body.rows[$0].text } == [
                "Sources/API/Webhook.swift   +8 -3", "Sources/API/Clock.swift   +3", "Tests/WebhookTests.swift   +1",
            ]
        )
    }

    @Test func `characters that hide code are shown by their numbers`() {
        let body = DiffView("diff --git a/x b/x\n@@ -0,0 +1 @@\n+a\u{202E}b\u{200B}c\td", columns: 80)

        #expect(body.rows.last?.text == "    1 + a<U+202E>b<U+200B>c     d")
    }

    @Test func `a long line goes on below itself, and nothing of it is hidden`() {
        var body = DiffView("diff --git a/x b/x\n@@ -0,0 +1 @@\n+abcdefghij漢", columns: 14)

        #expect(body.rows.map(\.text) == ["x   +1", "        ", "    1 + abcdef", "        ghij漢"])
        body.layOut(columns: 30)
        #expect(body.rows.map(\.text) == ["x   +1", "        ", "    1 + abcdefghij漢"])
    }

    @Test func `a path with spaces is whole, a renamed one is the new one`() {
        #expect(DiffView("diff --git a/my file b/my file", columns: 80).rows[0].text == "my file")
        #expect(DiffView("diff --git a/old b/newer", columns: 80).rows[0].text == "newer")
    }

    @Test(arguments: [
        (#"diff --git "a/sp \303\274.txt" "b/sp \303\274.txt""#, "sp ü.txt"),
        (#"diff --git "a/say \"hi\"" "b/say \"hi\"""#, #"say "hi""#),
        (#"diff --git a/plain "b/b\\s""#, #"b\s"#),
        (#"diff --git a/x" b/x""#, #"x""#),
    ])
    func `a path that git quotes is shown as it is called`(line: String, path: String) {
        #expect(DiffView(line, columns: 80).rows[0].text == path)
    }

    @Test func `each file's path is known by its place`() {
        let body = DiffView(Fixture.diff, columns: 20)

        #expect(body.files.indices.map { body.path(ofFile: $0) }.last == "Tests/WebhookTests.swift")
        #expect(body.path(ofFile: 3) == nil)
    }

    @Test(arguments: 0..<200)
    func `no text traps`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let pieces = [
            "diff --git ", "a/x b/x", "@@ -1,3 +1,4 @@", "@@ -9223372036854775807 +1 @@", "+", "-", " ", "\n", "\n",
            "\\ No newline", "--- ", "```", "# ", "- [ ] ", "`", "> ", "1. ", "漢", "\u{202E}",
        ]
        let text = (0..<60).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        let columns = Int.random(in: 1...40, using: &random)
        let body = DiffView(text, columns: columns)

        #expect(body.files.allSatisfy { body.rows.indices.contains($0) })
        #expect(body.rows.allSatisfy { $0.width <= columns })
    }
}
