import StrettoCore

// Selection, focus and scrolling.
extension BoardState {
    mutating func performView(_ act: Act) -> [BoardAction] {
        switch act {
        case .move(let step): move(step)
        case .nextPane: moveFocus(by: 1)
        case .previousPane: moveFocus(by: -1)
        case .pane(let number): focus = stops[number - 1]
        case .open: return openSelection()
        case .back: return back()
        case .fold: toggleFold()
        case .nextAttention: goToAttention()
        case .find: startFinding()
        case .findNext: return findNext(isDown: true)
        case .findPrevious: return findNext(isDown: false)
        case .scrollOutput(let step) where isAtGate: scrollCard(step)
        case .scrollOutput(let step):
            if let (source, rows) = outputView { logs[source]?.scroll(step, rows: rows) }
        case .sideways(let isRight): scrollSideways(isRight: isRight)
        case .follow:
            if let (source, rows) = outputView { logs[source]?.toggleFollow(rows: rows) }
        case .wrap:
            wrapsLines.toggle()
            say(wrapsLines ? "long lines are wrapped" : "long lines are cut")
        case .times:
            showsTimes.toggle()
            say(showsTimes ? "times at which lines came" : "no times")
        case .markOutput: toggleMark()
        case .nextMark, .previousMark:
            if let (source, rows) = outputView { logs[source]?.goToMark(isDown: act == .nextMark, rows: rows) }
        case .save: startSaving()
        case .zoom: isZoomed.toggle()
        case .arrange: arrangeNext()
        case .handoff: toggle(.handoff)
        case .eventLog: toggle(.log)
        default: break
        }
        return []
    }

    /// Moves lines that are cut by half of the view, as far as the longest in sight goes.
    private mutating func scrollSideways(isRight: Bool) {
        guard let (source, piece) = outputPiece, let body = outputBody(of: source, in: piece) else { return }
        let longest = body.rows.map(\.line.width).max() ?? 0
        let (place, step) = (body.scrollX, max(1, body.rect.columns / 2))
        let target = isRight ? max(place, min(place + step, longest - body.rect.columns)) : max(0, place - step)
        if target == place { say(isRight ? "no line in sight is longer" : "this is where lines begin") }
        logs[source]?.scrollX = target
    }

    private mutating func toggleMark() {
        guard let (source, rows) = outputView else { return }
        switch logs[source]?.toggleMark(rows: rows) {
        case true?: say("marked: ' and \" go to marks")
        case false?: say("no longer marked")
        case nil: say("this output has \(LogView.marksMax) marks already")
        }
    }

    /// What can have the focus now, in the order of Tab.
    var stops: [Focus] {
        let layout = layout
        let outputs = isSingle || isZoomed ? paneTasks.count : layout.outputCount
        return Layout.stops(outputs: outputs, side: reachableSide(in: layout))
    }

    /// The task in the focused output pane.
    var focusedTask: TaskSnapshot? {
        guard case .output(let index) = focus else { return nil }
        let tasks = paneTasks
        return index < tasks.count ? tasks[index] : nil
    }

    /// The output that scrolling, following and copying are about, with the rows it is shown in: the focused pane's, from the tree the
    /// main pane's.
    var outputView: (source: LogSource, rows: Int)? {
        guard let (source, piece) = outputPiece else { return nil }
        return (source, Self.outputRows(of: piece.rect, isLog: piece.part == .log))
    }

    /// That output with the part of the screen that shows it.
    var outputPiece: (source: LogSource, piece: Layout.Piece)? {
        let layout = layout
        let part: Layout.Part
        let source: LogSource?
        switch focus {
        case .tasks, .side(.handoff):
            part = .output(0)
            source = paneTasks.first.flatMap { self.source(of: $0) }
        case .output(let index):
            part = .output(index)
            source = focusedTask.flatMap { self.source(of: $0) }
        case .side(.log):
            part = .log
            source = logSource
        }
        guard let source, logs[source]?.isEmpty == false, let rect = layout.rect(of: part) else { return nil }
        return (source, Layout.Piece(part: part, rect: rect))
    }

    /// The rows of a pane that output gets: without title, and without the usage line of a task.
    static func outputRows(of rect: Rect, isLog: Bool) -> Int {
        let body = bodyRows(of: rect)
        return isLog || rect.rows < usageRowsMin ? body : max(0, body - 2)
    }

    /// From here on a task's pane ends with a line about its usage.
    static let usageRowsMin = 12

    private mutating func move(_ step: Step) {
        switch focus {
        case .tasks:
            let rows = rows
            guard !rows.isEmpty else { return }
            let index = rows.firstIndex { $0.identity == selection } ?? 0
            let height = layout.rect(of: .tasks).map { Self.bodyRows(of: $0) } ?? 1
            selection = rows[step.index(from: index, count: rows.count, rows: max(1, height))].identity
        case .output(let index): scroll(.output(index), step)
        case .side(.handoff): scroll(.handoff, step)
        case .side(.log): scroll(.log, step)
        }
    }

    /// Scrolls one part of the screen: the wheel's way as well, which does not ask for the focus.
    mutating func scroll(_ part: Layout.Part?, _ step: Step) {
        guard let part, let rect = layout.rect(of: part) else { return }
        switch part {
        case .tasks:
            treeTop = step.position(from: treeTop, count: rows.count, rows: Self.bodyRows(of: rect))
            isTreeScrolled = true
        case .output(0) where isAtGate: scrollCard(step)
        case .output(let index):
            let tasks = paneTasks
            guard index < tasks.count, let source = source(of: tasks[index]) else { return }
            logs[source]?.scroll(step, rows: Self.outputRows(of: rect, isLog: false))
        case .log:
            if let source = logSource { logs[source]?.scroll(step, rows: Self.outputRows(of: rect, isLog: true)) }
        case .handoff:
            handoff.scroll(step, rows: Self.bodyRows(of: rect))
        default: break
        }
    }

    /// As many panes as fit, then at most one, two, four, eight.
    private static let paneLimits: [Int?] = [nil, 1, 2, 4, 8]

    private mutating func arrangeNext() {
        let index = Self.paneLimits.firstIndex(of: paneLimit) ?? 0
        paneLimit = Self.paneLimits[(index + 1) % Self.paneLimits.count]
        say(paneLimit.map { "at most \(Wording.plural($0, "pane"))" } ?? "as many panes as fit")
    }

    private mutating func moveFocus(by offset: Int) {
        let stops = stops
        let index = stops.firstIndex(of: focus) ?? 0
        focus = stops[(index + offset + stops.count) % stops.count]
    }

    private mutating func openSelection() -> [BoardAction] {
        guard focus == .tasks else {
            // Enter in a pane makes its task the selected one.
            if let task = focusedTask {
                selection = .task(task.id)
                focus = .output(0)
                if task.state == .review { return perform(.review) }
            }
            return []
        }
        if case .section = selection {
            toggleFold()
            return []
        }
        if selectedTask?.state == .review, availability(of: .review).isReady { return perform(.review) }
        if stops.contains(.output(0)) { focus = .output(0) }
        return []
    }

    /// One step out: each press closes the innermost thing, and nothing that works is touched.
    private mutating func back() -> [BoardAction] {
        if toast != nil {
            toast = nil
        } else if selected != nil {
            selected = nil
        } else if let actions = endSearch() {
            return actions
        } else if isZoomed {
            isZoomed = false
        } else if case .side(let side) = focus, sideChoice == .shown(side) {
            // It came with one key and goes with one.
            sideChoice = .hidden
            focus = .tasks
        } else if focus != .tasks {
            focus = .tasks
        } else if !filter.text.isEmpty {
            filter.clear()
        } else if case .shown = sideChoice {
            sideChoice = .hidden
        }
        return []
    }

    mutating func toggleFold() {
        let section: String
        switch selection {
        case .section(let name): section = name
        case .task(let id): section = task(id)?.section ?? ""
        case nil: return
        }
        guard !section.isEmpty else { return }
        if folded.remove(section) == nil {
            folded.insert(section)
            selection = .section(section)
        }
    }

    /// The task that needs a person and comes after the selected one, around the end; the first where none of them is selected.
    var nextAttention: TaskSnapshot? {
        let waiting = attention
        guard !waiting.isEmpty else { return nil }
        let current = waiting.firstIndex { .task($0.id) == selection }
        return waiting[current.map { ($0 + 1) % waiting.count } ?? 0]
    }

    private mutating func goToAttention() {
        guard let next = nextAttention else { return }
        folded.remove(next.section)
        filter.clear()
        selection = .task(next.id)
        focus = .tasks
    }

    private mutating func toggle(_ side: Layout.Side) {
        let part: Layout.Part = side == .handoff ? .handoff : .log
        if layout.rect(of: part) != nil {
            sideChoice = .hidden
            if focus == .side(side) { focus = .tasks }
        } else {
            sideChoice = .shown(side)
            focus = .side(side)
        }
    }
}
