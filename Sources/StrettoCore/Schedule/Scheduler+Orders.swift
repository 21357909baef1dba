/// The orders that effects carry: built from the state alone, so that asking again gives the same order.
extension Scheduler {
    func prepareOrder(_ place: Int) -> PrepareOrder {
        let settings = spec?.plan.settings
        return PrepareOrder(
            attempt: records[place].attempt,
            commit: judgedWork(place)?.commit,
            copy: settings?.copy ?? [],
            setup: settings?.setup ?? [],
            environment: environment(of: place)
        )
    }

    func launchOrder(_ place: Int, _ worktree: Worktree) -> LaunchOrder {
        let record = records[place]
        let settings = spec?.plan.settings ?? PlanSettings()
        // A validator reads the task as it stands, and does it by no command.
        var task = record.task
        if let validator = record.validator {
            task.role = validator
            task.command = nil
        }
        return LaunchOrder(
            attempt: record.attempt,
            task: task,
            builder: builder(of: place),
            program: record.current?.program,
            model: record.current?.model,
            permissions: settings.permissions,
            allowanceMicrodollars: record.current?.allowanceMicrodollars,
            stallTimeout: record.task.stallTimeout ?? settings.agents.stallTimeout,
            passed: settings.passed,
            worktree: worktree,
            prompt: PromptContext(
                planName: spec?.plan.name ?? "",
                planPath: spec?.planPath ?? "",
                planDocument: settings.planDocument,
                findings: record.findings,
                messages: record.messages,
                handoff: memory.digest
            ),
            time: record.current?.ordered ?? started,
            resumes: resumedSession(place),
            judges: judgedWork(place)
        )
    }

    func collectOrder(_ place: Int, _ ending: TaskPhase.Ending) -> CollectOrder? {
        let record = records[place]
        guard let worktree = record.current?.worktree else { return nil }
        let title = record.validator.map { "\(record.id): what the validator '\($0)' left behind" }
        return CollectOrder(
            attempt: record.attempt,
            worktree: worktree,
            message: message(place, title: title ?? "\(record.id): \(record.task.name)"),
            checks: ending == .verify && record.validator == nil ? checks(of: place) : [],
            environment: environment(of: place),
            files: record.validator == nil ? record.task.files : [],
            time: record.changed
        )
    }

    func mergeOrder(_ place: Int) -> MergeOrder? {
        let record = records[place]
        guard let contribution = record.current?.contribution else { return nil }
        return MergeOrder(
            attempt: record.attempt,
            contribution: contribution,
            message: message(place, title: "Merge task \(record.id): \(record.task.name)"),
            handoff: handoffText(merging: place),
            checks: checks(of: place),
            environment: environment(of: place),
            time: record.changed
        )
    }

    func concludeOrder(at time: Timestamp) -> ConcludeOrder? {
        guard let spec else { return nil }
        return ConcludeOrder(
            handoff: handoffText(merging: nil),
            message: "Update HANDOFF.md\n\nStretto-Run: \(spec.id)\n",
            time: time
        )
    }

    /// Who does the task now, did it last, or would do it next.
    func builder(of place: Int) -> BuilderName {
        records[place].current?.builder ?? choice(for: place).builder
    }

    /// The plan's checks, then the task's own.
    private func checks(of place: Int) -> [Check] {
        (spec?.plan.settings.checks ?? []) + records[place].task.checks
    }

    private func environment(of place: Int) -> TaskEnvironment {
        TaskEnvironment(records[place].task.environment, passed: spec?.plan.settings.passed)
    }

    private func message(_ place: Int, title: String) -> String {
        // A commit's subject is one line; what an agent or a plan wrote must not become a trailer.
        let flat = String(title.prefix(200).map { $0.isNewline ? " " : $0 })
        let attempt = records[place].attempt
        let run = spec.map { $0.id.text } ?? ""
        return "\(flat)\n\nStretto-Run: \(run)\nStretto-Task: \(attempt.task)\nStretto-Attempt: \(attempt.number)\n"
    }

    /// HANDOFF.md's generated part as it stands once `place` is merged.
    func handoffText(merging place: Int?) -> String {
        var memory = memory
        if let place, let report = records[place].current?.exit?.report {
            memory.add(report, from: records[place].id)
        }
        let lines = records.indices.map { index in
            let state = index == place ? .done : state(of: index).settled
            let (section, task) = (records[index].section, records[index].id)
            return Handoff.Status(section: section, task: task, name: records[index].task.name, state: state)
        }
        return memory.rendered(statuses: lines)
    }
}

extension TaskState {
    /// What is worth writing down: states that pass by themselves are all `waiting`.
    fileprivate var settled: TaskState {
        switch self {
        case .done, .failed, .skipped, .stopped, .blocked, .review, .excluded: self
        case .waiting, .ready, .preparing, .running, .checking, .merging, .retrying: .waiting
        }
    }
}
