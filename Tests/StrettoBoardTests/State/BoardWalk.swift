import StrettoCore
import TestSupport

@testable import StrettoBoard

/// A board to which anything happens, one input after another, the same for the same seed.
struct BoardWalk {
    private(set) var board: BoardState
    private(set) var now = Fixture.start
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        board = Fixture.emptyBoard()
    }

    /// One more input.
    mutating func step() {
        now = now.advanced(by: .milliseconds(Int.random(in: -5...400, using: &random)))
        _ = board.handle(Self.input(&random, board: board), at: now)
    }

    private static let pieces = [
        "words ", "漢字", "👩‍👩‍👧", "e\u{301}\u{323}", "שלום", "ไทยำ", "\u{202E}", "\u{1B}[1;31m", "\u{1B}[0m", "\r", "\n",
        "\t",
        "\u{1B}[2J", "\u{1B}[K", "\u{9B}5m", "────────",
    ]

    /// Rubbish, or what looks like output.
    private static func output(_ random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 0...300, using: &random)).flatMap { _ -> [UInt8] in
            if Bool.random(using: &random) { return [UInt8.random(in: 0...255, using: &random)] }
            return Array((pieces.randomElement(using: &random) ?? "").utf8)
        }
    }

    private static func input(_ random: inout SplitMix64, board: BoardState) -> BoardInput {
        switch Int.random(in: 0..<20, using: &random) {
        case 0:
            let columns = Int.random(in: 1...220, using: &random)
            return .resize(Size(columns: columns, rows: Int.random(in: 1...70, using: &random)))
        case 1: return .snapshot(Fixture.snapshot(phase: phase(&random), tasks: tasks(&random)))
        case 2, 3:
            let header = Fixture.snapshot(phase: phase(&random), fault: Bool.random(using: &random) ? nil : "why")
                .header
            return .update(RunUpdate(header: header, tasks: tasks(&random), notices: Fixture.notices))
        case 4:
            guard let source = board.wantedLogs.randomElement(using: &random) else { return .tick }
            let bytes = output(&random)
            return Bool.random(using: &random)
                ? .output(source, LogText(verbatim: bytes, offset: Int.random(in: 0...5_000, using: &random)))
                : Bool.random(using: &random)
                    ? .outputBegan(source) : .logAnswer(source, answer(&random, of: board.logs[source]))
        case 5: return .diff(TaskID("webhooks"), Fixture.diff)
        case 6: return .refused("no \u{1B}[31m")
        case 7:
            return Int.random(in: 0..<10, using: &random) == 0 ? .connectionLost("gone") : .tick
        default: return .key(key(&random, size: board.size))
        }
    }

    /// An answer that may fit what was asked, or nothing.
    private static func answer(_ random: inout SplitMix64, of view: LogView?) -> LogAnswer {
        guard let needle = view?.search?.needle ?? LogNeedle("x") else { return .lines(nil) }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .lines(nil)
        case 1:
            let log = PaperLog((0..<50).map { "line \($0)\n" }.joined())
            return .lines(log.window(around: Int.random(in: 0...400, using: &random)))
        case 2: return .found(LogMatch(offset: Int.random(in: 0...6_000, using: &random), restart: .top), needle)
        default: return .counted(LogTally(), needle)
        }
    }

    private static func phase(_ random: inout SplitMix64) -> RunHeader.Phase {
        let phases: [RunHeader.Phase] = [
            .running, .running, .running, .planReview, .draining, .stopping, .holding(.failed([TaskID("docs")])),
            .concluding, .over(.finished), .over(.stuck("docs")),
        ]
        return phases.randomElement(using: &random) ?? .running
    }

    private static func tasks(_ random: inout SplitMix64) -> [TaskSnapshot] {
        var tasks = Fixture.tasks
        if Int.random(in: 0..<8, using: &random) == 0 { tasks.removeAll() }
        for index in tasks.indices where Bool.random(using: &random) {
            tasks[index].state = TaskState.allCases.randomElement(using: &random) ?? .waiting
            if Bool.random(using: &random) { tasks[index].name += " \u{202E}漢字👩‍👩‍👧\u{1B}]0;x\u{7}" }
            if Bool.random(using: &random) { tasks[index].section = "" }
            if Int.random(in: 0..<4, using: &random) == 0 { tasks[index].started = nil }
        }
        return tasks
    }

    private static func key(_ random: inout SplitMix64, size: Size) -> Key {
        let bound = Binding.table.flatMap(\.keys)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .character(Character(Unicode.Scalar(UInt8.random(in: 32...126, using: &random))))
        case 1: return .paste("pasted\ntext \u{1B}[2J")
        case 2, 3:
            let kinds: [MouseEvent.Kind] = [.wheelUp, .wheelDown, .press(.left), .release(.left), .move]
            let kind = kinds.randomElement(using: &random) ?? .move
            let column = Int.random(in: -1...size.columns, using: &random)
            return .mouse(MouseEvent(kind, column: column, row: Int.random(in: -1...size.rows, using: &random)))
        case 4: return .backspace
        default: return bound.randomElement(using: &random) ?? .escape
        }
    }
}
