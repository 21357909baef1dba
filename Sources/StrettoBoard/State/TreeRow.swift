import StrettoCore

/// One line of the task tree: between the snapshot and the cells, so that tests can stop here.
struct TreeRow: Hashable, Sendable {
    /// What the selection remembers; it survives updates, folding and filters.
    enum Identity: Hashable, Sendable {
        case section(String)
        case task(TaskID)
    }

    enum Content: Hashable, Sendable {
        case section(name: String, isFolded: Bool, tally: Tally, usage: Usage)
        case task(TaskSnapshot)
    }

    var identity: Identity
    var content: Content

    /// The rows of a snapshot: sections in plan order, each with its tasks unless it is folded.
    ///
    /// With a filter only tasks whose name or id contains it, upper and lower case alike; folds do not hide a match.
    static func rows(of tasks: [TaskSnapshot], folded: Set<String>, filter: String = "") -> [TreeRow] {
        // By their places, because tasks are large: see ``Swift/Array/places(where:)``.
        var order: [String] = []
        var members: [String: [Int]] = [:]
        for place in tasks.indices {
            let section = tasks[place].section
            if members[section] == nil { order.append(section) }
            members[section, default: []].append(place)
        }
        let needle = filter.lowercased()
        var rows: [TreeRow] = []
        rows.reserveCapacity(tasks.count + order.count)
        for section in order {
            let all = members[section] ?? []
            let shown = needle.isEmpty ? all : all.filter { tasks[$0].matches(needle) }
            guard !shown.isEmpty else { continue }
            let isFolded = needle.isEmpty && folded.contains(section)
            if !section.isEmpty {
                let usage = all.reduce(into: Usage.zero) { $0.add(tasks[$1].usage) }
                let tally = Tally(all.lazy.map { tasks[$0].state })
                let content = Content.section(name: section, isFolded: isFolded, tally: tally, usage: usage)
                rows.append(TreeRow(identity: .section(section), content: content))
            }
            guard !isFolded || section.isEmpty else { continue }
            for place in shown { rows.append(TreeRow(identity: .task(tasks[place].id), content: .task(tasks[place]))) }
        }
        return rows
    }
}

extension [TreeRow] {
    /// How many of them are tasks.
    var taskCount: Int { count { if case .task = $0.identity { true } else { false } } }
}

extension TaskSnapshot {
    fileprivate func matches(_ needle: String) -> Bool {
        name.lowercased().contains(needle) || id.text.lowercased().contains(needle)
    }
}

/// Rows, and all that they were made of: with thousands of tasks making them takes longer than a frame may.
struct Tree: Sendable {
    struct Source: Hashable, Sendable {
        /// Which of the board's snapshots; 0: none yet.
        var edition = 0
        var folded: Set<String> = []
        var filter = ""
        /// The tasks in the order of their starting, instead of by section.
        var isFlat = false
    }

    var source = Source()
    var rows: [TreeRow] = []
    /// See ``BoardState/turns``.
    var turns: [TaskID: Int] = [:]
}

extension [TaskSnapshot] {
    /// The places of tasks by their state.
    ///
    /// Tasks are large: `filter` copies each one that it looks at, which with thousands of them takes a good part of a frame.
    func places(where isWanted: (TaskState) -> Bool) -> [Int] { indices.filter { isWanted(self[$0].state) } }
}
