extension Step {
    /// What a keys file calls it.
    var name: String {
        switch self {
        case .down: "down"
        case .up: "up"
        case .halfDown: "half_down"
        case .halfUp: "half_up"
        case .pageDown: "page_down"
        case .pageUp: "page_up"
        case .top: "top"
        case .bottom: "bottom"
        }
    }
}

extension Act {
    /// What a keys file calls it, unique within a place.
    var name: String {
        switch self {
        case .move(let step), .scrollSpending(let step), .scrollReview(let step), .scrollEdit(let step),
            .choose(let step), .chooseTheme(let step):
            step.name
        case .scrollOutput(let step): "output_" + step.name
        case .sideways(let isRight): isRight ? "output_right" : "output_left"
        case .reorder(let step): step == .up ? "earlier" : "later"
        case .pane(let number): "pane_\(number)"
        case .otherSide(let side): side == .old ? "old_side" : "new_side"
        default: plainName
        }
    }

    private var plainName: String {
        switch self {
        case .nextPane: "next_pane"
        case .previousPane: "previous_pane"
        case .nextAttention: "attention"
        case .findNext: "find_next"
        case .findPrevious: "find_previous"
        case .markOutput: "mark"
        case .nextMark: "next_mark"
        case .previousMark: "previous_mark"
        case .stopTask: "stop"
        case .newTask: "new_task"
        case .goAhead: "go_ahead"
        case .retryFailed: "retry_failed"
        case .stopRun: "stop_run"
        case .takeBack: "take_back"
        case .arrange: "layout"
        case .eventLog: "log"
        case .palette: "commands"
        case .lines: "plain_lines"
        case .leaveDialog, .dropTheme, .finish: "leave"
        case .keepTheme: "keep"
        case .askForChanges: "changes"
        case .recheck: "check_again"
        case .nextFile: "next_file"
        case .previousFile: "previous_file"
        case .nextHunk: "next_hunk"
        case .previousHunk: "previous_hunk"
        case .mark: "comment"
        case .sideBySide: "side_by_side"
        case .checkOutput: "outputs"
        case .copyPatch: "copy"
        case .leaveOut: "leave_out"
        case .editPlan: "edit"
        case .orderView: "order"
        case .takeEdit: "take"
        case .nextField: "next_field"
        // The others are called what they are called here.
        default: "\(self)"
        }
    }

    /// Whether a place cannot be left without it.
    var isWayOut: Bool {
        switch self {
        case .leaveDialog, .dropTheme, .finish: true
        default: false
        }
    }
}

extension Binding.Scope {
    /// What a keys file calls it.
    var name: String {
        switch self {
        case .anywhere: "anywhere"
        case .board: "board"
        case .gate: "gate"
        case .review: "review"
        case .planEdit: "edited_plan"
        case .question: "question"
        case .spending: "spending"
        case .theme: "theme"
        case .summary: "summary"
        }
    }
}
