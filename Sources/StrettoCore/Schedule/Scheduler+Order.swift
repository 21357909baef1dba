// Which of several ready tasks comes first, and what people may change about that at the plan gate.
extension Scheduler {
    /// What a ready task has to say for starting before others; the smaller one starts first.
    struct Claim: Comparable {
        /// A person has interrupted its agent to say something, and waits for it to go on.
        let isAddressed: Bool
        /// Its work is done, and only a validator is missing.
        let isToBeJudged: Bool
        /// The last of all where no person gave an order.
        let turn: Int
        let priority: Int
        let pathLength: Int
        let place: Int

        static func < (left: Claim, right: Claim) -> Bool {
            if left.isAddressed != right.isAddressed { return left.isAddressed }
            if left.isToBeJudged != right.isToBeJudged { return left.isToBeJudged }
            if left.turn != right.turn { return left.turn < right.turn }
            if left.priority != right.priority { return left.priority > right.priority }
            if left.pathLength != right.pathLength { return left.pathLength > right.pathLength }
            return left.place < right.place
        }
    }

    func claim(of place: Int) -> Claim {
        Claim(
            isAddressed: records[place].isAddressed,
            isToBeJudged: records[place].validation != nil,
            turn: records[place].turn ?? Int.max,
            priority: records[place].task.priority,
            pathLength: records[place].pathLength,
            place: place
        )
    }

    /// The tasks that are to be done, in the order in which they would start if each were done before the next begins.
    ///
    /// Tasks that wait for each other in a circle come last, in plan order.
    package var startOrder: [TaskID] { startPlaces.map { records[$0].id } }

    /// Whether a person has given the tasks an order of their own.
    var isReordered: Bool { records.indices.contains { records[$0].turn != nil } }

    private var startPlaces: [Int] {
        let isOpen = records.indices.map { !records[$0].phase.releasesDependants }
        var missing = records.indices.map { place in records[place].dependencies.count { isOpen[$0] } }
        var isTaken = [Bool](repeating: false, count: records.count)
        // The best claim last, because that is where taking is cheap.
        var ready = records.indices.filter { isOpen[$0] && missing[$0] == 0 }.map { claim(of: $0) }.sorted(by: >)
        var order: [Int] = []
        while let next = ready.popLast() {
            order.append(next.place)
            isTaken[next.place] = true
            for dependant in records[next.place].dependants where isOpen[dependant] {
                missing[dependant] -= 1
                guard missing[dependant] == 0 else { continue }
                let claim = claim(of: dependant)
                ready.insert(claim, at: ready.firstIndex { $0 < claim } ?? ready.count)
            }
        }
        return order + records.indices.filter { isOpen[$0] && !isTaken[$0] }
    }

    // MARK: At the gate

    func admitRevision(_ plan: Plan) throws(Refusal) -> Event {
        try demandGate(for: "the plan can be changed")
        let ids = plan.tasks.map(\.id)
        guard !ids.isEmpty else { throw Refusal("the changed plan has no tasks") }
        var seen: Set<TaskID> = []
        for id in ids where !seen.insert(id).inserted { throw Refusal("the changed plan has '\(id)' twice") }
        return .planRevised(plan)
    }

    func admitOrder(_ task: TaskID, before other: TaskID?) throws(Refusal) -> Event {
        try demandGate(for: "tasks can be put in order")
        let order = startPlaces
        func place(_ id: TaskID) throws(Refusal) -> Int {
            guard let place = index[id] else { throw Refusal("there is no task '\(id)' in this run") }
            guard order.contains(place) else { throw Refusal("'\(id)' is not to be done") }
            return place
        }
        let moved = try place(task)
        let next: Int? = if let other { try place(other) } else { nil }
        guard let wanted = Self.order(order, moving: moved, before: next),
            let position = wanted.firstIndex(of: moved)
        else { throw Refusal("'\(task)' cannot start before itself") }
        let record = records[moved]
        if let need = wanted[position...].dropFirst().first(where: record.dependencies.contains) {
            throw Refusal("'\(task)' needs '\(records[need].id)', so it cannot start before that")
        }
        if let waiting = wanted[..<position].first(where: record.dependants.contains) {
            throw Refusal("'\(records[waiting].id)' waits for '\(task)', so it cannot start before that")
        }
        return .reordered(task, before: other)
    }

    private func demandGate(for what: String) throws(Refusal) {
        guard phase == .planReview else { throw Refusal("\(what) only while the plan waits for approval") }
    }

    /// Fixes the whole order, so that a move changes nothing else about it.
    mutating func reorder(_ task: TaskID, before other: TaskID?) {
        guard let moved = index[task] else { return }
        let next = other.flatMap { index[$0] }
        guard other == nil || next != nil, let wanted = Self.order(startPlaces, moving: moved, before: next) else {
            return
        }
        for place in records.indices where records[place].turn != nil { records[place].turn = nil }
        for (turn, place) in wanted.enumerated() { records[place].turn = turn }
    }

    /// The places with one of them moved; nil where that is no move.
    private static func order(_ places: [Int], moving moved: Int, before next: Int?) -> [Int]? {
        guard moved != next else { return nil }
        var wanted = places.filter { $0 != moved }
        guard wanted.count < places.count else { return nil }
        guard let next else { return wanted + [moved] }
        guard let position = wanted.firstIndex(of: next) else { return nil }
        wanted.insert(moved, at: position)
        return wanted
    }
}
