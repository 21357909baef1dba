import StrettoCore

extension TaskState {
    /// The glyph that always stands for this state; a task that does not belong to the run has none.
    func glyph(_ glyphs: Glyphs) -> Character {
        switch self {
        case .waiting, .ready: glyphs.waiting
        case .preparing, .running, .checking, .merging: glyphs.running
        case .review: glyphs.review
        case .retrying: glyphs.retrying
        case .blocked: glyphs.blocked
        case .done: glyphs.done
        case .failed: glyphs.failed
        case .skipped: glyphs.skipped
        case .stopped: glyphs.stopped
        case .excluded: " "
        }
    }

    /// The word that stands beside the glyph where there is room.
    var word: String { self == .excluded ? "not in this run" : rawValue }

    /// The state after "is", in a sentence.
    var phrase: String { self == .review ? "in review" : word }

    var role: Role {
        switch self {
        case .waiting, .ready, .blocked, .skipped, .excluded: .dim
        case .preparing, .running, .checking, .merging: .run
        case .review: .review
        case .retrying, .stopped: .warn
        case .done: .ok
        case .failed: .bad
        }
    }

    /// How the task's name is written: what is over steps back, what needs a person steps forward.
    var nameStyle: Style {
        switch self {
        case .done, .skipped, .excluded: .dim
        case .review, .failed: Style(.text, emphasis: .bold)
        default: .text
        }
    }
}

extension TaskSnapshot {
    /// The state in words: the detail where there is one, else the state's own word.
    var status: String { detail.isEmpty ? state.word : detail }

    /// How long the current attempt has run, or how long all of them took; nil before the first.
    func clock(at now: Timestamp) -> Duration? {
        if state.isActive, let started { return max(.zero, now.since(started)) }
        return worked > .zero ? worked : nil
    }

    /// The attempt whose process is the newest: the one with output to show.
    var shownAttempt: AttemptSnapshot? { attempts.last { $0.process != nil } }

    /// Where a person can work on the task's files; nil where no worktree stands.
    var worktreePath: String? { (attempts.last?.worktree ?? work?.worktree)?.path }
}
