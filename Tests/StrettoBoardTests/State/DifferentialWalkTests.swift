import StrettoCore
import StrettoTerminal
import TestSupport
import Testing

@testable import StrettoBoard

/// Whatever happens to a board, what its bytes make of a terminal is the frame that it drew.
@Suite(.serialized) struct DifferentialWalkTests {
    private static let inputCount = Torture.isThorough ? 300 : 60
    private static let seeds: [UInt64] = Torture.isThorough ? Array(100...160) : [100, 101]

    @Test(.timeLimit(.minutes(5)), arguments: seeds)
    func `keys, sizes and hostile output leave every cell as it was drawn`(seed: UInt64) throws {
        var walk = BoardWalk(seed: seed)
        let first = walk.board.size
        let terminal = try PseudoTerminal(columns: first.columns, rows: first.rows)
        var model = TerminalModel(columns: first.columns, rows: first.rows) { Width.of($0) }
        var screen = try Screen(
            input: terminal.slave,
            output: terminal.slave,
            term: seed % 2 == 0 ? "xterm-256color" : "screen-256color",
            theme: .slateHarbor,
            depth: .colors256
        )
        for step in 0..<Self.inputCount {
            walk.step()
            let size = walk.board.size
            if size.columns != model.columns || size.rows != model.rows {
                terminal.resize(columns: size.columns, rows: size.rows)
                screen.resize(to: size)
                model.resize(columns: size.columns, rows: size.rows)
            }
            let frame = walk.board.frame()
            try screen.draw(frame)
            model.feed(terminal.outputBytes())
            // A large frame does not fit into the kernel's buffer at once.
            while screen.wantsToWrite {
                try screen.flush()
                model.feed(terminal.outputBytes())
            }
            for row in 0..<size.rows {
                guard let problem = Self.difference(inRow: row, of: frame, from: model) else { continue }
                Issue.record("seed \(seed), step \(step), row \(row): \(problem)")
                return
            }
        }
        #expect(model.strange.isEmpty)
    }

    private static func difference(inRow row: Int, of frame: CellBuffer, from model: TerminalModel) -> String? {
        let size = frame.size
        for column in 0..<size.columns {
            // The C library fills the last corner of a terminal that scrolls there by inserting beside it, for which one column has no room.
            if size.columns == 1, row == size.rows - 1 { continue }
            let cell = frame[column, row]
            let shown = model[column, row].text
            // The C library does not know the glyph, or gives it another width.
            let isStandIn = shown == "\u{FFFD}" && !cell.text.allSatisfy(\.isASCII)
            let isBesideStandIn = cell.text.isEmpty && shown == " "
            if shown != cell.text, !isStandIn, !isBesideStandIn {
                return "column \(column) shows '\(shown)' of '\(cell.text)'\n\(frame.lines[row])\n\(model.line(row))"
            }
        }
        return nil
    }
}
