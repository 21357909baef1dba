import StrettoCore

/// The form for a task that is to join the run: what was typed, and why the engine did not take it.
struct TaskForm: Hashable, Sendable {
    /// What can be typed, in the order of Tab.
    enum Field: String, Hashable, Sendable, CaseIterable {
        case what = "What"
        case after = "After"
        case before = "Before"
        case builder = "By"
    }

    var texts: [Field: TextField] = [:]
    var field = Field.what
    /// Why it cannot be added as it is.
    var reason: String?
    /// It is on its way to the engine.
    var isSent = false
    /// nil until the plan has come.
    var standard: Standard?

    /// Who does a task of which the plan does not say it.
    struct Standard: Hashable, Sendable {
        let builder: BuilderName
        /// Whether rules of the plan may choose another for what is to be done.
        let isRuled: Bool
    }

    func text(_ field: Field) -> String { texts[field]?.trimmed ?? "" }

    mutating func go(_ step: Step) {
        let fields = Field.allCases
        let index = fields.firstIndex(of: field) ?? 0
        let next = step == .down ? index + 1 : index - 1
        field = fields[(next + fields.count) % fields.count]
    }
}

// Words for a run that is under way: one task more, and a message to an agent.
extension BoardState {
    /// Whether a task can be added now.
    var additionAvailability: Availability {
        if let reason = silence { return .disabled(reason) }
        switch header?.phase {
        case .stopping, .concluding, .over, nil: return .disabled("the run is ending: add the task to the plan file")
        default: return .ready
        }
    }

    mutating func openForm() -> [BoardAction] {
        // A plan of commands has no agents, which cost money: one joins only where a person says so.
        if taskDraft.texts.isEmpty, !tasks.isEmpty, !spends {
            taskDraft.texts[.builder, default: TextField()].insert(BuilderName.command.rawValue)
        }
        taskDraft.field = .what
        taskDraft.reason = nil
        taskDraft.isSent = false
        open(.newTask(taskDraft))
        return [.requestPlan]
    }

    /// Hears who does what the plan leaves open.
    mutating func takeStandard(of spec: RunSpec) {
        let agents = spec.plan.settings.agents
        taskDraft.standard = TaskForm.Standard(builder: spec.plan.settings.builder, isRuled: !agents.routing.isEmpty)
        guard let place = dialogs.lastIndex(where: { if case .newTask = $0.content { true } else { false } }) else {
            return
        }
        dialogs[place].content = .newTask(taskDraft)
    }

    /// Takes a key of the form: all of them are its own but those that leave the board.
    mutating func type(_ key: Key, into form: inout TaskForm) -> [BoardAction]? {
        switch key {
        case .tab, .down: form.go(.down)
        case .backTab, .up: form.go(.up)
        case .escape:
            dialogs.removeLast()
            if !form.text(.what).isEmpty { say("not added; \(self.key(.newTask)) goes on with it") }
            return []
        case .enter: return submit(&form)
        default:
            var text = form.texts[form.field] ?? TextField()
            guard Self.edit(&text, with: key) else { return nil }
            form.texts[form.field] = text
            form.reason = nil
            form.isSent = false
        }
        taskDraft = form
        replaceTop(with: .newTask(form))
        return []
    }

    private mutating func submit(_ form: inout TaskForm) -> [BoardAction] {
        guard !form.isSent else { return [] }
        defer {
            taskDraft = form
            replaceTop(with: .newTask(form))
        }
        do throws(Refusal) {
            let draft = try draft(of: form)
            form.isSent = true
            form.reason = nil
            return [.send(.addTask(draft))]
        } catch {
            form.reason = error.reason
            return []
        }
    }

    private func draft(of form: TaskForm) throws(Refusal) -> TaskDraft {
        let text = form.text(.what)
        guard !text.isEmpty else { throw Refusal("say what is to be done") }
        let builder = form.text(.builder)
        return TaskDraft(
            text,
            id: TaskDraft.id(for: text, besides: Set(tasks.map(\.id))),
            after: try named(form.text(.after)),
            before: try named(form.text(.before)),
            builder: builder.isEmpty ? nil : BuilderName(rawValue: builder)
        )
    }

    /// The tasks that a list with commas names, by their ids or names.
    private func named(_ text: String) throws(Refusal) -> [TaskID] {
        var found: [TaskID] = []
        for part in text.split(separator: ",") {
            var part = part.drop { $0 == " " }
            while part.last == " " { part.removeLast() }
            let word = part.lowercased()
            guard !word.isEmpty else { continue }
            let exact = tasks.first { $0.id.text == part } ?? tasks.first { $0.name.lowercased() == word }
            let begins = tasks.filter {
                $0.id.text.lowercased().hasPrefix(word) || $0.name.lowercased().hasPrefix(word)
            }
            guard let task = exact ?? (begins.count == 1 ? begins[0] : nil) else {
                if begins.count > 1 { throw Refusal("'\(part)' may be \(Wording.list(begins.map(\.id.text)))") }
                let near = NearestName.suggestion(for: String(part), among: tasks.flatMap { [$0.id.text, $0.name] })
                throw Refusal("there is no task '\(part)'" + (near.map { ": did you mean '\($0)'?" } ?? ""))
            }
            found.append(task.id)
        }
        return found
    }

    /// Hears whether the engine took the task: a form that it did not take says why.
    mutating func takeAnswer(_ refusal: Refusal?, of draft: TaskDraft) {
        let place = dialogs.lastIndex { if case .newTask = $0.content { true } else { false } }
        guard let refusal else {
            taskDraft = TaskForm()
            newcomer = draft.id
            if let place { dialogs.remove(at: place) }
            return say("\(draft.id?.text ?? "the task") is in the run")
        }
        taskDraft.isSent = false
        taskDraft.reason = refusal.reason
        if let place {
            dialogs[place].content = .newTask(taskDraft)
        } else {
            say("not added: \(refusal.reason)", isBad: true)
        }
    }

    mutating func selectNewcomer() {
        guard let task = newcomer.flatMap({ self.task($0) }) else { return }
        newcomer = nil
        folded.remove(task.section)
        filter.clear()
        selection = .task(task.id)
    }

    // MARK: A message

    func messageAvailability(_ task: TaskSnapshot) -> Availability {
        if task.hearing == .never { return .disabled("\(task.name) is done by a command, which reads no messages") }
        switch task.state {
        case .waiting, .ready, .blocked, .preparing, .running, .checking, .retrying, .review: return .ready
        case .failed, .stopped: return .disabled("\(task.name) is \(task.state.phrase): retry it with a note")
        case .merging, .done, .skipped, .excluded:
            return .disabled("\(task.name) is \(task.state.phrase): nobody works on it")
        }
    }

    /// In a review, words to the agent are what should change.
    mutating func openMessage() -> [BoardAction] {
        guard let task = commandTask else { return [] }
        let subject: Question.Subject = task.state == .review ? .changes(task.id) : .message(task.id)
        open(.question(Question(subject, note: notes[task.id] ?? TextField())))
        return []
    }

    /// What a message leads to, before it is sent.
    func whatBecomesOfMessage(to task: TaskSnapshot) -> String {
        let isAtWork = task.state == .running || task.state == .checking
        guard isAtWork else { return "Its agent reads this first when it starts." }
        switch task.hearing {
        case .anew:
            return
                "Its agent keeps no session: this attempt ends, and a new one begins with what you write. What it did so far is "
                + "kept, and it counts as no failure."
        default:
            return
                "Its agent is interrupted and goes on in the same session, with what you write first, in a fresh worktree. It counts "
                + "as no failure."
        }
    }
}
