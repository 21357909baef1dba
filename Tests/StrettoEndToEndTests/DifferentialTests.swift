import StrettoBoard
import StrettoCore
import StrettoProcess
import StrettoTerminal
import TestSupport
import Testing

/// What a terminal shows is what the board drew: ncurses writes, and emulators that know nothing of us read.
///
/// A walk draws one hostile screen after another, in changing sizes, by the real backend on a terminal of its own. What it writes goes into a model
/// of ours, and into tmux; now and then tmux is asked what it shows.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DifferentialTests {
    /// Frames of one walk.
    private static let frameCount = Torture.isThorough ? 60 : 8
    /// Every so manieth is compared with tmux, too; each with the model.
    private static let lookInterval = 4

    /// How much of a cell is compared.
    private enum Sight { case looks, looksWithoutItalics, text }

    private static let seeds: [UInt64] = Torture.isThorough ? Array(1...12) : [1]

    /// Descriptions of terminals with what they make ncurses write.
    ///
    /// The first has repetitions and erased characters, and is never used in tmux; the others have neither.
    private static let terms = ["xterm-256color", "tmux-256color", "screen-256color"]

    @Test(.enabled(if: !Terminal.isMissing, Terminal.reason), arguments: terms, seeds)
    func `a terminal shows every cell of a hostile screen as it was drawn`(term: String, seed: UInt64) async throws {
        try await Scene.play(plan: Plans.three) { scene in
            let tmux = try await TmuxEmulator(in: scene)
            try await walk(term, seed, tmux)
            try await tmux.end()
        }
    }

    private func walk(_ term: String, _ seed: UInt64, _ tmux: TmuxEmulator) async throws {
        var walk = HostileWalk(seed: seed)
        let terminal = try PseudoTerminal(columns: walk.size.columns, rows: walk.size.rows)
        var model = TerminalModel(columns: walk.size.columns, rows: walk.size.rows) { Width.of($0) }
        var screen = try Screen(
            input: terminal.slave,
            output: terminal.slave,
            term: term,
            theme: .slateHarbor,
            depth: .colors256
        )
        screen.synchronizesUpdates = seed % 2 == 0
        try await tmux.resize(to: walk.size)
        let sight = term == "screen-256color" ? Sight.looksWithoutItalics : .looks
        let isForTmux = term != "xterm-256color"
        for number in 1...Self.frameCount {
            let before = walk.size
            let frame = walk.next()
            if walk.size != before {
                terminal.resize(columns: walk.size.columns, rows: walk.size.rows)
                screen.resize(to: walk.size)
                model.resize(columns: walk.size.columns, rows: walk.size.rows)
                try await tmux.resize(to: walk.size)
            }
            try screen.draw(frame)
            var bytes = terminal.outputBytes()
            // A large frame does not fit into the kernel's buffer at once.
            while screen.wantsToWrite {
                try screen.flush()
                bytes += terminal.outputBytes()
            }
            model.feed(bytes)
            try await tmux.feed(bytes)
            let place = "\(term), seed \(seed), frame \(number)"
            guard expect(model, sight, isOurs: true, shows: frame, "\(place), model") else { return }
            guard isForTmux, number % Self.lookInterval == 0 else { continue }
            let shown = try await tmux.shown(frame.size)
            guard
                expect(
                    shown,
                    sight,
                    isOurs: false,
                    shows: frame,
                    "\(place), tmux"
                )
            else {
                return
            }
        }
        #expect(model.strange.isEmpty, "nothing but what ncurses and the screen's own modes need")
    }

    /// Compares every cell, and records the first row that is another one.
    /// - Returns: whether all are the same.
    private func expect(
        _ model: TerminalModel,
        _ sight: Sight,
        isOurs: Bool,
        shows frame: CellBuffer,
        _ place: String
    ) -> Bool {
        let cornersTear = !place.hasPrefix("xterm")
        for row in 0..<frame.size.rows {
            var textEnd = frame.size.columns
            while textEnd > 0, frame[textEnd - 1, row].text == " " { textEnd -= 1 }
            for column in 0..<frame.size.columns {
                // To fill the lower right corner of a terminal that always wraps, ncurses inserts a character, and tears a wide one beside it.
                if cornersTear, row == frame.size.rows - 1, column >= frame.size.columns - 3 { continue }
                let cell = frame[column, row]
                // Of the blanks behind the last character tmux tells nothing.
                let sight = column < textEnd || isOurs ? sight : .text
                guard let problem = difference(of: model[column, row], sight, from: cell) else { continue }
                Issue.record(
                    """
                    \(place): row \(row), column \(column): \(problem)
                    drawn \(frame.lines[row])
                    shown \(model.line(row))
                    """
                )
                return false
            }
        }
        return true
    }

    private func difference(of shown: TerminalModel.Cell, _ sight: Sight, from cell: Cell) -> String? {
        // Where the C library has another width than our table a stand-in keeps every later cell in its place.
        let isStandIn = shown.text == "\u{FFFD}" && !HostileWalk.isKnown(cell.text)
        let isBesideStandIn = cell.text.isEmpty && shown.text == " "
        guard shown.text == cell.text || isStandIn || isBesideStandIn else {
            return "'\(shown.text)' (\(shown.text.unicodeScalars.map(\.value))) instead of '\(cell.text)'"
        }
        // Both halves of a wide character have the look of the left one.
        guard sight != .text, !cell.text.isEmpty else { return nil }
        let wanted = Theme.slateHarbor.appearance(of: cell.style, at: .colors256)
        guard shown.look.background == number(wanted.background) else {
            return "background \(shown.look.background ?? -1) instead of \(number(wanted.background) ?? -1)"
        }
        // Of a blank nothing else is seen, but what is turned around or underlined; terminals of screen's kind have no italics.
        let visible = (cell.text == " " ? 1 << 4 | 1 << 7 : 0xFF) & ~(sight == .looks ? 0 : 1 << 3)
        guard shown.look.emphasis & visible == bits(wanted.emphasis) & visible else { return "another emphasis" }
        guard cell.text == " " || shown.look.foreground == number(wanted.foreground) else {
            return "another foreground"
        }
        return nil
    }

    private func number(_ color: TextColor?) -> Int? {
        guard case .indexed(let index) = color else { return nil }
        return Int(index)
    }

    private func bits(_ emphasis: Emphasis) -> Int {
        let codes: [(Emphasis, Int)] = [(.bold, 1), (.dim, 2), (.italic, 3), (.underline, 4), (.reverse, 7)]
        return codes.reduce(0) { emphasis.contains($1.0) ? $0 | 1 << $1.1 : $0 }
    }
}
