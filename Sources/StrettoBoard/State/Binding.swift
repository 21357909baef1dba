/// One line of the key table: it drives dispatch, the help and the footer alike, so that none of them can lie.
struct Binding: Hashable, Sendable {
    /// Where the keys count.
    enum Scope: Hashable, Sendable, CaseIterable {
        /// Over dialogs too, where no text is being typed.
        case anywhere
        /// While no dialog is open.
        case board
        /// While the plan waits for approval, before those of the board.
        case gate
        case review
        case planEdit
        case question
        case spending
        case theme
        case summary
    }

    /// The help's headings, in its order.
    enum Group: String, Hashable, Sendable, CaseIterable {
        case gate = "Plan"
        case review = "Review"
        case planEdit = "Edited plan"
        case question = "Question"
        case spending = "Spending"
        case theme = "Theme"
        case summary = "Summary"
        case move = "Move"
        case task = "Act on task"
        case output = "Output"
        case view = "View"
        case run = "Run"
    }

    let keys: [Key]
    let scope: Scope
    let group: Group
    /// What it does, for the help.
    let title: String
    /// Its name in the footer; nil keeps it out of there.
    let short: String?
    let act: Act

    init(_ keys: [Key], _ scope: Scope, _ group: Group, _ title: String, short: String? = nil, _ act: Act) {
        self.keys = keys
        self.scope = scope
        self.group = group
        self.title = title
        self.short = short
        self.act = act
    }

    /// What it is found by where commands are looked for: what it does, and what a keys file calls it.
    var words: String { "\(title) \(act.name) \(act.name.split(separator: "_").joined(separator: " "))".lowercased() }

    /// The keys as people read them.
    func label(_ glyphs: Glyphs) -> String {
        // The nine digits are nine bindings and one line of help.
        if case .pane = act { return "1-9" }
        return keys.map { $0.label(glyphs) }.joined(separator: " ")
    }
}

extension Binding.Scope {
    /// The scopes whose keys count together with this one's.
    var family: [Self] { self == .gate ? [.gate, .board, .anywhere] : [self, .anywhere] }
}

extension Key {
    /// The key as people read it: `j`, `^u`, `PgUp`.
    func label(_ glyphs: Glyphs) -> String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let character): "^" + String(character)
        case .alt(let character): "Alt-" + String(character)
        case .enter: glyphs.enter
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "S-Tab"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .insert: "Ins"
        case .up: String(glyphs.up)
        case .down: String(glyphs.down)
        case .left: String(glyphs.left)
        case .right: String(glyphs.right)
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .function(let number): "F\(number)"
        case .mouse, .paste, .focusIn, .focusOut, .reply: ""
        }
    }
}

extension Binding {
    /// Every key of the board, as it comes; ``Keymap`` has what a person changed about it.
    ///
    /// Where two lines share a key and a scope, they take turns: at most one of them is available.
    static let table: [Binding] = gate + board + review + planEdit + question + spending + theme + summary + anywhere

    private static let gate: [Binding] = [
        Binding([.character("a")], .gate, .gate, "approve and start the plan", short: "start", .goAhead),
        Binding([.character("K")], .gate, .gate, "start earlier", short: "earlier", .reorder(.up)),
        Binding([.character("J")], .gate, .gate, "start later", short: "later", .reorder(.down)),
        Binding([.character("s")], .gate, .gate, "leave out, take in", short: "leave out", .leaveOut),
        Binding([.character("e")], .gate, .gate, "edit the plan", short: "edit", .editPlan),
        Binding([.character("o")], .gate, .gate, "in order, by section", short: "order", .orderView),
    ]

    private static let board: [Binding] =
        [
            Binding([.character("a")], .board, .run, "approve the plan, merge at once", short: "go ahead", .goAhead),
            Binding([.character("j"), .down], .board, .move, "down", .move(.down)),
            Binding([.character("k"), .up], .board, .move, "up", .move(.up)),
            Binding([.character("g"), .home], .board, .move, "top", .move(.top)),
            Binding([.character("G"), .end], .board, .move, "bottom, follow", .move(.bottom)),
            Binding([.pageDown], .board, .move, "a page down", .move(.pageDown)),
            Binding([.pageUp], .board, .move, "a page up", .move(.pageUp)),
            Binding([.tab], .board, .move, "next pane", .nextPane),
            Binding([.backTab], .board, .move, "previous pane", .previousPane),
        ]
        + (1...9).map { number in
            Binding([.character(Character("\(number)"))], .board, .move, "pane by number", .pane(number))
        }
        + [
            Binding([.character("!")], .board, .move, "next that needs you", .nextAttention),
            Binding([.enter], .board, .task, "open, review, fold", short: "open", .open),
            Binding([.character("r")], .board, .task, "review, approve", short: "review", .review),
            Binding([.character("R")], .board, .task, "retry (asks)", short: "retry", .retry),
            Binding([.character("s")], .board, .task, "skip (asks)", short: "skip", .skip),
            Binding([.character("x")], .board, .task, "stop (asks)", short: "stop", .stopTask),
            Binding([.character("m")], .board, .task, "message to its agent", short: "message", .message),
            Binding([], .board, .run, "retry all that failed (asks)", .retryFailed),
            Binding([.character("u")], .board, .run, "undo an approval, a stop", short: "take back", .takeBack),
            Binding([.character("e")], .board, .task, "editor in its worktree", .editor),
            Binding([.character("$")], .board, .task, "shell in its worktree", .shell),
            Binding([.character("f")], .board, .output, "follow on, off", short: "follow", .follow),
            Binding([.control("d")], .board, .output, "half a page down", .scrollOutput(.halfDown)),
            Binding([.control("u")], .board, .output, "half a page up", .scrollOutput(.halfUp)),
            Binding([.left, .character("h")], .board, .output, "left along lines", .sideways(isRight: false)),
            Binding([.right, .character("l")], .board, .output, "right along lines", .sideways(isRight: true)),
            Binding([.character("o")], .board, .output, "output, raw, errors", .stream),
            Binding([.character("y")], .board, .output, "copy what it shows, or what is marked", .copy),
            Binding([.character("n")], .board, .run, "new task in this run", .newTask),
            Binding([.character("n")], .board, .output, "next match", .findNext),
            Binding([.character("N")], .board, .output, "previous match", .findPrevious),
            Binding([.character("w")], .board, .output, "wrap long lines", .wrap),
            Binding([.character("T")], .board, .output, "times of lines", .times),
            Binding([.character(" ")], .board, .output, "mark a line", .markOutput),
            Binding([.character("'")], .board, .output, "next mark", .nextMark),
            Binding([.character("\"")], .board, .output, "previous mark", .previousMark),
            Binding([.character("S")], .board, .output, "save to a file", .save),
            Binding([.character("z")], .board, .view, "zoom the pane", short: "zoom", .zoom),
            Binding([.character("\\")], .board, .view, "layout: 1 to 8 panes", .arrange),
            Binding([.character("H")], .board, .view, "HANDOFF.md", short: "handoff", .handoff),
            Binding([.character("@")], .board, .view, "event and git log", short: "log", .eventLog),
            Binding([.character("b")], .board, .view, "cost and forecast", short: "spending", .spending),
            Binding([.character("t")], .board, .view, "theme", .theme),
            Binding([.character("/")], .board, .view, "filter tasks, search output", short: "find", .find),
            Binding([.character(" ")], .board, .view, "fold, unfold", .fold),
            Binding([.character("M")], .board, .view, "mouse on, off", .mouse),
            Binding([.character("~")], .board, .view, "plain lines of events", .lines),
            Binding([.character(":")], .board, .view, "commands by name", short: "commands", .palette),
            Binding([.escape], .board, .view, "back; stops nothing", .back),
            Binding([.character("X")], .board, .run, "stop the run (asks)", .stopRun),
            Binding([.character("q")], .board, .run, "quit (asks)", short: "quit", .quit),
        ]

    private static let review: [Binding] = [
        Binding([.character("a")], .review, .review, "approve and merge", short: "approve", .approve),
        Binding([.character("R")], .review, .review, "retry with a note", short: "retry", .retry),
        Binding([.character("c")], .review, .review, "ask for changes", short: "changes", .askForChanges),
        Binding([.enter], .review, .review, "comment on a line", short: "comment", .mark),
        Binding([.character("n")], .review, .review, "next hunk", short: "hunks", .nextHunk),
        Binding([.character("p")], .review, .review, "previous hunk", short: "hunks", .previousHunk),
        Binding([.character("n")], .review, .review, "next match", short: "matches", .findNext),
        Binding([.character("N")], .review, .review, "previous match", short: "matches", .findPrevious),
        Binding([.character("/")], .review, .review, "search the diff", short: "find", .find),
        Binding([.character("y")], .review, .review, "copy the patch", short: "copy patch", .copyPatch),
        Binding([.character("d")], .review, .review, "side by side", short: "side by side", .sideBySide),
        Binding([.character("o")], .review, .review, "outputs of checks", short: "outputs", .checkOutput),
        Binding([.character("s")], .review, .review, "skip (asks)", short: "skip", .skip),
        Binding([.character("C")], .review, .review, "check again", short: "check again", .recheck),
        Binding([.character("h"), .left], .review, .review, "mark the old side", .otherSide(.old)),
        Binding([.character("l"), .right], .review, .review, "mark the new side", .otherSide(.new)),
        Binding([.character("e")], .review, .review, "editor in worktree", short: "editor", .editor),
        Binding([.character("$")], .review, .review, "shell in worktree", short: "shell", .shell),
        Binding([.tab], .review, .review, "next file", .nextFile),
        Binding([.backTab], .review, .review, "previous file", .previousFile),
        Binding([.character("r")], .review, .review, "look at newer work", .reload),
        Binding([.character("j"), .down], .review, .review, "down", .scrollReview(.down)),
        Binding([.character("k"), .up], .review, .review, "up", .scrollReview(.up)),
        Binding([.control("d")], .review, .review, "half a page down", .scrollReview(.halfDown)),
        Binding([.control("u")], .review, .review, "half a page up", .scrollReview(.halfUp)),
        Binding([.pageDown, .character(" ")], .review, .review, "a page down", .scrollReview(.pageDown)),
        Binding([.pageUp], .review, .review, "a page up", .scrollReview(.pageUp)),
        Binding([.character("g"), .home], .review, .review, "top", .scrollReview(.top)),
        Binding([.character("G"), .end], .review, .review, "bottom", .scrollReview(.bottom)),
        Binding([.character(":")], .review, .review, "commands by name", .palette),
        Binding([.escape, .character("q")], .review, .review, "later", .leaveDialog),
    ]

    private static let planEdit: [Binding] = [
        Binding([.character("t")], .planEdit, .planEdit, "take it", short: "take it", .takeEdit),
        Binding([.character("e")], .planEdit, .planEdit, "edit again", short: "edit again", .editPlan),
        Binding([.character("j"), .down], .planEdit, .planEdit, "down", .scrollEdit(.down)),
        Binding([.character("k"), .up], .planEdit, .planEdit, "up", .scrollEdit(.up)),
        Binding([.pageDown, .character(" ")], .planEdit, .planEdit, "a page down", .scrollEdit(.pageDown)),
        Binding([.pageUp], .planEdit, .planEdit, "a page up", .scrollEdit(.pageUp)),
        Binding([.escape, .character("q")], .planEdit, .planEdit, "leave it", .leaveDialog),
    ]

    private static let question: [Binding] = [
        Binding([.down, .character("j")], .question, .question, "next choice", .choose(.down)),
        Binding([.up, .character("k")], .question, .question, "previous choice", .choose(.up)),
        Binding([.enter], .question, .question, "take the marked one", .answer),
        Binding([.tab, .backTab], .question, .question, "note or choices", .nextField),
        Binding([.character("n")], .question, .question, "write a note", .note),
        Binding([.escape, .character("q")], .question, .question, "cancel", .leaveDialog),
    ]

    private static let spending: [Binding] = [
        Binding([.character("j"), .down], .spending, .spending, "down", .scrollSpending(.down)),
        Binding([.character("k"), .up], .spending, .spending, "up", .scrollSpending(.up)),
        Binding([.control("d")], .spending, .spending, "half a page down", .scrollSpending(.halfDown)),
        Binding([.control("u")], .spending, .spending, "half a page up", .scrollSpending(.halfUp)),
        Binding([.pageDown, .character(" ")], .spending, .spending, "a page down", .scrollSpending(.pageDown)),
        Binding([.pageUp], .spending, .spending, "a page up", .scrollSpending(.pageUp)),
        Binding([.character("g"), .home], .spending, .spending, "top", .scrollSpending(.top)),
        Binding([.character("G"), .end], .spending, .spending, "bottom", .scrollSpending(.bottom)),
        Binding([.escape, .character("q"), .character("b")], .spending, .spending, "close", .leaveDialog),
    ]

    private static let theme: [Binding] = [
        Binding([.character("j"), .down], .theme, .theme, "next theme", .chooseTheme(.down)),
        Binding([.character("k"), .up], .theme, .theme, "previous theme", .chooseTheme(.up)),
        Binding([.character("g"), .home], .theme, .theme, "first theme", .chooseTheme(.top)),
        Binding([.character("G"), .end], .theme, .theme, "last theme", .chooseTheme(.bottom)),
        Binding([.enter], .theme, .theme, "keep it for this board", .keepTheme),
        Binding([.escape, .character("q"), .character("t")], .theme, .theme, "the old one again", .dropTheme),
    ]

    private static let summary: [Binding] = [
        Binding([.character("q"), .enter, .escape], .summary, .summary, "leave", short: "leave", .finish),
        Binding([.character("b")], .summary, .summary, "what was spent", short: "spending", .spending),
        Binding([.character("v")], .summary, .summary, "look at the board", short: "look at the board", .look),
    ]

    private static let anywhere: [Binding] = [
        Binding([.character("?")], .anywhere, .view, "this help", .help),
        Binding([.control("l")], .anywhere, .view, "paint anew", .redraw),
        Binding([.control("z")], .anywhere, .run, "suspend the board", .suspend),
        Binding([.control("c")], .anywhere, .run, "choose how to leave", .quit),
    ]
}
