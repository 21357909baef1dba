import StrettoCore
import TestSupport
import Testing

@testable import StrettoBoard

/// Diffs with the old file at the left and the new one at the right, and the words that changed in a line.
@Suite struct SideBySideTests {
    private static func change(_ lines: String, form: DiffForm = .split) -> DiffView {
        DiffView("diff --git a/x b/x\n@@ -1,9 +1,9 @@\n" + lines, columns: 63, form: form)
    }

    private static func trimmed(_ line: StyledLine) -> String {
        var text = line.text
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The words that stand out.
    private static func marked(_ view: DiffView) -> [String] {
        view.rows.dropFirst(2).flatMap(\.runs).filter { $0.style.emphasis.contains(.bold) }.map(\.text)
    }

    @Test func `what became something else stands beside it, and each side has its own numbers`() {
        let view = Self.change(
            "-let a = first(value)\n-removed whole\n+entirely new words\n+let a = second(value)\n same"
        )

        #expect(
            view.rows.dropFirst(2).map(Self.trimmed) == [
                "                               │     1 + entirely new words",
                "    1 - let a = first(value)   │     2 + let a = second(value)",
                "    2 - removed whole          │",
                "    3   same                   │     3   same",
            ]
        )
    }

    @Test(arguments: [DiffForm.unified, .split])
    func `only the words that changed stand out in a line that changed`(form: DiffForm) {
        let view = Self.change("-let a = first(value)\n+let a = second(value)", form: form)

        #expect(Self.marked(view) == ["first", "second"])
    }

    @Test func `lines that have little in common are two lines, and blanks alone are no words`() {
        #expect(Self.marked(Self.change("-return nothing\n+guard let file = open(path)")).isEmpty)
        #expect(Self.marked(Self.change("-    return value\n+        return value")).isEmpty)
    }

    @Test func `the same diff shows the same lines in both forms, whatever is in it`() {
        for seed in 0..<100 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let words = ["let", "a", "b", "= 1", "漢字", "if", "{", "}", "\t", "e\u{301}", "<U+1>"]
            let lines = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                let mark = ["+", "-", " "].randomElement(using: &random) ?? " "
                let count = Int.random(in: 0...9, using: &random)
                return mark + (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
            }
            let text = "diff --git a/x b/x\n@@ -1,99 +1,99 @@\n" + lines.joined(separator: "\n")
            let columns = Int.random(in: 20...90, using: &random)
            let unified = DiffView(text, columns: columns)
            let split = DiffView(text, columns: columns, form: .split)

            #expect(split.lineCount == unified.lineCount)
            #expect(split.rows.allSatisfy { $0.width <= columns }, "seed \(seed)")
            let blocks = (0..<split.blockCount).map { split.lines(ofBlock: $0) }
            #expect(blocks.flatMap { $0 }.sorted() == Array(0..<split.lineCount), "seed \(seed): each line once")
            for line in 0..<split.lineCount {
                #expect(split.place(of: line) == unified.place(of: line))
                #expect(split.lines(ofBlock: split.block(of: line)).contains(line))
            }
        }
    }

    @Test func `a change of thousands of lines is paired by place, and none is compared`() {
        let lines = (0..<5_000).map { "-old line \($0)" } + (0..<5_000).map { "+new line \($0)" }
        let text = "diff --git a/x b/x\n@@ -1,5000 +1,5000 @@\n" + lines.joined(separator: "\n")
        let view = DiffView(text, columns: 63, form: .split)

        #expect(view.lineCount == 10_002)
        #expect(view.blockCount == 5_002)
        #expect(Self.marked(view).isEmpty)
    }

    // MARK: On the board

    private static func reading(_ columns: Int = 200, _ rows: Int = 50) -> BoardState {
        var board = StoryTests.reviewing()
        let later = board.now.advanced(by: .seconds(1))
        _ = board.handle(.resize(Size(columns: columns, rows: rows)), at: later)
        _ = board.handle(.diff(StoryTests.webhooks, Fixture.diff), at: later)
        return board
    }

    @Test func `side by side is chosen once, and falls back where there is no room for it`() {
        var board = Self.reading()
        board.press("d")
        #expect(board.diffForm == .split)
        _ = board.handle(.resize(Size(columns: 100, rows: 40)), at: board.now)
        #expect(board.diffForm == .unified)
        #expect(board.press("d").isEmpty)
        #expect(board.toast?.text.contains("120 columns") == true)
        _ = board.handle(.resize(Size(columns: 160, rows: 40)), at: board.now)
        #expect(board.diffForm == .split)

        board.press(.escape)
        board.press("r")
        _ = board.handle(.diff(StoryTests.webhooks, Fixture.diff), at: board.now.advanced(by: .seconds(1)))
        #expect(board.diffForm == .split, "the choice is kept for the next review")
    }

    private static func markedNumber(_ board: BoardState) -> Int? {
        board.reviewView?.cursor.flatMap { board.reviewView?.diff?.place(of: $0) }?.number
    }

    @Test func `the marked side is the one that a comment is about`() {
        var board = Self.reading()
        board.press("d")
        board.press(.enter)
        // To the line that became another one.
        for _ in 0..<100 where Self.markedNumber(board) != 67 { board.press("j") }
        board.press("h")
        board.press(.enter)
        board.press("the old one")
        board.press(.enter)
        #expect(board.drafts[StoryTests.webhooks]?.map(\.place.isRemoved) == [true])
        #expect(board.drafts[StoryTests.webhooks]?.map(\.place.number) == [62])
        board.press("l")
        #expect(board.reviewView?.side == .new)
    }

    @Test func `the outputs of all checks come and go with a key`() {
        var board = Self.reading()
        let before = board.frame()
        board.press("o")
        #expect(board.frame().lines.contains { $0.contains("exit code 0") })
        board.press("o")
        #expect(board.frame().lines == before.lines)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var columns: Int
        var rows: Int
        var isASCII = false
        var testDescription: String { "review-sides-\(columns)x\(rows)" + (isASCII ? "-ascii" : "") }
    }

    @Test(arguments: [
        Case(columns: 200, rows: 50), Case(columns: 160, rows: 45), Case(columns: 140, rows: 40, isASCII: true),
    ])
    func `a review side by side looks as it was accepted`(_ test: Case) throws {
        var board = Self.reading(test.columns, test.rows)
        if test.isASCII { _ = board.handle(.glyphs(.ascii), at: board.now) }
        board.press("d")
        board.press("o")
        try Golden.check(board.frame(), named: test.testDescription, file: #filePath)
    }
}
