import Glibc
import StrettoProcess
import TestSupport

/// The board after its workers have written far more than it keeps.
struct BoardFlood: Sendable {
    /// How long a search took, in milliseconds.
    struct Search: Sendable {
        var first: Double
        var whole: Double
    }

    var lostBytes = 0
    var growth = 0
    var boardBytes = 0
    var engineBytes = 0
    var idle = Idle()
    var scrollBytes = 0
    var plain: Search?
    var coloured: Search?

    static func measure(
        _ window: BoardWindow,
        _ stage: BoardStage,
        _ amounts: BoardBench.Amounts
    ) throws -> BoardFlood {
        var flood = BoardFlood()
        try window.wait(for: "●\(amounts.workers)")
        let before = ProcessFacts(of: window.pid)
        // Every task is looked at, so that every log is kept.
        for _ in 1..<amounts.workers {
            window.press("j")
            window.pump(for: .milliseconds(60))
        }
        for _ in 1..<amounts.workers {
            window.press("k")
            window.pump(for: .milliseconds(20))
        }
        try window.wait("end of the output", within: .seconds(300)) { _ in
            (0..<amounts.workers).allSatisfy { size(of: stage.outputPath(of: "t\($0)")) >= amounts.floodBytes }
        }
        window.pump(for: .seconds(2))
        let after = ProcessFacts(of: window.pid)
        flood.boardBytes = after.residentBytes
        flood.growth = max(0, after.residentBytes - before.residentBytes)
        if let engine = stage.enginePID { flood.engineBytes = ProcessFacts(of: engine).proportionalBytes }
        flood.idle = Idle.watch(window, for: amounts.quietTime)
        for worker in 0..<amounts.workers { flood.lostBytes += lost(by: worker, stage, amounts) }

        window.press("\t")
        window.settle()
        window.press("\u{1B}[A")
        window.pump(for: .milliseconds(300))
        let bytes = window.byteCount
        window.press("\u{1B}[A")
        window.pump(for: .milliseconds(100))
        flood.scrollBytes = window.byteCount - bytes

        flood.plain = try search(window)
        // Back to the end, so that what was found is not in sight when the next search begins.
        window.press("\u{1B}")
        window.pump(for: .milliseconds(100))
        window.press("G")
        window.press("\u{1B}")
        window.pump(for: .milliseconds(300))
        window.press("1")
        window.press("j")
        window.pump(for: .milliseconds(500))
        window.press("\t")
        window.settle()
        flood.coloured = try search(window)
        return flood
    }

    private static func size(of path: String?) -> Int {
        var status = stat()
        guard let path, stat(path, &status) == 0 else { return 0 }
        return Int(status.st_size)
    }

    /// How many bytes of a worker's log are not what it wrote.
    private static func lost(by worker: Int, _ stage: BoardStage, _ amounts: BoardBench.Amounts) -> Int {
        guard let path = stage.outputPath(of: "t\(worker)"), let file = try? Descriptor.open(path, O_RDONLY) else {
            return amounts.floodBytes
        }
        var emission = Emission(worker == 1 ? .colour : .plain, worker: worker, bytesMax: amounts.floodBytes)
        var offset = 0
        var lost = 0
        while !emission.isOver {
            let expected = emission.next(1 << 20)
            let bytes = (try? file.read(expected.count, at: offset)) ?? []
            if bytes != expected { lost += expected.count }
            offset += expected.count
        }
        return lost + abs(size(of: path) - offset)
    }

    /// Looks for what is there twice in the log that has the focus.
    private static func search(_ window: BoardWindow) throws -> Search {
        window.press("/")
        window.pump(for: .milliseconds(200))
        window.press(Emission.needle)
        window.pump(for: .milliseconds(300))
        let begin = monotonicNanoseconds()
        window.press("\r")
        var first: UInt64?
        try window.wait("two matches") { model in
            if first == nil, isFound(in: model) { first = monotonicNanoseconds() }
            return model.shows("2 of 2")
        }
        let end = monotonicNanoseconds()
        return Search(first: Double((first ?? end) - begin) / 1e6, whole: Double(end - begin) / 1e6)
    }

    /// Whether the line is in a pane: what is typed stands in the title and the footer, with a sign before it.
    private static func isFound(in model: TerminalModel) -> Bool {
        (3..<max(3, model.rows - 3)).contains { model.line($0).contains(Emission.needle) }
    }
}
