import StrettoCore

// The plan gate: the tasks in the order in which they would start, which can be changed until somebody lets them start.
extension BoardState {
    /// Whether the plan waits for a person, and one can answer.
    var isAtGate: Bool { isAlive && header?.phase == .planReview }

    /// Every task: those to be done in the order of starting, then the others.
    var tasksInOrder: [TaskSnapshot] {
        let known = Dictionary(tasks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let order = startOrder
        let isIn = Set(order)
        // One list has no sections.
        return (order.compactMap { known[$0] } + tasks.filter { !isIn.contains($0.id) }).map { task in
            var task = task
            task.section = ""
            return task
        }
    }

    var startOrder: [TaskID] { header?.startOrder ?? [] }

    /// The task as the plan has it; nil until the plan has come.
    func planned(_ task: TaskID) -> PlanTask? {
        for section in gate.spec?.plan.sections ?? [] {
            if let place = section.tasks.indices.first(where: { section.tasks[$0].id == task }) {
                return section.tasks[place]
            }
        }
        return nil
    }

    /// Asks for the plan where it is not known or is another one by now, and forgets it behind the gate.
    mutating func keepGate(after input: BoardInput) -> [BoardAction] {
        guard isAtGate else {
            gate = GateView(isFlat: gate.isFlat)
            dialogs.removeAll { dialog in
                switch dialog.content {
                case .planEdit: true
                case .question(let question): question.subject == .leaveGate
                default: false
                }
            }
            return []
        }
        switch input {
        case .update(let update) where update.taskOrder != nil: gate.isAsked = false
        case .snapshot: gate.isAsked = false
        default: break
        }
        if gate.cardTask != selectedTask?.id {
            gate.cardTask = selectedTask?.id
            gate.cardTop = 0
        }
        guard !gate.isAsked else { return [] }
        gate.isAsked = true
        return [.requestPlan]
    }

    // MARK: What can be done

    func gateAvailability(of act: Act) -> Availability {
        guard isAtGate else { return .disabled("only while the plan waits for approval") }
        switch act {
        case .reorder(let step): return reorderAvailability(step)
        case .leaveOut:
            let chosen = chosenTasks
            if chosen.isEmpty { return .disabled("no task is selected") }
            let isOpen = chosen.contains { $0.state != .excluded }
            return isOpen ? .ready : .disabled("\(chosen[0].name) is not in this run")
        case .editPlan: return gate.spec == nil ? .disabled("the plan has not come yet") : .ready
        case .takeEdit:
            guard case .planEdit(let view) = dialogs.last?.content, view.plan != nil else {
                return .disabled("there is no edited plan to take")
            }
            return .ready
        default: return .ready
        }
    }

    private func reorderAvailability(_ step: Step) -> Availability {
        guard case .task(let id) = selection, let task = task(id) else { return .disabled("select a task to move it") }
        let order = startOrder
        guard let place = order.firstIndex(of: id) else { return .disabled("\(task.name) is not to be done") }
        if step == .up {
            guard place > 0 else { return .disabled("\(task.name) starts first already") }
            let before = order[place - 1]
            return task.dependencies.contains(before)
                ? .disabled("\(task.name) needs \(name(of: before)), so it starts after it") : .ready
        }
        guard place + 1 < order.count else { return .disabled("\(task.name) starts last already") }
        let after = order[place + 1]
        return self.task(after)?.dependencies.contains(id) == true
            ? .disabled("\(name(of: after)) needs \(task.name), so it starts after it") : .ready
    }

    /// What a key is about: the selected task, or all tasks of the selected section.
    private var chosenTasks: [TaskSnapshot] {
        if case .section(let name) = selection { return tasks.filter { $0.section == name } }
        return selectedTask.map { [$0] } ?? []
    }

    // MARK: What is done

    mutating func performGate(_ act: Act) -> [BoardAction] {
        switch act {
        case .reorder(let step): return reorder(step)
        case .leaveOut: return leaveOut()
        case .orderView:
            gate.isFlat.toggle()
            say(gate.isFlat ? "all tasks in the order of starting" : "tasks by section")
        case .editPlan:
            if case .planEdit = dialogs.last?.content { dialogs.removeLast() }
            return gate.spec.map { [.editPlan($0)] } ?? []
        case .takeEdit: return takeEdit()
        case .scrollEdit(let step): scrollEdit(step)
        default: break
        }
        return []
    }

    private mutating func reorder(_ step: Step) -> [BoardAction] {
        guard case .task(let id) = selection, let place = startOrder.firstIndex(of: id) else { return [] }
        var order = startOrder
        let target = step == .up ? place - 1 : place + 1
        guard order.indices.contains(target) else { return [] }
        let next = step == .up ? order[target] : order.dropFirst(place + 2).first
        // Shown at once: the next key may come before the engine's answer, and goes on from here.
        order.swapAt(place, target)
        snapshot?.header.startOrder = order
        say("\(name(of: id)) starts as number \(target + 1) of \(order.count)")
        gate.unansweredCount += 1
        return [.send(.reorder(id, before: next))]
    }

    private mutating func leaveOut() -> [BoardAction] {
        let chosen = chosenTasks.filter { $0.state != .excluded }
        let present = chosen.filter { $0.state != .skipped }
        guard let first = chosen.first else { return [] }
        let what = chosen.count == 1 ? first.name : "the section"
        if present.isEmpty {
            say("\(what) is in the plan again")
            gate.unansweredCount += chosen.count
            return chosen.map { .send(.retry($0.id, note: "")) }
        }
        let leaving = Set(present.map(\.id))
        let dependants = tasks.filter { task in
            task.state != .skipped && !leaving.contains(task.id) && task.dependencies.contains(where: leaving.contains)
        }
        let then = dependants.isEmpty ? "nothing waits for it" : "\(Wording.list(dependants.map(\.name))) will not wait"
        say("\(what) is left out: \(then)")
        gate.unansweredCount += present.count
        return present.map { .send(.skip($0.id, reason: "left out of the plan")) }
    }

    /// Approves the plan as it is shown here, which is the engine's with what has been changed here since.
    func approvePlan() -> [BoardAction] {
        let edition = header?.planEdition.map { $0 + gate.unansweredCount }
        return [.send(.approvePlan(edition: edition))]
    }

    // MARK: Edits

    mutating func take(_ edit: PlanEdit) {
        guard isAtGate else {
            return say("the plan waits for nobody any more: the edit is only in the file", isBad: true)
        }
        if edit == .same { return say("the plan file says what the run has") }
        open(.planEdit(PlanEditView(edit: edit)))
    }

    private mutating func takeEdit() -> [BoardAction] {
        guard case .planEdit(let view) = dialogs.last?.content, case .changed(let plan, let differences) = view.edit
        else { return [] }
        dialogs.removeLast()
        gate.news = [:]
        for difference in differences {
            guard let task = difference.task, difference.kind != .removed else { continue }
            gate.news[task] = difference.kind
        }
        say("taking the edited plan")
        return [.send(.revisePlan(plan))]
    }

    mutating func scrollEdit(_ step: Step) {
        guard case .planEdit(var view) = dialogs.last?.content else { return }
        let body = planEditBody(of: view)
        let count = planEditLines(of: view, columns: body.columns).count
        view.top = step.position(from: view.top, count: count, rows: body.rows)
        replaceTop(with: .planEdit(view))
    }

    mutating func scrollCard(_ step: Step) {
        guard let task = selectedTask, let rect = layout.rect(of: .output(0)) else { return }
        let body = Self.outputBody(of: rect)
        let count = planCard(of: task, columns: body.columns).count
        gate.cardTop = step.position(from: gate.cardTop, count: count, rows: body.rows)
    }

    // MARK: Answers

    /// Hears what the engine made of a command: what a person wrote is kept until it is taken.
    mutating func take(_ refusal: Refusal?, of command: Command) {
        if command.changesStarts { gate.unansweredCount = max(0, gate.unansweredCount - 1) }
        if case .addTask(let draft) = command { takeAnswer(refusal, of: draft) }
        guard let refusal else {
            switch command {
            case .requestChanges(let task, _):
                drafts[task] = nil
                notes[task] = nil
            case .message(let task, _): notes[task] = nil
            default: break
            }
            return
        }
        switch command {
        case .addTask: break
        case .message(let task, _): say("not sent: \(refusal.reason); \(keptSentence(of: task))", isBad: true)
        case .requestChanges(let task, _):
            say("not sent: \(refusal.reason); \(keptSentence(of: task))", isBad: true)
        case .revisePlan:
            gate.news = [:]
            say("not taken: \(refusal.reason)", isBad: true)
        default: say(refusal.reason, isBad: true)
        }
    }
}

extension Command {
    /// Whether it changes, at the gate, what would start.
    fileprivate var changesStarts: Bool {
        switch self {
        case .reorder, .skip, .retry: true
        default: false
        }
    }
}
