// What people say to a run that is under way: one task more, and words for an agent.
extension Scheduler {
    /// The most tasks of a run, as of a plan file.
    static var tasksMax: Int { 10_000 }
    /// The longest message, in bytes.
    package static var messageBytesMax: Int { 16 << 10 }

    // MARK: A task more

    func admitAddition(_ draft: TaskDraft) throws(Refusal) -> Event {
        switch phase {
        case .stopping, .concluding: throw Refusal("the run is ending: add it to the plan file instead")
        case .unopened, .planReview, .running, .draining, .holding, .over: break
        }
        guard records.count < Self.tasksMax else {
            throw Refusal("the run has \(Self.tasksMax) tasks, and no more fit")
        }
        let text = draft.text.trimmingBlanks
        guard !text.isEmpty else { throw Refusal("say what is to be done") }
        guard text.utf8.count <= TaskDraft.textBytesMax else {
            throw Refusal("what is to be done is longer than \(Figures.bytes(TaskDraft.textBytesMax)): shorten it")
        }
        var draft = draft
        draft.text = text
        let id = try admitID(of: draft)
        let after = draft.after.withoutRepeats
        for task in after { _ = try record(task) }
        for task in draft.before { try admitWaiting(task) }
        try refuseCircle(after: after, before: draft.before)
        let (builder, command) = try admitBuilder(of: draft)
        let task = PlanTask(
            id: id,
            // A command is its own name, and a name stands everywhere.
            name: Secrets.mask(draft.name),
            description: draft.name == text || command != nil ? "" : text,
            dependencies: after,
            builder: builder,
            model: draft.model,
            command: command,
            isAdded: true
        )
        return .taskAdded(TaskAddition(task, section: section(after: after), before: draft.before.withoutRepeats))
    }

    private func admitID(of draft: TaskDraft) throws(Refusal) -> TaskID {
        guard let id = draft.id else { return TaskDraft.id(for: draft.text, besides: Set(index.keys)) }
        if let fault = TaskDraft.fault(of: id) { throw Refusal(fault) }
        if index[id] != nil { throw Refusal("there is a task '\(id)' in this run already: choose another id") }
        return id
    }

    /// A task that is to wait for the new one must not have begun.
    private func admitWaiting(_ task: TaskID) throws(Refusal) {
        let record = try record(task)
        switch record.phase {
        case .waiting where record.attempts.isEmpty: return
        case .done, .skipped, .excluded: throw Refusal("\(task) is over, so it waits for nothing more")
        default: throw Refusal("\(task) has begun, so it waits for nothing more")
        }
    }

    private func refuseCircle(after: [TaskID], before: [TaskID]) throws(Refusal) {
        for first in after {
            for last in before {
                guard let start = index[first], let goal = index[last], start == goal || waits(start, for: goal) else {
                    continue
                }
                let reason = first == last ? "'\(first)' cannot be both" : "'\(first)' waits for '\(last)'"
                throw Refusal(
                    "the task would wait for itself: it is to come after '\(first)' and before '\(last)', and \(reason)"
                )
            }
        }
    }

    /// Whether a task waits for another one, directly or not.
    private func waits(_ place: Int, for goal: Int) -> Bool {
        var seen = [Bool](repeating: false, count: records.count)
        var open = records[place].dependencies
        while let next = open.popLast() {
            if next == goal { return true }
            guard !seen[next] else { continue }
            seen[next] = true
            open += records[next].dependencies
        }
        return false
    }

    private func admitBuilder(of draft: TaskDraft) throws(Refusal) -> (BuilderName?, command: String?) {
        let command = draft.command ?? (draft.builder == .command ? draft.text : nil)
        if let command {
            guard !command.trimmingBlanks.isEmpty else { throw Refusal("the command is empty") }
            guard draft.builder == nil || draft.builder == .command else {
                throw Refusal("a command is run by no agent: leave the builder '\(draft.builder?.rawValue ?? "")' away")
            }
            if draft.model != nil { throw Refusal("a command is run by no model: leave the model away") }
            return (.command, command)
        }
        guard let builder = draft.builder else { return (nil, nil) }
        let names = BuilderName.builtIn + (spec?.plan.settings.agents.programs.map(\.name) ?? [])
        guard names.contains(builder) else {
            let near = NearestName.suggestion(for: builder.rawValue, among: names.map(\.rawValue))
            let words = names.map { "'\($0)'" }.joined(separator: ", ")
            throw Refusal(
                "no builder is called '\(builder)': " + (near.map { "did you mean '\($0)'?" } ?? "there are \(words)")
            )
        }
        return (builder, nil)
    }

    /// The section of the last task that it comes after, else the plan's last one, as far as these are not over.
    private func section(after: [TaskID]) -> String {
        let open = spec?.plan.sections.filter { !$0.status.isOver } ?? []
        let home = after.last.flatMap { last in open.last { $0.tasks.contains { $0.id == last } } }
        return (home ?? open.last)?.id ?? TaskAddition.ownSection.id
    }

    mutating func add(_ addition: TaskAddition, at time: Timestamp) {
        guard let old = spec, index[addition.task.id] == nil else { return }
        if case .holding = phase { phase = .running }
        let plan = old.plan.adding(addition)
        spec?.plan = plan
        let place = records.count
        let section = plan.sections.first { $0.id == addition.section }
        var record = TaskRecord(
            task: addition.task,
            section: section?.name ?? "",
            dependencies: addition.task.dependencies.compactMap { index[$0] },
            changed: time
        )
        record.dependants = addition.before.compactMap { index[$0] }
        var list = Array(records)
        for dependency in record.dependencies { list[dependency].dependants.append(place) }
        for dependant in record.dependants {
            list[dependant].task.dependencies.append(record.id)
            list[dependant].dependencies.append(place)
        }
        list.append(record)
        Self.measurePaths(&list)
        records = TaskRecords(list)
        index[addition.task.id] = place
        touched = Array(records.indices)
    }

    // MARK: Words for an agent

    /// What becomes of a message to the task's agent.
    func hearing(of place: Int) -> Hearing {
        let builder = builder(of: place)
        if builder == .command { return .never }
        if BuilderName.builtIn.contains(builder) { return .session }
        let program = records[place].current?.program ?? spec?.plan.settings.agents.program(builder)
        return program?.resume == nil ? .anew : .session
    }

    func admitMessage(to task: TaskID, _ text: String) throws(Refusal) -> Event {
        let record = try record(task)
        let text = Secrets.mask(text.trimmingBlanks)
        guard !text.isEmpty else { throw Refusal("a message needs words") }
        guard text.utf8.count <= Self.messageBytesMax else {
            throw Refusal("a message has at most \(Figures.bytes(Self.messageBytesMax)): shorten it")
        }
        guard let place = index[task], hearing(of: place) != .never else {
            throw Refusal("\(task) is done by a command, which reads no messages")
        }
        switch record.phase {
        case .review: return .changesRequested(record.attempt, text)
        case .waiting, .backoff, .preparing: return .messaged(task, text: text)
        case .running, .collecting:
            if let intent = record.intent, intent != .hear {
                throw Refusal("the agent of \(task) is being ended already")
            }
            // Who is interrupted now could not go on.
            guard phase == .running else {
                throw Refusal("nothing starts now, so the agent of \(task) could not go on")
            }
            if budgetIsSpent { throw Refusal("the budget is spent, so the agent of \(task) could not go on") }
            return .messaged(task, text: text)
        case .failed, .stopped: throw Refusal("\(task) is over: retry it with these words as a note")
        case .mergeQueued, .merging: throw Refusal("\(task) is being merged: its agent has finished")
        case .done: throw Refusal("\(task) is done: its agent has finished")
        case .skipped, .excluded: throw Refusal("\(task) is skipped: nobody works on it")
        }
    }

    /// Keeps the words for every attempt to come; an agent at work is interrupted for them, which counts as no failure.
    mutating func hear(_ text: String, _ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        records[place].messages.append(text)
        switch records[place].phase {
        case .running, .collecting:
            // It is being interrupted already, and hears both.
            if records[place].intent == nil { leave(place, to: .waiting, intent: .hear, at: time, &effects) }
        case .preparing, .waiting, .backoff, .review, .mergeQueued, .merging, .done, .failed, .skipped, .stopped,
            .excluded:
            break
        }
        touch(place)
    }
}

extension String {
    /// The text without blanks and line ends around it.
    fileprivate var trimmingBlanks: String {
        let start = drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
    }
}

extension [TaskID] {
    fileprivate var withoutRepeats: [TaskID] {
        var seen: Set<TaskID> = []
        return filter { seen.insert($0).inserted }
    }
}
