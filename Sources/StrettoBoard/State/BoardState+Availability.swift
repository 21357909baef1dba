import StrettoCore

// Which commands can be done now, and why not.
extension BoardState {
    /// The task that a command would act on: the one of the open review, else of the pane with the focus, else the selected one.
    ///
    /// Nobody on a heading means one of its tasks.
    var commandTask: TaskSnapshot? {
        if let view = reviewView { return task(view.task) }
        if let task = focusedTask { return task }
        return isOnHeading ? nil : selectedTask
    }

    private var isOnHeading: Bool {
        guard focus == .tasks, case .section = selection else { return false }
        return true
    }

    /// What a command would act on now, by name; nil for one that is not about a task or its output.
    func target(of act: Act) -> String? {
        switch act {
        case .review, .retry, .skip, .stopTask, .message, .editor, .shell: commandTask?.name
        case .approve, .askForChanges, .recheck, .reload, .copyPatch: reviewView.map { name(of: $0.task) }
        case .retryFailed: Wording.plural(tasks(in: .failed).count, "task")
        case .nextAttention: nextAttention?.name
        case .stream: (focusedTask ?? selectedTask)?.name
        case .follow, .copy, .scrollOutput, .sideways, .save, .markOutput, .nextMark, .previousMark:
            outputView.map { view in tasks.first { source(of: $0) == view.source }?.name ?? "events and git" }
        default: nil
        }
    }

    func availability(of act: Act) -> Availability {
        switch act {
        case .stream:
            guard let task = focusedTask ?? selectedTask else { return .disabled("no task is selected") }
            return task.shownAttempt == nil ? .disabled("\(task.name) has no output yet") : .ready
        case .review, .retry, .skip, .stopTask, .message, .editor, .shell:
            guard let task = commandTask else {
                return .disabled(isOnHeading ? "select a task: this is a section" : "no task is selected")
            }
            return availability(of: act, on: task)
        case .goAhead:
            if let reason = silence { return .disabled(reason) }
            if !approvals.isEmpty { return .ready }
            return header?.phase == .planReview ? .ready : .disabled("neither a plan nor a merge is waiting")
        case .retryFailed:
            if let reason = silence { return .disabled(reason) }
            return tasks(in: .failed).isEmpty ? .disabled("no task has failed") : .ready
        case .stopRun:
            if let reason = silence { return .disabled(reason) }
            if header?.phase == .stopping { return .disabled("the run is stopping already") }
            return .ready
        case .takeBack: return takeBack
        case .nextAttention: return attention.isEmpty ? .disabled("nothing needs you") : .ready
        case .newTask:
            guard isLookingForText else { return additionAvailability }
            if case .disabled(let reason) = findAvailability { return .disabled(reason) }
            return .disabled("text is looked for: Esc ends that")
        case .fold:
            if markAvailability.isReady { return .disabled("this pane has lines to mark, and nothing to fold") }
            return tasks.contains { !$0.section.isEmpty } ? .ready : .disabled("this plan has no sections")
        case .open: return selectedTask == nil ? .disabled("no task is selected") : .ready
        case .find: return findAvailability(tasks)
        case .handoff:
            return snapshot?.handoff.isEmpty == false ? .ready : .disabled("HANDOFF.md is still empty")
        case .theme: return themes.all.count > 1 ? .ready : .disabled("there is no other theme")
        case .spending: return header == nil ? .disabled("there is no run yet") : .ready
        case .eventLog: return logSource == nil ? .disabled("this run has no log") : .ready
        case .findNext, .findPrevious: return findAvailability
        case .markOutput: return markAvailability
        case .copy where selected != nil: return .ready
        case .nextMark, .previousMark:
            guard let source = outputView?.source, logs[source]?.marks.isEmpty == false else {
                return .disabled("no line is marked: \(key(.markOutput)) in a pane marks one")
            }
            return .ready
        case .times:
            return outputView?.source.builder == nil ? .disabled("no output is here that has times") : .ready
        case .scrollOutput where isAtGate: return .ready
        case .sideways where outputView != nil && wrapsLines:
            return .disabled("long lines are wrapped: \(key(.wrap)) cuts them")
        case .follow, .copy, .scrollOutput, .sideways, .wrap, .save:
            return outputView == nil ? .disabled("there is no output here yet") : .ready
        case .pane(let number):
            return number <= stops.count ? .ready : .disabled("there is no pane \(number)")
        case .approve, .askForChanges, .recheck, .nextFile, .previousFile, .nextHunk, .previousHunk, .reload,
            .mark:
            return reviewAvailability(of: act)
        case .reorder, .leaveOut, .editPlan, .orderView, .takeEdit: return gateAvailability(of: act)
        case .sideBySide, .otherSide, .checkOutput, .copyPatch: return diffAvailability(of: act)
        case .nextField, .note:
            guard case .question(let question) = dialogs.last?.content, question.note != nil else {
                return .disabled("this takes no note")
            }
            return .ready
        default: return .ready
        }
    }

    private var findAvailability: Availability {
        guard isLookingForText else {
            let way = reviewView == nil ? "\(key(.find)) in a pane" : key(.find, in: .review)
            return .disabled("nothing is looked for: \(way) finds text")
        }
        return hasFoundNothing ? .disabled("nothing was found") : .ready
    }

    /// In the tree the same key folds.
    private var markAvailability: Availability {
        guard findsInOutput else { return .disabled("go to a pane with output to mark a line of it") }
        return .ready
    }

    /// Why no command can be sent; nil when one can.
    var silence: String? {
        switch link {
        case .lost: return "the engine cannot be reached: \(key(.quit)) leaves, stretto attach returns"
        case .ended: return "the engine has ended"
        case .connected: break
        }
        if snapshot == nil { return "the engine has not answered yet" }
        return isOver ? "the run is over" : nil
    }

    private var takeBack: Availability {
        if !approvals.isEmpty { return .ready }
        if let reason = silence { return .disabled(reason) }
        guard let header else { return .disabled("there is no run") }
        if header.fault != nil { return .ready }
        switch header.phase {
        case .draining: return .ready
        case .stopping: return .disabled("the run is ending: stretto resume goes on with it afterwards")
        default: return .disabled("there is no approval and no stop to take back")
        }
    }

    private func availability(of act: Act, on task: TaskSnapshot) -> Availability {
        let name = task.name
        switch act {
        case .editor, .shell:
            return task.worktreePath == nil ? .disabled(noWorktree(of: task)) : .ready
        case .review:
            if task.contributed != nil { return .ready }
            return .disabled("\(name) is \(task.state.phrase): nothing to review yet")
        default: break
        }
        if let reason = silence { return .disabled(reason) }
        switch act {
        case .message: return messageAvailability(task)
        case .retry:
            switch task.state {
            case .skipped where isAtGate:
                return .disabled("\(name) is left out: \(key(.leaveOut, in: .gate)) takes it in again")
            case .failed where BudgetGauge(of: task).isSpent:
                return .disabled(
                    "\(name) has spent its budget: \(key(.skip)) skips it, \(key(.newTask)) adds another task"
                )
            case .preparing, .running, .checking, .failed, .stopped, .review, .retrying, .skipped: return .ready
            default: return .disabled("\(name) is \(task.state.phrase): nothing to retry")
            }
        case .skip:
            switch task.state {
            case .done, .skipped, .excluded, .merging: return .disabled("\(name) is \(task.state.phrase)")
            default: return .ready
            }
        case .stopTask:
            let canStop = task.state == .retrying || (task.state.isActive && task.state != .merging)
            return canStop ? .ready : .disabled("\(name) is \(task.state.phrase): nothing to stop")
        default: return .ready
        }
    }

    /// Why there are no files to work on, and what is to be done for some.
    private func noWorktree(of task: TaskSnapshot) -> String {
        let name = task.name
        return switch task.state {
        case .failed, .stopped:
            "\(name) has no worktree now: "
                + (task.contributed == nil ? "" : "\(key(.review)) shows its work, ") + "\(key(.retry)) retries it"
        case .waiting, .ready, .blocked: "\(name) has no worktree yet: it has not begun"
        case .done: "\(name) has no worktree any more: its work is merged"
        default: "\(name) has no worktree now"
        }
    }

    private func findAvailability(_ tasks: [TaskSnapshot]) -> Availability {
        if reviewView != nil { return diffAvailability(of: .find) }
        return switch focus {
        case .tasks: tasks.isEmpty ? .disabled("there are no tasks") : .ready
        case .output, .side(.log): findsInOutput ? .ready : .disabled("there is no output to search yet")
        case .side(.handoff): handoff.isEmpty ? .disabled("HANDOFF.md is still empty") : .ready
        }
    }

    private func reviewAvailability(of act: Act) -> Availability {
        guard let view = reviewView, let task = task(view.task) else { return .disabled("no review is open") }
        switch act {
        case .nextHunk where view.search != nil, .previousHunk where view.search != nil:
            return hasFoundNothing ? findAvailability : .disabled("text is looked for: Esc ends that")
        case .mark where task.state != .review:
            return .disabled("\(task.name) is \(task.state.phrase): no comment would reach it")
        case .nextFile, .previousFile, .nextHunk, .previousHunk, .mark:
            return view.diff.map { !$0.files.isEmpty } == true ? .ready : .disabled("there is no diff to go through")
        case .reload:
            return isStale(view) ? .ready : .disabled("this is the newest work")
        default: break
        }
        if let reason = silence { return .disabled(reason) }
        guard task.state == .review else {
            return .disabled("\(task.name) is \(task.state.phrase): it does not wait for a review")
        }
        if act == .approve {
            if view.tree == nil { return .disabled("there is no work to approve: retry or skip") }
            if isStale(view) {
                return .disabled("the work has changed: \(key(.reload, in: .review)) shows the newer one")
            }
            // Whoever is about to write, or has written, has not finished with this work.
            if view.cursor != nil {
                return .disabled("a line is marked: \(key(.mark, in: .review)) writes about it, Esc unmarks it")
            }
            let unsent = comments(of: view.task).count
            if unsent > 0 {
                let verb = unsent == 1 ? "is" : "are"
                return .disabled(
                    "\(Wording.plural(unsent, "comment")) \(verb) not sent: \(key(.askForChanges, in: .review)) sends, "
                        + "an empty text takes one away"
                )
            }
        }
        return .ready
    }

    /// The innermost open review.
    var reviewView: ReviewView? {
        for dialog in dialogs.reversed() {
            if case .review(let view) = dialog.content { return view }
        }
        return nil
    }

    /// Whether the task has other work by now than the dialog shows.
    func isStale(_ view: ReviewView) -> Bool {
        guard let newest = task(view.task)?.contributed else { return false }
        return newest.contribution?.tree != view.tree || newest.number != view.attempt.number
    }
}
