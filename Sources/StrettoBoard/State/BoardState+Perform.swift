import StrettoCore

// What the commands do.
extension BoardState {
    /// Does what a key means; the caller has made sure that it is available.
    mutating func perform(_ act: Act) -> [BoardAction] {
        switch act {
        case .move, .nextPane, .previousPane, .pane, .open, .back, .fold, .nextAttention, .find, .findNext,
            .findPrevious, .scrollOutput, .sideways, .follow, .wrap, .times, .markOutput, .nextMark, .previousMark,
            .save, .zoom,
            .arrange,
            .handoff, .eventLog:
            return performView(act)
        case .stream: nextStream()
        case .copy: return copyPane()
        case .review: return openReview()
        case .retry: return ask { .retry($0) }
        case .skip: return ask { .skip($0) }
        case .stopTask: return ask { .stopTask($0) }
        case .message: return openMessage()
        case .newTask: return openForm()
        case .editor: return commandTask?.worktreePath.map { [.runEditor(path: $0)] } ?? []
        case .shell: return commandTask?.worktreePath.map { [.runShell(path: $0)] } ?? []
        case .goAhead: return approvals.isEmpty ? approvePlan() : sendNewestApproval()
        case .stopRun: open(.question(Question(.stopRun)))
        case .retryFailed: open(.question(Question(.retryFailed)))
        case .takeBack:
            guard approvals.isEmpty else {
                takeApprovalBack()
                return []
            }
            return [.send(.resumeRun)]
        case .help: toggleHelp()
        case .palette: open(.palette(PaletteView(scope: scopes.first ?? .board)))
        case .mouse: return toggleMouse()
        case .redraw: return [.redraw]
        case .lines: return [.showLines]
        case .suspend: return [.suspend]
        case .quit: return quit()
        case .leaveDialog: leaveDialog()
        case .approve, .askForChanges, .recheck, .nextFile, .previousFile, .nextHunk, .previousHunk, .reload, .mark,
            .scrollReview, .sideBySide, .otherSide, .checkOutput, .copyPatch:
            return performReview(act)
        case .reorder, .leaveOut, .editPlan, .orderView, .takeEdit, .scrollEdit: return performGate(act)
        case .spending: open(.spending(SpendingView()))
        case .scrollSpending(let step): scrollSpending(step)
        case .theme, .chooseTheme, .keepTheme, .dropTheme: return performTheme(act)
        case .finish: return [.quit(.leave)]
        case .look: dialogs.removeAll { $0.content == .summary }
        case .choose, .answer, .nextField, .note: return performQuestion(act)
        }
        return []
    }

    /// One step out: a marked line first, then a search, then the dialog; comments that were not sent are kept for the next time.
    private mutating func leaveDialog() {
        if case .review(let view) = dialogs.last?.content {
            if view.cursor != nil { return toggleCursor() }
            if view.search != nil { return findInReview(nil) }
        }
        guard let dialog = dialogs.popLast() else { return }
        if case .planEdit(let view) = dialog.content, view.plan != nil {
            return say("not taken: the file keeps your edit, and \(key(.editPlan, in: .gate)) shows it again")
        }
        if case .question(let question) = dialog.content { keepNote(of: question) }
        guard case .review(let view) = dialog.content else { return }
        let count = comments(of: view.task).count
        if count > 0 {
            say(
                "\(Wording.plural(count, "comment")) kept, not sent: \(key(.askForChanges, in: .review)) in the review sends"
            )
        }
    }

    // MARK: Review

    private mutating func openReview() -> [BoardAction] {
        guard let task = commandTask, let attempt = task.contributed else { return [] }
        let message = read(attempt.exit?.report?.message ?? "")
        open(.review(ReviewView(task: task.id, attempt: attempt, message: message)))
        return [.requestDiff(task.id)]
    }

    private mutating func performReview(_ act: Act) -> [BoardAction] {
        guard let view = reviewView else { return [] }
        switch act {
        case .approve:
            dialogs.removeLast()
            return approve(view.task, tree: view.tree)
        case .askForChanges: open(.question(Question(.changes(view.task), note: notes[view.task] ?? TextField())))
        case .recheck:
            say("checking \(name(of: view.task)) again")
            return [.send(.recheck(view.task))]
        case .nextFile: go(to: \.files) { lines, top in lines.first { $0 > top } }
        case .previousFile: go(to: \.files) { lines, top in lines.last { $0 < top } }
        case .nextHunk: go(to: \.hunks) { lines, top in lines.first { $0 > top } }
        case .previousHunk: go(to: \.hunks) { lines, top in lines.last { $0 < top } }
        case .reload:
            dialogs.removeLast()
            return openReview()
        case .mark: if view.cursor == nil { toggleCursor() } else { startComment() }
        case .sideBySide: toggleSideBySide()
        case .otherSide(let side): moveCursor(to: side)
        case .checkOutput: toggleCheckOutput()
        case .copyPatch: return view.diff.map { [.copy($0.patch)] } ?? []
        case .scrollReview(let step): if view.cursor == nil { scrollReview(step) } else { moveCursor(step) }
        default: break
        }
        return []
    }

    // MARK: Questions

    private mutating func ask(_ subject: (TaskID) -> Question.Subject) -> [BoardAction] {
        if let task = commandTask { open(.question(Question(subject(task.id)))) }
        return []
    }

    private mutating func performQuestion(_ act: Act) -> [BoardAction] {
        guard case .question(var question) = dialogs.last?.content else { return [] }
        switch act {
        case .choose(let step):
            let count = question.choices.count
            question.marked = step.index(from: question.marked, count: count, rows: count)
        case .nextField, .note: question.isWriting = true
        case .answer: return answer(question.choices[question.marked].answer, to: question)
        default: break
        }
        replaceTop(with: .question(question))
        return []
    }

    /// Closes the question and does what was chosen.
    mutating func answer(_ answer: Question.Answer, to question: Question) -> [BoardAction] {
        let note = question.note?.trimmed ?? ""
        let comments = question.task.map { self.comments(of: $0) } ?? []
        if answer == .message, note.isEmpty {
            say("write the message first: \(key(.note, in: .question)) begins it")
            return []
        }
        if answer == .changes, note.isEmpty, comments.isEmpty {
            say("write what should change first: \(key(.note, in: .question)) begins a note")
            return []
        }
        dialogs.removeLast()
        guard answer != .cancel else {
            keepNote(of: question)
            return []
        }
        // The review is answered too, unless only a note was cancelled.
        if let task = question.task {
            approvals.removeAll { $0.task == task }
            dialogs.removeAll {
                if case .review = $0.content { true } else { false }
            }
        }
        confirm(answer, about: question)
        let isLeaving = question.isLeaving
        let decided = isLeaving ? leave() : []
        switch answer {
        case .cancel: return []
        case .retry: return question.task.map { [.send(.retry($0, note: note))] } ?? []
        case .retryFailed: return tasks(in: .failed).map { .send(.retry($0.id, note: note)) }
        case .skip: return question.task.map { [.send(.skip($0, reason: note))] } ?? []
        case .changes:
            // Until the engine has taken them, they are drafts.
            keepNote(of: question)
            let comment = LineComment.message(note, comments)
            return question.task.map { [.send(.requestChanges($0, comment: comment))] } ?? []
        case .message:
            keepNote(of: question)
            return question.task.map { [.send(.message($0, text: note))] } ?? []
        case .stopTask: return question.task.map { [.send(.stopTask($0))] } ?? []
        case .drain: return decided + [.send(.stopRun(.drain))] + (isLeaving ? [.quit(.drain)] : [])
        case .stopNow: return decided + [.send(.stopRun(.now))] + (isLeaving ? [.quit(.stopNow)] : [])
        case .leave: return decided + [.quit(.leave)]
        }
    }

    /// Says that a command is on its way: the answer comes as the task's new state, or as a refusal.
    private mutating func confirm(_ answer: Question.Answer, about question: Question) {
        let word: String
        switch answer {
        case .retry: word = "retrying"
        case .retryFailed: return say("retrying \(Wording.plural(tasks(in: .failed).count, "task"))")
        case .skip: word = "skipping"
        case .changes: word = "sending it back:"
        case .message: word = "telling"
        case .stopTask: word = "stopping"
        case .cancel, .drain, .stopNow, .leave: return
        }
        if let task = question.task { say("\(word) \(name(of: task))") }
    }

    /// Asks while a run lives; Ctrl-C while it is asked already changes nothing: only a choice acts.
    private mutating func quit() -> [BoardAction] {
        guard isAlive else { return [.quit(.leave)] }
        let isAsked = dialogs.contains {
            if case .question(let question) = $0.content { question.isLeaving } else { false }
        }
        if !isAsked { open(.question(Question(isAtGate ? .leaveGate : .quit))) }
        return []
    }

    private mutating func toggleHelp() {
        let scope = scopes.first ?? .board
        open(.help(HelpView(scope: scope)))
    }

    /// Without the mouse, the terminal's own selection works as anywhere.
    private mutating func toggleMouse() -> [BoardAction] {
        hasMouse.toggle()
        say(hasMouse ? "the mouse is the board's" : "the mouse is the terminal's: \(key(.mouse)) takes it back")
        return [.setMouse(hasMouse)]
    }

    // MARK: Output

    private mutating func nextStream() {
        guard let task = focusedTask ?? selectedTask else { return }
        let choices = OutputStream.choices(for: task.builder, output: task.shownAttempt?.output)
        let index = choices.firstIndex(of: streams[task.id] ?? .readable) ?? 0
        let next = choices[(index + 1) % choices.count]
        streams[task.id] = next
        say("\(task.name): \(next.word)")
    }
}
