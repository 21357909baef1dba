package import StrettoCore

/// A plan file with other statuses in it, and every other byte as it was.
///
/// A status that is there keeps its quotes and its comment. Where a task has none, one is put behind its name or id, in the
/// style of the mapping: a line of its own, or `, status: ...` in braces. What cannot be changed without
/// changing something else stays: the result is read again and must be the same plan, statuses apart.
package struct StatusEdit: Hashable, Sendable {
    /// The file after the edit; the very same bytes where nothing had to change.
    package let bytes: [UInt8]
    /// Tasks whose status stays as it was, in plan order: aliases share their text, or it is written in an unusual way.
    package let left: [TaskID]

    /// How often a result is read again in search of the edits that can be made, before the rest is left.
    private static let trialsMax = 64

    /// Edits a file that was read without an error.
    /// - Parameters:
    ///   - wanted: the statuses that tasks shall have; tasks that are not named, or not in the plan, stay as they are.
    ///   - plan: the file's plan, read without a configuration.
    ///   - document: where that plan's parts lie.
    package init(writing wanted: [TaskID: PlanStatus], into plan: Plan, _ document: PlanDocument) {
        var changed: [Replacement] = []
        var left: Set<TaskID> = []
        for (task, node) in zip(plan.tasks, document.taskNodes) {
            guard let status = wanted[task.id], status != task.status else { continue }
            if let replacement = StatusSlot(of: node, in: document.bytes)?.replacement(task.id, status) {
                changed.append(replacement)
            } else {
                left.insert(task.id)
            }
        }
        var trial = Trial(plan: plan, bytes: document.bytes, countLeft: Self.trialsMax)
        let made = trial.added(changed[...], to: [])
        let known = Set(made.map(\.task))
        left.formUnion(changed.map(\.task).filter { !known.contains($0) })
        bytes = made.isEmpty ? document.bytes : Replacement.apply(made, to: document.bytes)
        self.left = plan.tasks.map(\.id).filter(left.contains)
    }

    /// Finds the edits that change statuses and nothing else.
    private struct Trial {
        let plan: Plan
        let bytes: [UInt8]
        var countLeft: Int

        /// The edits of `base` and those of `more` that can be made beside them.
        mutating func added(_ more: ArraySlice<Replacement>, to base: [Replacement]) -> [Replacement] {
            guard !more.isEmpty, countLeft > 0 else { return base }
            countLeft -= 1
            let all = base + more
            if isSound(all) { return all }
            guard more.count > 1 else { return base }
            let middle = more.startIndex + more.count / 2
            let first = added(more[..<middle], to: base)
            return added(more[middle...], to: first)
        }

        private func isSound(_ edits: [Replacement]) -> Bool {
            let statuses = Dictionary(edits.map { ($0.task, $0.status) }, uniquingKeysWith: { $1 })
            let edited = PlanFile.read(Replacement.apply(edits, to: bytes), configuration: nil)
            return edited.plan == plan.settingStatuses(statuses)
        }
    }
}

/// New bytes for one span of a file: the status of one task.
struct Replacement: Hashable {
    let task: TaskID
    let status: PlanStatus
    let span: ByteSpan
    let text: [UInt8]

    /// The bytes after all replacements, whose spans do not overlap.
    static func apply(_ replacements: [Replacement], to bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + replacements.count * 32)
        var place = 0
        for replacement in replacements.sorted(by: { $0.span.lower < $1.span.lower })
        where replacement.span.lower >= place {
            result += bytes[place..<replacement.span.lower]
            result += replacement.text
            place = replacement.span.upper
        }
        return result + bytes[place...]
    }
}
