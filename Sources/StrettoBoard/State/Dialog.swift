import StrettoCore

/// Something that lies over the board and has the keys.
struct Dialog: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case help(HelpView)
        case palette(PaletteView)
        case question(Question)
        case review(ReviewView)
        case planEdit(PlanEditView)
        case spending(SpendingView)
        case newTask(TaskForm)
        case theme(ThemeView)
        case summary
    }

    /// Keys meant for what was there before must not act on a dialog that has just come.
    static let keyGuard = Duration.milliseconds(250)

    var content: Content
    var opened: Timestamp

    /// Whether the colours of what lies below it are its subject.
    var isAboutColors: Bool { if case .theme = content { true } else { false } }

    /// Whether the dialog is too new to take keys; a clock that was set back does not keep it shut.
    func isGuarded(at now: Timestamp) -> Bool {
        switch content {
        // They come only when somebody asks for them, and their keys are letters or only scroll.
        case .help, .palette, .spending, .newTask, .theme: return false
        case .question, .review, .planEdit, .summary: break
        }
        return now >= opened && now < opened.advanced(by: Self.keyGuard)
    }
}

/// The help: which lines it shows, and from where.
struct HelpView: Hashable, Sendable {
    var filter = TextField()
    var top = 0
    /// The groups of the dialog below, which come first.
    var scope: Binding.Scope
}

/// What was spent: from which line on.
struct SpendingView: Hashable, Sendable {
    var top = 0
}

/// The choice of a theme: the one that was there before.
struct ThemeView: Hashable, Sendable {
    let before: Int
}

/// The command palette: what was typed, and which of the commands that are left is marked.
struct PaletteView: Hashable, Sendable {
    var filter = TextField()
    var marked = 0
    /// Whose commands come.
    var scope: Binding.Scope
}

/// A question before something that cannot be taken back, with Cancel as the answer that is marked.
struct Question: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
        case retry(TaskID)
        case retryFailed
        case skip(TaskID)
        case changes(TaskID)
        case stopTask(TaskID)
        case message(TaskID)
        case stopRun
        case quit
        /// Quit while the plan waits for approval.
        case leaveGate
    }

    enum Answer: Hashable, Sendable {
        case cancel, retry, retryFailed, skip, changes, message, stopTask, drain, stopNow, leave
    }

    struct Choice: Hashable, Sendable {
        /// The letter that takes it at once.
        var letter: Character?
        var title: String
        var hint: String
        var answer: Answer
    }

    let subject: Subject
    /// What the person writes along; nil where a note makes no sense.
    var note: TextField?
    var isWriting = false
    /// Of ``choices``; 0 is Cancel.
    var marked = 0

    init(_ subject: Subject, note kept: TextField = TextField()) {
        self.subject = subject
        switch subject {
        case .retry, .retryFailed, .skip: note = kept
        case .changes, .message:
            note = kept
            isWriting = true
        case .stopTask, .stopRun, .quit, .leaveGate: note = nil
        }
    }

    /// What can be answered; Cancel is always first.
    var choices: [Choice] {
        let stay = isLeaving ? "stay here" : "nothing changes"
        let cancel = Choice(letter: nil, title: "Cancel", hint: stay, answer: .cancel)
        let drain = Choice(letter: "d", title: "Drain", hint: "running tasks finish, nothing starts", answer: .drain)
        let now = Choice(letter: "S", title: "Stop now", hint: "agents end, their work is kept", answer: .stopNow)
        switch subject {
        case .retry:
            return [cancel, Choice(letter: "R", title: "Retry", hint: "a new attempt begins", answer: .retry)]
        case .retryFailed:
            let hint = "a new attempt of each begins"
            return [cancel, Choice(letter: "R", title: "Retry all", hint: hint, answer: .retryFailed)]
        case .skip:
            return [cancel, Choice(letter: "s", title: "Skip", hint: "it counts as done without it", answer: .skip)]
        case .changes:
            return [cancel, Choice(letter: "c", title: "Send", hint: "a new attempt begins with it", answer: .changes)]
        case .stopTask:
            return [cancel, Choice(letter: "x", title: "Stop", hint: "its attempt ends", answer: .stopTask)]
        case .message:
            return [cancel, Choice(letter: "m", title: "Send", hint: "its agent reads it next", answer: .message)]
        case .stopRun: return [cancel, drain, now]
        case .quit:
            let leave = Choice(letter: "l", title: "Leave it running", hint: "stretto attach returns", answer: .leave)
            return [cancel, leave, drain, now]
        case .leaveGate:
            let leave = Choice(letter: "l", title: "Leave it waiting", hint: "stretto attach returns", answer: .leave)
            let end = Choice(letter: "S", title: "Stop the run", hint: "stretto run asks again", answer: .stopNow)
            return [cancel, leave, end]
        }
    }

    /// The letters by which answers are taken, of all questions.
    static let letters: Set<Character> = {
        let task = TaskID("")
        let subjects: [Subject] = [
            .retry(task), .retryFailed, .skip(task), .changes(task), .message(task), .stopTask(task), .stopRun, .quit,
            .leaveGate,
        ]
        return Set(subjects.flatMap { Question($0).choices.compactMap(\.letter) })
    }()

    /// Whether the board goes with the answer.
    var isLeaving: Bool { subject == .quit || subject == .leaveGate }

    var title: String {
        switch subject {
        case .retry: "Retry"
        case .retryFailed: "Retry all that failed"
        case .skip: "Skip"
        case .changes: "Ask for changes"
        case .stopTask: "Stop"
        case .message: "Message"
        case .stopRun: "Stop the run"
        case .quit: "Leave"
        case .leaveGate: "Leave the plan"
        }
    }

    /// The task that it is about.
    var task: TaskID? {
        switch subject {
        case .retry(let task), .skip(let task), .changes(let task), .stopTask(let task), .message(let task): task
        case .retryFailed, .stopRun, .quit, .leaveGate: nil
        }
    }
}

extension Question.Subject {
    /// Whether what is written goes to an agent, so that it is kept until the engine has taken it.
    var isToAgent: Bool {
        switch self {
        case .changes, .message: true
        default: false
        }
    }
}

/// One attempt's work under review, as it was when the dialog opened.
struct ReviewView: Hashable, Sendable {
    let task: TaskID
    let attempt: AttemptSnapshot
    /// What the agent said of it.
    let message: Markdown
    /// nil until the diff has come.
    var diff: DiffView?
    var top = 0
    /// The line of the diff that a comment would be about; nil while the reader only scrolls.
    var cursor: Int?
    /// Which side of a diff side by side the cursor prefers.
    var side = DiffSide.new
    /// The comment being typed.
    var writing: TextField?
    /// Whether the outputs of all checks are shown, and not only the ends of those that failed.
    var showsChecks = false
    /// Where the reader was before they were shown.
    var topBeforeChecks = 0
    /// The text being typed that is looked for in the diff.
    var needle: TextField?
    /// What is looked for in the diff.
    var search: PageSearch?

    /// What an approval binds.
    var tree: TreeID? { attempt.contribution?.tree }
}
