extension Scheduler {
    /// Takes the run's definition: every task gets its record, and what is over or out of scope is left out.
    mutating func open(_ spec: RunSpec, at time: Timestamp, _ effects: inout [Effect]) {
        guard phase == .unopened else { return raise("opened came twice", &effects) }
        self.spec = spec
        started = time
        build(spec.plan, at: time)
        exclude(by: spec.scope)
        phase = spec.gates.plan == .human ? .planReview : .running
    }

    /// Takes the plan as it was edited between two starts: new tasks wait, removed ones that had not begun vanish.
    mutating func revise(_ plan: Plan, at time: Timestamp) {
        guard var spec else { return }
        let old = Dictionary(records.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        spec.plan = plan
        self.spec = spec
        build(plan, at: time)
        for place in records.indices {
            guard let before = old[records[place].id] else { continue }
            let fresh = records[place]
            records[place] = before
            records[place].task = fresh.task
            records[place].section = fresh.section
            records[place].dependencies = fresh.dependencies
            records[place].dependants = fresh.dependants
            records[place].pathLength = fresh.pathLength
        }
        // Work that has begun stays in sight even where the new plan dropped it.
        let kept = Set(records.map(\.id))
        let begun = old.values.filter { !kept.contains($0.id) && !$0.attempts.isEmpty }.sorted { $0.id < $1.id }
        for var record in begun {
            record.dependencies = []
            record.dependants = []
            // Nobody wants it any more: what is at work may end, but nothing of it begins again.
            switch record.phase {
            case .waiting, .backoff, .failed, .stopped: record.phase = .skipped("no longer in the plan")
            default: break
            }
            index[record.id] = records.count
            records.append(record)
        }
        touched = Array(records.indices)
    }

    private mutating func build(_ plan: Plan, at time: Timestamp) {
        records = []
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
        measurePaths()
        touched = Array(records.indices)
    }

    /// The longest chain from each task, by repeatedly taking tasks whose dependants are all measured; cycles keep length 1.
    private mutating func measurePaths() {
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

    private mutating func exclude(by scope: RunSpec.Scope) {
        switch scope {
        case .all:
            break
        case .only(let wanted):
            for place in records.indices where !wanted.contains(records[place].id) { records[place].phase = .excluded }
        case .single:
            let first = readyInOrder().first
            for place in records.indices where place != first { records[place].phase = .excluded }
        case .from(let task):
            guard let first = index[task] else { return }
            for place in records.indices.prefix(first) { records[place].phase = .excluded }
            records[first].phase = .waiting
        }
    }
}
