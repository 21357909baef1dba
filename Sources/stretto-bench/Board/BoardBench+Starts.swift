import Glibc
import StrettoBoard
import StrettoTerminal
import TestSupport

// How soon a board is there, how soon it is gone, and what the smallest frame takes.
extension BoardBench {
    private struct Life: Sendable {
        var start = Sample()
        var quit = Sample()
    }

    /// Starts and leaves boards of a short and of a long plan, whose engine runs already.
    mutating func measureStarts() async throws {
        for (count, ship, moonshot) in [(50, 50.0, 20.0), (amounts.longPlan, 150.0, 60.0)] {
            let stage = try await BoardStage("start", plan: BoardStage.longPlan(count))
            var life = Life()
            var first = Sample()
            for number in 0...amounts.startCount {
                let arguments = number == 0 ? ["run", "plan.yaml"] : ["attach"]
                let begin = monotonicNanoseconds()
                let (shown, left) = try await BoardWindow.open(
                    [BoardStage.strettoPath] + arguments,
                    directory: stage.repository,
                    environment: stage.environment
                ) { window in
                    try window.wait(for: "Task number 5")
                    let shown = window.lastReading
                    window.settle()
                    window.press("q")
                    try window.wait(for: "Leave it")
                    // A dialog takes no keys at once.
                    window.pump(for: .milliseconds(400))
                    let leaving = monotonicNanoseconds()
                    window.press("l")
                    try window.wait("end of the board") { !$0.isAlternate && $0.shows("without a screen") }
                    return (shown, monotonicNanoseconds() - leaving)
                }
                // The first one also starts the engine, which makes a branch and a worktree.
                if number == 0 {
                    first.add(.nanoseconds(shown - begin))
                } else {
                    life.start.add(.nanoseconds(shown - begin))
                }
                life.quit.add(.nanoseconds(left))
            }
            await stage.end()
            table.add(
                "attach to first frame, \(count) tasks, median",
                life.start.median,
                "ms",
                ship: ship,
                moonshot: moonshot
            )
            table.add("the same with the engine's own start", first.median, "ms")
            if count == 50 {
                table.add("quit to a clean shell, median", life.quit.median, "ms", ship: 100, moonshot: 30)
            }
        }
    }

    /// A frame in which one cell is another one.
    mutating func measureCell() throws {
        let terminal = try PseudoTerminal(columns: 200, rows: 50)
        var screen = try Screen(
            input: terminal.slave,
            output: terminal.slave,
            term: "xterm-256color",
            theme: .slateHarbor,
            depth: .colors256
        )
        screen.synchronizesUpdates = true
        var buffer = CellBuffer(Size(columns: 200, rows: 50))
        try screen.draw(buffer)
        _ = terminal.output()
        buffer.write("✓", column: 120, row: 30, style: Style(.ok))
        let frame = try screen.draw(buffer)
        table.add("bytes of a frame of one cell", Double(frame.bytes), "B", ship: 120, moonshot: 60)
    }
}
