/// What a key can mean.
enum Act: Hashable, Sendable {
    // Move
    case move(Step)
    case nextPane, previousPane
    case pane(Int)
    case open, back, fold, nextAttention, find, findNext, findPrevious
    // Output
    case scrollOutput(Step)
    case sideways(isRight: Bool)
    case follow, stream, copy, wrap, times, markOutput, nextMark, previousMark, save
    // Task
    case review, retry, skip, stopTask, message, editor, shell
    // Run
    case retryFailed, goAhead, newTask, stopRun, takeBack
    // View
    case zoom, arrange, handoff, eventLog, spending, theme, mouse, help, palette, redraw, lines
    // Among the themes
    case chooseTheme(Step), keepTheme, dropTheme
    // In what was spent
    case scrollSpending(Step)
    // Program
    case suspend, quit, leaveDialog
    // In a review
    case approve, askForChanges, recheck, nextFile, previousFile, nextHunk, previousHunk, reload, mark, scrollReview(
        Step
    )
    case sideBySide, otherSide(DiffSide), checkOutput, copyPatch
    // At the plan gate
    case reorder(Step), leaveOut, editPlan, orderView
    // With an edited plan
    case takeEdit, scrollEdit(Step)
    // In the summary
    case finish, look
    // In a question
    case choose(Step), answer, nextField, note
}

/// How far a movement goes.
enum Step: Hashable, Sendable {
    case down, up, halfDown, halfUp, pageDown, pageUp, top, bottom

    /// Lines to go in a view of `rows` rows; nil for the two ends.
    func lines(inRows rows: Int) -> Int? {
        switch self {
        case .down: 1
        case .up: -1
        case .halfDown: max(1, rows / 2)
        case .halfUp: -max(1, rows / 2)
        case .pageDown: max(1, rows - 1)
        case .pageUp: -max(1, rows - 1)
        case .top, .bottom: nil
        }
    }

    /// Where a view of `rows` rows begins after this step from `top` in a text of `count` lines.
    func position(from top: Int, count: Int, rows: Int) -> Int {
        let last = max(0, count - rows)
        switch self {
        case .top: return 0
        case .bottom: return last
        default: return min(last, max(0, top + (lines(inRows: rows) ?? 0)))
        }
    }

    /// Which of `count` items is the selected one after this step from `index`.
    func index(from index: Int, count: Int, rows: Int) -> Int {
        switch self {
        case .top: return 0
        case .bottom: return max(0, count - 1)
        default: return min(max(0, count - 1), max(0, index + (lines(inRows: rows) ?? 0)))
        }
    }
}

/// Whether a command can be done now.
enum Availability: Hashable, Sendable {
    case ready
    /// Not now, and why, in a sentence.
    case disabled(String)

    var isReady: Bool { self == .ready }
}
