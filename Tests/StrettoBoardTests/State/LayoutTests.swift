import StrettoCore
import Testing

@testable import StrettoBoard

@Suite struct LayoutTests {
    struct Wanted: CustomTestStringConvertible, Sendable {
        var name: String
        var wants: Layout.Wants
        var testDescription: String { name }
    }

    static let wanted: [Wanted] = {
        func wants(_ name: String, _ change: (inout Layout.Wants) -> Void) -> Wanted {
            var wants = Layout.Wants()
            change(&wants)
            return Wanted(name: name, wants: wants)
        }
        return [
            wants("one pane") { _ in },
            wants("three panes") { $0.outputs = 3 },
            wants("twelve panes beside HANDOFF.md") {
                $0.outputs = 12
                $0.side = .handoff
                $0.sideIsOptional = true
            },
            wants("the log in the focus") {
                $0.outputs = 5
                $0.side = .log
                $0.focus = .side(.log)
            },
            wants("a zoomed pane") {
                $0.outputs = 2
                $0.focus = .output(1)
                $0.isZoomed = true
            },
        ]
    }()

    @Test(arguments: wanted)
    func `the parts tile every screen from 1x1 to 220x70`(_ wanted: Wanted) {
        for columns in 1...220 {
            for rows in 1...70 {
                let pieces = Layout(size: Size(columns: columns, rows: rows), wants: wanted.wants).pieces
                let rects = pieces.map(\.rect)
                let area = rects.reduce(0) { $0 + $1.columns * $1.rows }
                let isInside = rects.allSatisfy {
                    $0.column >= 0 && $0.row >= 0 && $0.endColumn <= columns && $0.endRow <= rows && !$0.isEmpty
                }
                let isApart = rects.indices.allSatisfy { index in
                    rects[(index + 1)...].allSatisfy { rects[index].intersection($0).isEmpty }
                }
                guard area == columns * rows, isInside, isApart else {
                    Issue.record("\(columns)x\(rows): \(pieces)")
                    return
                }
            }
        }
    }

    @Test func `a part other than a rule or a gap is there once at most`() {
        for wanted in Self.wanted {
            for size in [Size(columns: 220, rows: 70), Size(columns: 120, rows: 40), Size(columns: 40, rows: 12)] {
                let parts = Layout(size: size, wants: wanted.wants).pieces.map(\.part)
                    .filter { $0 != .divider && $0 != .rule && $0 != .blank }

                #expect(Set(parts).count == parts.count)
            }
        }
    }

    @Test(arguments: zip([(80, 24), (120, 40), (200, 50), (220, 70)], [1, 3, 4, 4]))
    func `more room shows more panes`(_ size: (Int, Int), count: Int) {
        var wants = Layout.Wants()
        wants.outputs = 4

        #expect(Layout(size: Size(columns: size.0, rows: size.1), wants: wants).outputCount == count)
    }

    @Test func `eight panes fit on a very large screen`() {
        var wants = Layout.Wants()
        wants.outputs = 12

        #expect(Layout(size: Size(columns: 220, rows: 70), wants: wants).outputCount == 8)
    }

    @Test func `the main pane is never smaller than another`() {
        for columns in stride(from: 60, through: 220, by: 7) {
            for rows in stride(from: 15, through: 70, by: 5) {
                for count in 1...9 {
                    var wants = Layout.Wants()
                    wants.outputs = count
                    let layout = Layout(size: Size(columns: columns, rows: rows), wants: wants)
                    let main = layout.rect(of: .output(0))
                    for index in 1..<max(2, layout.outputCount) {
                        guard let other = layout.rect(of: .output(index)), let main else { continue }
                        #expect(main.columns >= other.columns || main.rows >= other.rows)
                    }
                }
            }
        }
    }

    @Test func `a small screen shows the pane that has the focus, and only that`() {
        var wants = Layout.Wants()
        wants.outputs = 3
        wants.focus = .output(2)
        let layout = Layout(size: Size(columns: 40, rows: 12), wants: wants)

        #expect(layout.rect(of: .output(2)) != nil)
        #expect(layout.rect(of: .tasks) == nil)
        #expect(layout.outputCount == 1)
    }

    @Test(arguments: zip([(60, 15), (62, 40), (80, 14), (63, 15), (80, 24)], [false, false, false, true, true]))
    func `a tree has a pane beside it where both have room`(_ size: (Int, Int), isSplit: Bool) {
        let layout = Layout(size: Size(columns: size.0, rows: size.1), wants: Layout.Wants())

        #expect((layout.rect(of: .output(0)) != nil) == isSplit)
    }

    @Test(arguments: [40, 60, 80])
    func `every task tells its time or a word for its state, also on a small screen`(columns: Int) {
        let words = Fixture.tasks.map { task in
            task.clock(at: Fixture.now).map { Figures.duration($0) } ?? task.status
        }
        let lines = Fixture.board(columns, 40).frame().lines
        for (task, word) in zip(Fixture.tasks, words) {
            let row = lines.first { $0.contains(" \(task.name)") } ?? ""
            #expect(row.contains(task.state == .review ? "review" : String(word.prefix(9))), "\(task.name): \(row)")
        }
    }

    @Test func `a figure that has no room whole is left out, and the most urgent stays`() {
        func line(_ columns: Int) -> String { Fixture.board(columns, 3).frame().lines[0].trimmingBlanks }

        #expect(line(12) == "●2 ◆1 4/13")
        #expect(line(8) == "●2 ◆1")
        #expect(line(4) == "◆1")
        #expect(line(1) == "◆")
    }

    @Test func `no screen cuts a figure of the status in two`() {
        var tasks = Array(Fixture.finished.prefix(10))
        for index in 2..<10 { tasks[index] = Fixture.tasks[index] }
        tasks[2].state = .failed
        tasks[3].state = .failed
        var approved = Fixture.board(snapshot: Fixture.snapshot(tasks: tasks))
        approved.select("webhooks")
        approved.press("ra")
        for board in [Fixture.board(snapshot: Fixture.snapshot(tasks: tasks)), approved] {
            for (columns, rows) in (1...30).flatMap({ columns in (1...7).map { (columns, $0) } }) {
                var board = board
                _ = board.handle(.resize(Size(columns: columns, rows: rows)), at: board.now)
                let words = board.frame().lines[0].split(separator: " ").filter { $0.contains { $0.isNumber } }
                let whole = ["payments-v2", "2/10", "●2", "◆1", "✗2", "10"]
                #expect(words.allSatisfy { whole.contains(String($0)) }, "\(words) at \(columns)x\(rows)")
            }
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
