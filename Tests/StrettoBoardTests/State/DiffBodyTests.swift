import TestSupport
import Testing

@testable import StrettoBoard

@Suite struct DiffBodyTests {
    @Test func `lines have the numbers of their own side`() {
        let body = DiffBody(
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
            """
        )

        #expect(body.files == [0])
        #expect(
            body.lines.map(\.text) == [
                "one", "        func f() {", "    9   same", "   10 - old", "   11 - -- not a header",
                "   10 + new", "   11 + ++ neither",
            ]
        )
    }

    @Test func `each file begins where it says`() {
        let body = DiffBody(Fixture.diff)

        #expect(
            body.files.map { body.lines[$0].text } == [
                "Sources/API/Webhook.swift", "Sources/API/Clock.swift", "Tests/WebhookTests.swift",
            ]
        )
    }

    @Test func `characters that hide code are shown by their numbers`() {
        let body = DiffBody("diff --git a/x b/x\n@@ -0,0 +1 @@\n+a\u{202E}b\u{200B}c\td")

        #expect(body.lines.last?.text == "    1 + a<U+202E>b<U+200B>c    d")
    }

    @Test func `a path with spaces is whole, a renamed one is the new one`() {
        #expect(DiffBody("diff --git a/my file b/my file").lines[0].text == "my file")
        #expect(DiffBody("diff --git a/old b/newer").lines[0].text == "newer")
    }

    @Test(arguments: 0..<200)
    func `no text traps`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let pieces = [
            "diff --git ", "a/x b/x", "@@ -1,3 +1,4 @@", "@@ -9223372036854775807 +1 @@", "+", "-", " ", "\n", "\n",
            "\\ No newline", "--- ", "```", "# ", "- [ ] ", "`", "> ", "1. ", "漢", "\u{202E}",
        ]
        let text = (0..<60).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        let body = DiffBody(text)
        let columns = Int.random(in: -1...40, using: &random)
        let handoff = HandoffText(text, columns: columns, glyphs: .ascii)

        #expect(body.files.allSatisfy { body.lines.indices.contains($0) })
        #expect(handoff.lines.count <= text.count * 2)
    }
}
