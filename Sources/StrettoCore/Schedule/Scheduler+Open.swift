extension Scheduler {
    /// Takes the run's definition: every task gets its record, and what is over or out of scope is left out.
    mutating func open(_ spec: RunSpec, at time: Timestamp, _ effects: inout [Effect]) {
        guard phase == .unopened else { return raise("opened came twice", &effects) }
        self.spec = spec
        started = time
        build(spec.plan, at: time)
        exclude(by: spec.scope)
        goOn()
    }

    /// Lets the run go on, or ask first where nobody has approved its plan yet.
    mutating func goOn() {
        let mustAsk = spec?.gates.plan == .human && !isPlanApproved
        phase = mustAsk ? .planReview : .running
    }

    /// Takes the plan as it was edited between two starts: new tasks wait, removed ones that had not begun vanish.
    mutating func revise(_ plan: Plan, at time: Timestamp) {
        guard let earlier = spec else { return }
        let spec = earlier.revised(by: plan)
        self.spec = spec
        if phase == .planReview { goOn() }
        // What was approved is not what will run.
        if spec.gates.plan == .human {
            isPlanApproved = false
            if phase == .running { phase = .planReview }
        }
        let old = Dictionary(records.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let asked = Set(earlier.plan.openTasks)
        build(plan, at: time)
        exclude(by: spec.scope, unlessIn: old.filter { $0.value.phase != .excluded })
        let fresh = records
        for place in records.indices {
            guard let before = old[records[place].id] else { continue }
            records[place] = before
            records[place].task = fresh[place].task
            records[place].section = fresh[place].section
            records[place].dependencies = fresh[place].dependencies
            records[place].dependants = fresh[place].dependants
            records[place].pathLength = fresh[place].pathLength
            // Somebody wrote into the plan that the task is over, or that it is not, after all.
            let isAsked = fresh[place].phase != .excluded
            if isAsked == asked.contains(before.id) { continue }
            if isAsked { takeIn(place, at: time) } else { leaveOut(place) }
        }
        // Work that has begun stays in sight even where the new plan dropped it.
        let kept = Set(records.map(\.id))
        let begun = old.values.filter { !kept.contains($0.id) && !$0.attempts.isEmpty }.sorted { $0.id < $1.id }
        for var record in begun {
            record.task.dependencies = []
            record.dependencies = []
            record.dependants = []
            index[record.id] = records.count
            records.append(record)
            leaveOut(records.count - 1)
        }
        touched = Array(records.indices)
    }

    /// Takes a task that the edited plan does not ask for any more out of the run, after what is under way.
    private mutating func leaveOut(_ place: Int) {
        switch records[place].phase {
        case .waiting, .backoff, .failed, .stopped:
            records[place].phase = .excluded
            records[place].claimedPaths = []
        case .preparing, .running, .collecting:
            records[place].intent = .skip(reason: "the edited plan does not ask for it")
        // What a person may still look at or what is merged already keeps its place.
        case .review, .mergeQueued, .merging, .done, .skipped, .excluded:
            break
        }
    }

    /// Lets a task that was no part of the run wait in it, because the edited plan asks for it.
    private mutating func takeIn(_ place: Int, at time: Timestamp) {
        guard records[place].phase == .excluded else { return }
        forgive(place, note: "")
        records[place].phase = .waiting
        records[place].changed = time
    }

    private mutating func build(_ plan: Plan, at time: Timestamp) {
        var records: [TaskRecord] = []
        index = [:]
        for section in plan.sections {
            for task in section.tasks {
                index[task.id] = records.count
                var record = TaskRecord(task: task, section: section.name, dependencies: [], changed: time)
                if task.status.isOver || section.status.isOver { record.phase = .excluded }
                records.append(record)
            }
        }
        for place in records.indices {
            records[place].dependencies = records[place].task.dependencies.compactMap { index[$0] }
            for dependency in records[place].dependencies { records[dependency].dependants.append(place) }
        }
        Self.measurePaths(&records)
        self.records = TaskRecords(records)
        touched = Array(records.indices)
    }

    /// The longest chain from each task, by repeatedly taking tasks whose dependants are all measured; cycles keep length 1.
    static func measurePaths(_ records: inout [TaskRecord]) {
        var open = records.map(\.dependants.count)
        var queue = records.indices.filter { open[$0] == 0 }
        while let place = queue.popLast() {
            for dependency in records[place].dependencies {
                records[dependency].pathLength = max(records[dependency].pathLength, records[place].pathLength + 1)
                open[dependency] -= 1
                if open[dependency] == 0 { queue.append(dependency) }
            }
        }
    }

    /// Leaves out what the run is not for; of a revised plan only what is new, because what is known has its place.
    private mutating func exclude(by scope: RunSpec.Scope, unlessIn known: [TaskID: TaskRecord]? = nil) {
        let isIn: [Bool]
        switch scope {
        case .all:
            return
        case .only(let wanted):
            isIn = records.map { wanted.contains($0.id) }
            // Whoever names a task wants it, also where its section is over.
            if known == nil { for place in records.indices where isIn[place] { records[place].phase = .waiting } }
        case .single:
            let first = known == nil ? readyInOrder().first : nil
            isIn = records.indices.map { $0 == first }
        case .from(let task):
            guard let first = index[task] else { return }
            if known == nil { records[first].phase = .waiting }
            isIn = records.indices.map { $0 >= first }
        }
        for place in records.indices where !isIn[place] && known?[records[place].id] == nil {
            records[place].phase = .excluded
        }
    }
}

extension RunSpec {
    /// The definition with an edited plan; what the command line set stays until the plan says something else than before.
    fileprivate func revised(by plan: Plan) -> RunSpec {
        let (old, new) = (self.plan.settings, plan.settings)
        var spec = self
        spec.plan = plan
        if new.workers != old.workers { spec.workers = new.workers ?? PlanSettings.workersDefault }
        if new.gates != old.gates { spec.gates = new.gates }
        if new.budget != old.budget { spec.budget = new.budget }
        if new.agents.escalation != old.agents.escalation { spec.escalation = nil }
        return spec
    }
}
