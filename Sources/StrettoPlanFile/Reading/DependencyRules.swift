import StrettoCore

/// The rules that dependencies and ids must keep: ids are unique, dependencies exist, nothing waits for itself.
struct DependencyRules {
    /// How many missing dependencies get a suggestion; each one costs a walk over all tasks.
    private static let suggestionsMax = 20
    /// How many tasks of a cycle are printed.
    private static let pathMax = 12

    private let drafts: [PlanReader.TaskDraft]
    private let source: SourceText
    private var problems: [PlanProblem] = []
    /// The first task of each id.
    private var indices: [String: Int] = [:]
    /// For each task, the tasks it waits for; edges to itself and into nowhere are left out.
    private var edges: [[Int]] = []

    /// Every violation, in no particular order.
    ///
    /// Takes time in proportion to tasks and dependencies, and no recursion.
    static func problems(
        in drafts: [PlanReader.TaskDraft],
        sections: [String],
        source: SourceText
    ) -> [PlanProblem] {
        var rules = DependencyRules(drafts: drafts, source: source)
        rules.findDuplicates()
        rules.connect(sections: Set(sections))
        rules.findCycles()
        return rules.problems
    }

    private init(drafts: [PlanReader.TaskDraft], source: SourceText) {
        self.drafts = drafts
        self.source = source
    }

    private func id(_ index: Int) -> String { drafts[index].task.id.text }

    private mutating func report(at node: YAMLNode, _ message: String, fix: String?) {
        let place = source.position(ofByte: node.span.lower)
        problems.append(PlanProblem(.error, at: place, message, fix: fix))
    }

    private mutating func findDuplicates() {
        for index in drafts.indices {
            guard let first = indices[id(index)] else {
                indices[id(index)] = index
                continue
            }
            let line = source.position(ofByte: drafts[first].idNode.span.lower).line
            let own = source.position(ofByte: drafts[index].idNode.span.lower).line
            report(
                at: drafts[index].idNode,
                "task id \(quoted(id(index))) on line \(own) is already used on line \(line)",
                fix: "give one of them another id"
            )
        }
    }

    private mutating func connect(sections: Set<String>) {
        var suggestionCount = 0
        let names = drafts.map(\.task.id.text)
        for index in drafts.indices {
            var targets: [Int] = []
            for (dependency, node) in zip(drafts[index].task.dependencies, drafts[index].dependencyNodes) {
                let name = dependency.text
                if name == id(index) {
                    report(at: node, "\(quoted(name)) waits for itself", fix: "remove this dependency")
                } else if let target = indices[name] {
                    targets.append(target)
                } else if sections.contains(name) {
                    let message = "\(quoted(id(index))) waits for \(quoted(name)), which is a section"
                    report(at: node, message, fix: "name the tasks it waits for")
                } else {
                    var suggestion: String?
                    if suggestionCount < Self.suggestionsMax {
                        suggestion = NearestName.suggestion(for: name, among: names.filter { $0 != id(index) })
                        suggestionCount += 1
                    }
                    let fix = suggestion.map { "did you mean \(quoted($0))?" } ?? Self.fixForMissing(name)
                    let message = "\(quoted(id(index))) waits for \(quoted(name)), which is not in this plan"
                    report(at: node, message, fix: fix)
                }
            }
            edges.append(targets)
        }
    }

    private static func fixForMissing(_ name: String) -> String {
        name.contains(",") ? "write several ids as a list: [a, b]" : "add that task or remove this dependency"
    }

    // MARK: Cycles

    /// Reports one cycle, a shortest one, for each group of tasks that wait for each other.
    private mutating func findCycles() {
        for group in StronglyConnected.groups(of: edges) where group.count > 1 {
            guard let first = group.min() else { continue }
            let path = shortestCycle(from: first, within: Set(group))
            var names = path.map { id($0) }
            if names.count > Self.pathMax {
                let left = names.count - Self.pathMax
                names = Array(names.prefix(Self.pathMax)) + ["(\(left) more)"]
            }
            names.append(id(first))
            let shown = names.map { String(quoted($0).dropFirst().dropLast()) }.joined(separator: " → ")
            let next = path.count > 1 ? path[1] : first
            let edge = drafts[first].task.dependencies.firstIndex { $0.text == id(next) }
            let node = edge.map { drafts[first].dependencyNodes[$0] } ?? drafts[first].idNode
            report(at: node, "these tasks wait for each other: \(shown)", fix: "remove one of these dependencies")
        }
    }

    /// The tasks of a shortest cycle through `start`, which comes first; each waits for the next, the last for `start`.
    private func shortestCycle(from start: Int, within group: Set<Int>) -> [Int] {
        var cameFrom: [Int: Int] = [:]
        var queue = [start]
        var head = 0
        while head < queue.count {
            let current = queue[head]
            head += 1
            for target in edges[current] where group.contains(target) {
                if target == start {
                    var path = [current]
                    while let last = path.last, let previous = cameFrom[last] { path.append(previous) }
                    return path.reversed()
                }
                if cameFrom[target] == nil {
                    cameFrom[target] = current
                    queue.append(target)
                }
            }
        }
        return [start]
    }
}

/// Tarjan's algorithm without recursion, so that a chain of ten thousand tasks needs no deep stack.
enum StronglyConnected {
    /// The groups of nodes that reach each other; single nodes are groups too.
    ///
    /// `edges[n]` are the nodes that n leads to.
    static func groups(of edges: [[Int]]) -> [[Int]] {
        var order = [Int?](repeating: nil, count: edges.count)
        var low = [Int](repeating: 0, count: edges.count)
        var isOnStack = [Bool](repeating: false, count: edges.count)
        var stack: [Int] = []
        var groups: [[Int]] = []
        var visited = 0
        /// The path of the walk: a node, and which of its edges comes next.
        var walk: [(node: Int, next: Int)] = []

        for root in edges.indices where order[root] == nil {
            walk.append((root, 0))
            while let (node, next) = walk.last {
                if next == 0, order[node] == nil {
                    order[node] = visited
                    low[node] = visited
                    visited += 1
                    stack.append(node)
                    isOnStack[node] = true
                }
                if next < edges[node].count {
                    walk[walk.count - 1].next += 1
                    let target = edges[node][next]
                    if let seen = order[target] {
                        if isOnStack[target] { low[node] = min(low[node], seen) }
                    } else {
                        walk.append((target, 0))
                    }
                    continue
                }
                walk.removeLast()
                if let parent = walk.last?.node { low[parent] = min(low[parent], low[node]) }
                guard low[node] == order[node] else { continue }
                var group: [Int] = []
                while let member = stack.popLast() {
                    isOnStack[member] = false
                    group.append(member)
                    if member == node { break }
                }
                groups.append(group)
            }
        }
        return groups
    }
}
