package import StrettoCore

/// The board as a value: what it shows, what it remembers of its reader, and nothing that could reach a process.
///
/// A front end feeds ``handle(_:at:)`` with everything that happens, does the actions it answers with, in order, and paints ``frame()``
/// afterwards. It sleeps until the next input or ``nextDeadline``; where that is nil, for ever.
package struct BoardState: Sendable {
    /// Whether an engine is there.
    enum Link: Hashable, Sendable {
        case connected
        case lost(String)
        case ended(Outcome)
    }

    /// Whether HANDOFF.md or the log stands beside the panes.
    enum SideChoice: Hashable, Sendable {
        /// HANDOFF.md where it fits beside the panes.
        case automatic
        case hidden
        case shown(Layout.Side)
    }

    /// A short answer to what the reader did.
    struct Toast: Hashable, Sendable {
        static let time = Duration.seconds(4)
        var text: String
        var isBad: Bool
        /// Refusals and errors stay until Esc or the next toast.
        var expires: Timestamp?
    }

    /// A selection without a row, and what is selected in its place.
    struct HiddenSelection: Hashable, Sendable {
        let lost: TreeRow.Identity
        let standIn: TreeRow.Identity?
    }

    /// Notices that are kept for the events pane.
    static let noticesMax = 200
    /// Files whose output is kept, so that going to and fro between tasks keeps the reader's place.
    static let followedMax = 16

    var snapshot: RunSnapshot? { didSet { snapshotEdition += 1 } }
    /// Counts the changes of the snapshot.
    private var snapshotEdition = 0
    /// The rows as they were when all was settled last.
    var tree = Tree()
    var glyphs: Glyphs
    /// The screen that ``frame()`` fills.
    package internal(set) var size: Size
    var now: Timestamp
    var link = Link.connected
    /// Oldest first.
    var notices: [Notice] = []

    var selection: TreeRow.Identity? { didSet { if selection != oldValue { isTreeScrolled = false } } }
    /// What was selected before a filter hid it; it comes back with its row.
    var hidden: HiddenSelection?
    var treeTop = 0
    /// The wheel has moved the tree since the last key: the selection need not be in sight.
    var isTreeScrolled = false
    var folded: Set<String> = []
    var filter = TextField()
    var isFiltering = false
    /// What is being typed to be found in the focused output.
    var needle = TextField()
    var isSearching = false
    var wrapsLines = false
    /// What was used lately, of the run and of each task at work.
    private(set) var runTrail: UsageTrail?
    private(set) var taskTrails: [TaskID: UsageTrail] = [:]
    /// Whether lines stand beside the time at which they came; then the front end follows what was noted of it.
    package internal(set) var showsTimes = false
    /// What colours there are to choose from.
    package var themes: ThemeChoices
    /// How far local time is ahead of UTC.
    package var zone = Duration.zero
    /// Where saved logs are proposed to go, without a slash at its end.
    package var saveFolder = "."
    var saving: SaveDraft?
    /// What the mouse has marked, and where its button went down without having marked anything yet.
    var selected: LogSelection?
    var pressed: LogSelection?
    var hasMouse = true
    var focus = Focus.tasks
    var isZoomed = false
    /// The most output panes that are shown beside each other; nil: as many as fit.
    var paneLimit: Int?
    var sideChoice = SideChoice.automatic
    var streams: [TaskID: OutputStream] = [:]
    var handoff = HandoffView()
    /// When the newest document of a long plan is to be read; nil where it has been.
    ///
    /// After the first frame, so that tasks are on the screen first, and then now and then, because keys wait for it.
    private(set) var handoffDue: Timestamp?
    private var lastHandoff = Timestamp(milliseconds: 0)
    var logs: [LogSource: LogView] = [:]
    /// Sources that have been shown, the newest last, at most ``followedMax``.
    var shownSources: [LogSource] = []
    /// Comments on lines of diffs that the engine has not taken.
    var drafts: [TaskID: [LineComment]] = [:]
    /// Notes that ask for changes and that the engine has not taken.
    var notes: [TaskID: TextField] = [:]
    /// Whether diffs are shown side by side where there is room.
    var splitsDiffs = false
    var gate = GateView()
    /// What was typed of a task that the run has not got yet.
    var taskDraft = TaskForm()
    /// A task that was just added, to be selected when it comes.
    var newcomer: TaskID?
    /// Oldest first.
    var approvals: [PendingApproval] = []
    /// The last one has the keys.
    var dialogs: [Dialog] = []
    var toast: Toast?
    var title = ""
    /// Which key means what.
    package var keymap = Keymap.standard

    /// How markdown is read.
    let read: Markdown.Reader

    /// A board before or with its first snapshot.
    package init(
        snapshot: RunSnapshot?,
        glyphs: Glyphs,
        size: Size,
        now: Timestamp,
        themes: ThemeChoices,
        reading read: @escaping Markdown.Reader
    ) {
        self.read = read
        self.themes = themes
        self.glyphs = glyphs
        self.size = size
        self.now = now
        if let snapshot { take(snapshot) }
        if isOver { open(.summary) }
        settle()
    }

    /// Takes one input and returns what the front end has to do, in order.
    ///
    /// `now` is the wall time of the input; it may be set back.
    package mutating func handle(_ input: BoardInput, at now: Timestamp) -> [BoardAction] {
        self.now = now
        if let expires = toast?.expires, now >= expires { toast = nil }
        if let handoffDue, handoffDue <= now { readHandoff() }
        handoff.forgetMarks(at: now)
        let due = sendDueApprovals()
        if case .output(let source, let text) = input {
            // Output floods and moves nothing but its own pane.
            logs[source, default: LogView()].append(text)
            return due + missingLines()
        }
        let waited = Set(attention.map(\.id))
        let wasOver = isOver
        let dialogCount = dialogs.count
        var actions = due
        switch input {
        case .key(let key): actions += press(key)
        case .resize(let size): self.size = size
        case .snapshot(let snapshot):
            link = .connected
            let isFirst = self.snapshot == nil
            take(snapshot)
            if !isFirst { actions += ring(for: waited) }
        case .update(let update):
            snapshot?.apply(update)
            if update.handoff != nil { takeHandoff() }
            notices = (notices + update.notices).suffix(Self.noticesMax)
            selectNewcomer()
            actions += ring(for: waited)
        case .glyphs(let glyphs): self.glyphs = glyphs
        case .background(let color):
            if themes.adopt(background: color), let choice = themes.choice { actions.append(.useTheme(choice.theme)) }
        case .outputBegan(let source): logs[source] = LogView(after: logs[source])
        case .times(let source, let notes): logs[source]?.take(notes)
        case .copied(let report): take(report)
        case .logAnswer(let source, let answer): take(answer, of: source)
        case .output: break
        case .diff(let task, let text): take(diff: text, of: task)
        case .plan(let spec):
            gate.spec = spec
            takeStandard(of: spec)
        case .planEdited(let edit): take(edit)
        case .answered(let command, let refusal): take(refusal, of: command)
        case .refused(let reason): say(reason, isBad: true)
        case .connectionLost(let reason): link = .lost(reason)
        case .tick: break
        case .goodbye(let outcome): link = .ended(outcome)
        }
        if isOver, !wasOver {
            // Below what is open already: a dialog that comes by itself must not take a keystroke meant for another.
            dialogs.insert(Dialog(content: .summary, opened: now), at: 0)
            if let outcome { actions.append(.notify(Self.sentence(for: outcome, names: name(of:)))) }
        }
        if dialogs.count < dialogCount, dialogs.last?.content == .summary {
            // It comes into sight only now, under keys that were meant for what lay above it.
            dialogs[dialogs.count - 1].opened = now
        }
        actions += keepGate(after: input)
        keepTrails()
        settle()
        return actions + missingLines() + titleChange()
    }

    /// The output that is on the screen, then what was shown before: the files that a front end follows, and no other.
    package var wantedLogs: [LogSource] { shownSources.reversed() }

    /// When the board wants a ``BoardInput/tick`` without any other input; nil while nothing on the screen can change by itself.
    package var nextDeadline: Timestamp? {
        var deadlines = [handoffDue].compactMap(\.self)
        if isTicking {
            // At the next whole second, so that clocks change together.
            deadlines.append(Timestamp(milliseconds: (now.milliseconds / 1000 + 1) * 1000))
        } else if let wait = providerWait {
            // A countdown of hours shows minutes only.
            let step: Int64 = wait < .seconds(3600) ? 1000 : 60_000
            deadlines.append(Timestamp(milliseconds: (now.milliseconds / step + 1) * step))
        } else if isAlive {
            // Nothing is at work, and somebody is waited for: whoever comes back should see for how long.
            deadlines.append(now.advanced(by: Self.quietTick))
        }
        if let expires = toast?.expires { deadlines.append(expires) }
        deadlines += approvals.map(\.due)
        if let deadline = handoff.deadline, layout.rect(of: .handoff) != nil { deadlines.append(deadline) }
        if let dialog = dialogs.last, dialog.isGuarded(at: now) {
            deadlines.append(dialog.opened.advanced(by: Dialog.keyGuard))
        }
        return deadlines.min()
    }

    /// Whether a dialog is too new to take keys.
    package var isGuarded: Bool { dialogs.last?.isGuarded(at: now) == true }

    /// How long a board shows the same time while nothing is at work.
    static let quietTick = Duration.seconds(60)

    // MARK: What follows from the state

    var header: RunHeader? { snapshot?.header }
    var tasks: [TaskSnapshot] { snapshot?.tasks ?? [] }
    /// Of the tasks that are to be done: what is left out at the plan gate is no part of the plan.
    var tally: Tally { Tally(tasks, leavingOut: isAtGate ? .skipped : nil) }

    /// Whether a clock on the screen runs.
    var isTicking: Bool { isAlive && (!approvals.isEmpty || !tasks.places(where: \.isActive).isEmpty) }

    var outcome: Outcome? {
        if case .over(let outcome) = header?.phase { return outcome }
        if case .ended(let outcome) = link { return outcome }
        return nil
    }

    var isOver: Bool { outcome != nil }

    /// Whether something still goes on that leaving might concern.
    var isAlive: Bool { link == .connected && snapshot != nil && !isOver }

    func task(_ id: TaskID) -> TaskSnapshot? {
        let tasks = tasks
        return tasks.indices.first { tasks[$0].id == id }.map { tasks[$0] }
    }

    func tasks(in state: TaskState) -> [TaskSnapshot] { tasks.places { $0 == state }.map { tasks[$0] } }

    /// The tasks that a person has to do something about, the gates first; what is approved already needs nobody.
    var attention: [TaskSnapshot] {
        tasks(in: .review).filter { approval(of: $0.id) == nil } + tasks(in: .failed)
    }

    /// The lines of the task tree; made anew only where something has changed that they show.
    var rows: [TreeRow] {
        let source = treeSource
        if source == tree.source { return tree.rows }
        return TreeRow.rows(of: source.isFlat ? tasksInOrder : tasks, folded: source.folded, filter: source.filter)
    }

    /// Which task is the how-manieth to start, from 1; made anew as the rows are.
    var turns: [TaskID: Int] {
        if treeSource == tree.source { return tree.turns }
        return Dictionary(zip(startOrder, 1...), uniquingKeysWith: { first, _ in first })
    }

    var treeSource: Tree.Source {
        Tree.Source(
            edition: snapshotEdition,
            folded: folded,
            filter: filter.trimmed,
            isFlat: isAtGate && gate.isFlat
        )
    }

    /// The task that keys act on and the main pane shows; under a section the first one that does something.
    var selectedTask: TaskSnapshot? {
        switch selection {
        case .task(let id): return task(id)
        case .section(let name):
            let members = tasks.filter { $0.section == name }
            return members.first { $0.state == .review || $0.state.isActive } ?? members.first
        case nil: return nil
        }
    }

    /// The tasks in the output panes: the selected one, then others that are at work or in review, as far as they fit.
    var paneTasks: [TaskSnapshot] {
        let selected = selectedTask
        let others = tasks.places { $0.isActive || $0 == .review }.map { tasks[$0] }.filter { $0.id != selected?.id }
        return (selected.map { [$0] } ?? []) + others
    }

    var side: Layout.Side? {
        switch sideChoice {
        case .automatic: snapshot?.handoff.isEmpty == false ? .handoff : nil
        case .hidden: nil
        case .shown(let side): side
        }
    }

    var layout: Layout { layout(of: paneTasks.count) }

    func layout(of panes: Int) -> Layout {
        var wants = Layout.Wants()
        wants.outputs = max(1, min(panes, paneLimit ?? panes))
        wants.side = side
        wants.sideIsOptional = sideChoice == .automatic
        wants.focus = focus
        wants.isZoomed = isZoomed
        wants.showsSpending = spends
        return Layout(size: size, wants: wants)
    }

    /// What a pane shows of a task; nil while it has no process.
    func source(of task: TaskSnapshot) -> LogSource? {
        guard let attempt = task.shownAttempt, let process = attempt.process else { return nil }
        return (streams[task.id] ?? .readable).source(
            of: process,
            builder: task.builder,
            output: attempt.output
        )
    }

    var logSource: LogSource? {
        guard let path = header?.logPath, !path.isEmpty else { return nil }
        return LogSource(path: path, builder: nil, form: .raw)
    }

    // MARK: Changes that others need

    mutating func say(_ text: String, isBad: Bool = false) {
        toast = Toast(text: text, isBad: isBad, expires: isBad ? nil : now.advanced(by: Toast.time))
    }

    /// Says something that stays until Esc: what is wrong with the reader's own files, before the first key.
    package mutating func complain(_ text: String) { say(text, isBad: true) }

    mutating func open(_ content: Dialog.Content) { dialogs.append(Dialog(content: content, opened: now)) }

    /// Notes what was used, of the whole run and of each task at work; of what is over nobody wants a trail.
    private mutating func keepTrails() {
        guard let header, isAlive else { return }
        runTrail = runTrail ?? UsageTrail(total: header.usage.tokens, at: now)
        runTrail?.take(total: header.usage.tokens, at: now)
        var trails: [TaskID: UsageTrail] = [:]
        let tasks = tasks
        for place in tasks.places(where: \.isActive) {
            let (id, total) = (tasks[place].id, tasks[place].usage.tokens)
            trails[id] = taskTrails[id] ?? UsageTrail(total: total, at: now)
            trails[id]?.take(total: total, at: now)
        }
        taskTrails = trails
    }

    private mutating func take(_ snapshot: RunSnapshot) {
        self.snapshot = snapshot
        takeHandoff()
        if selection == nil {
            let first = attention.first ?? tasks.first { $0.state.isActive } ?? tasks.first
            selection = first.map { .task($0.id) }
        }
    }

    /// A longer document is not read at once, in bytes, and no more often than so.
    static let handoffBytesAtOnce = 64 << 10
    static let handoffInterval = Duration.seconds(1)

    /// Reads the document, or notes when to do so.
    private mutating func takeHandoff() {
        guard let snapshot, snapshot.handoff.utf8.count > Self.handoffBytesAtOnce else { return readHandoff() }
        let next = lastHandoff.advanced(by: Self.handoffInterval)
        // The clock may have been set back.
        handoffDue = min(handoffDue ?? max(next, now), now.advanced(by: Self.handoffInterval))
    }

    private mutating func readHandoff() {
        (handoffDue, lastHandoff) = (nil, now)
        handoff.take(snapshot?.handoff ?? "", at: now, by: read)
    }

    private mutating func take(diff text: String, of task: TaskID) {
        for index in dialogs.indices {
            if case .review(var view) = dialogs[index].content, view.task == task, view.diff == nil {
                view.diff = DiffView(text, columns: reviewBody.columns, form: diffForm, glyphs: glyphs)
                dialogs[index].content = .review(view)
            }
        }
    }

    /// One bell and one message for each batch of tasks that have come to wait for a person.
    private func ring(for known: Set<TaskID>) -> [BoardAction] {
        let new = attention.filter { !known.contains($0.id) }
        guard let first = new.first else { return [] }
        let what = first.state == .review ? "waits for your review" : "failed: \(first.status)"
        return [.bell, .notify("\(first.name) \(what)" + Self.moreNeedYou(new.count - 1))]
    }

    private mutating func titleChange() -> [BoardAction] {
        guard let header else { return [] }
        let tally = tally
        var parts: [String] = []
        if tally.review > 0 { parts.append("\(glyphs.review)\(tally.review)") }
        if tally.running > 0 { parts.append("\(glyphs.running)\(tally.running)") }
        if tally.total > 0 { parts.append(tally.progress) }
        let title = (parts + [header.planName]).joined(separator: " ")
        guard title != self.title else { return [] }
        self.title = title
        return [.setTitle(title)]
    }
}
