import StrettoCore
import TestSupport
import Testing

@testable import StrettoGit

@Suite
struct TextTests {
    @Test(arguments: [
        ("a/b.txt", "a/b.txt", true), ("a/b.txt", "a/b.txt2", false), ("a", "a/deep/x", true), ("a/", "a/x", true),
        ("./a", "a", true), ("*.swift", "x.swift", true), ("*.swift", "a/x.swift", false), ("a/*", "a/b/c", true),
        ("**/*.swift", "a/b/x.swift", true), ("**/*.swift", "x.swift", true), ("a/**", "a/b/c", true),
        ("a/**/z", "a/z", true), ("a/**/z", "a/b/c/z", true), ("a/**/z", "a/b/c/y", false), ("a?c", "abc", true),
        ("a?c", "a/c", false), ("", "x", false), ("**", "x/y", true), ("*/y", "x/y", true), ("*/y", "x/z/y", false),
    ])
    func `a pattern covers what it says`(pattern: String, path: String, covers: Bool) {
        #expect(Glob(pattern).matches(path) == covers)
    }

    @Test func `a hand-off keeps the user's bytes and its part stays in its markers`() {
        let mine = Array("# Mine\r\n\u{FF}".utf8) + [0xFF, 0xFE]

        let first = HandoffFile.content(mine, part: "one\n")
        let second = HandoffFile.content(first + Array("after\n".utf8), part: "two <!-- stretto:end --> three")

        #expect(first.starts(with: mine))
        #expect(second.starts(with: mine))
        let text = String(decoding: second, as: UTF8.self)
        #expect(text.hasSuffix("<!-- stretto:begin -->\ntwo <!-- stretto end --> three\n<!-- stretto:end -->\nafter\n"))
        #expect(HandoffFile.content(second, part: "two <!-- stretto:end --> three") == second)
    }

    @Test(arguments: 0..<50)
    func `an encoded id is a ref component and reads back as itself`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array(".%/ aZ9-_@{}\u{7F}\n\té~^:?*[\\.lock")
        let text = String(
            (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) }
        )

        let component = PercentEncoding.component(text)

        #expect(PercentEncoding.text(ofComponent: component) == text)
        #expect(!component.isEmpty && !component.contains("..") && !component.hasSuffix(".lock"))
        #expect(!component.hasPrefix(".") && !component.hasSuffix("."))
    }

    @Test func `two long ids stay different`() {
        let long = String(repeating: "x", count: 400)

        #expect(PercentEncoding.component(long + "1") != PercentEncoding.component(long + "2"))
        #expect(PercentEncoding.component(long).utf8.count <= PercentEncoding.bytesMax)
    }

    @Test func `notes survive being written and read`() {
        var notes = AttemptNotes(base: CommitID("abc"))
        notes.copied = ["a b", "line\nend", "100%0A", "%25"]
        notes.remarks = ["wrote x\ny"]
        notes.asideReason = "because"
        notes.refs = RefSnapshot(refs: [.init(name: "refs/heads/ü", commit: CommitID("def"))])
        notes.isReady = true

        #expect(AttemptNotes(notes.text) == notes)
        #expect(AttemptNotes("nonsense") == nil)
    }

    @Test func `many ref changes are told in part`() {
        let refs = (0..<30).map { RefSnapshot.Ref(name: "refs/tags/\($0)", commit: CommitID("c")) }

        let findings = RefSnapshot(refs: refs).findings(since: RefSnapshot(refs: []))

        #expect(findings.count == RefSnapshot.sentencesMax + 1)
        #expect(findings.last == "and 10 more refs changed")
    }
}
