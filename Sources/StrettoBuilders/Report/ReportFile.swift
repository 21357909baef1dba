internal import StrettoCore

/// Reads what an agent reported about its own work, from the file that `STRETTO_REPORT` names or from the older places.
///
/// Nothing in it is trusted: sizes are bounded, links are not followed, unknown keys are ignored, missing ones have defaults.
enum ReportFile {
    /// The directory for what an agent tells us, relative to the worktree; it ignores itself.
    static let directory = ".stretto-attempt"
    /// Relative to the worktree.
    static let path = directory + "/report.json"
    /// Where other orchestrators had their agents write; tried in this order.
    static let olderPaths = ["tmp/task-status.json", ".claude/plans/task-status.json"]

    static let bytesMax = 1 << 20
    /// Of each list, so many entries are kept.
    static let entryCountMax = 100
    /// Of each text, so many bytes are kept.
    static let textBytesMax = 4000

    enum Finding: Hashable, Sendable {
        case missing
        /// It is there and tells nothing; the sentence says why.
        case unreadable(String)
        /// It speaks of another task.
        case foreign(String)
        case found(Report)

        /// The same without these secrets.
        func masked(by secrets: KnownSecrets) -> Finding {
            switch self {
            case .missing: self
            case .unreadable(let sentence): .unreadable(secrets.mask(sentence))
            case .foreign(let sentence): .foreign(secrets.mask(sentence))
            case .found(let report): .found(report.masked(by: secrets))
            }
        }
    }

    /// Reads the report of `task`, if it was written since `start`, in nanoseconds since 1970.
    ///
    /// What is older was there before the attempt, and is not its report.
    static func read(worktree: String, task: TaskID, since start: Int64) -> Finding {
        for path in [path] + olderPaths {
            switch WorktreeFile.read(path, in: worktree, bytesMax: bytesMax) {
            case .missing: continue
            case .refused(let reason): return .unreadable("the report \(path) is not read: \(reason)")
            case .found(let content):
                guard content.modified >= start else { continue }
                return finding(in: content.bytes, path: path, task: task)
            }
        }
        return .missing
    }

    static func finding(in bytes: [UInt8], path: String, task: TaskID) -> Finding {
        let value: JSON
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            return .unreadable("\(path):\(error)")
        }
        guard value.kind == .object else { return .unreadable("\(path): a report is an object in braces") }
        if let id = value["task_id"], let other = id.identifier, !id.names(task) {
            return .foreign("its report \(path) is about task '\(other.harmless.cut(toBytes: 100))'")
        }
        return .found(report(value))
    }

    private static func report(_ value: JSON) -> Report {
        Report(
            status: status(value["status"]?.string ?? value["verdict"]?.string),
            message: text(value["message"]),
            decisions: decisions(value["decisions"]),
            debt: texts(value["debt"]),
            patterns: texts(value["patterns"]),
            questions: questions(value),
            usage: value["usage"].flatMap(usage),
            validation: validation(value)
        )
    }

    /// A validator's word; a verdict that is none of the three is none.
    private static func validation(_ value: JSON) -> Validation? {
        guard let verdict = value["verdict"]?.string.flatMap({ Validation.Verdict(rawValue: $0.trimmed.uppercased()) })
        else { return nil }
        return Validation(verdict, findings: texts(value["findings"]))
    }

    /// Tolerates what agents really write; a word that means nothing to us is no success.
    private static func status(_ word: String?) -> Report.Status {
        switch word?.lowercased() {
        case nil, "completed", "complete", "done", "success", "pass", "warn": .completed
        case "no_change", "no-change", "nochange": .noChange
        case "suspended", "question": .suspended
        default: .failed
        }
    }

    private static func decisions(_ value: JSON?) -> [Report.Decision] {
        (value?.elements ?? []).prefix(entryCountMax).compactMap { element in
            let decision = text(element["decision"] ?? element)
            return decision.isEmpty ? nil : Report.Decision(decision: decision, reason: text(element["reason"]))
        }
    }

    private static func questions(_ value: JSON) -> [String] {
        var questions = texts(value["questions"])
        let question = text(value["question"])
        if !question.isEmpty, !questions.contains(question) { questions.insert(question, at: 0) }
        return questions
    }

    /// A list of texts; one text alone is a list of one, an object counts by its most likely member.
    private static func texts(_ value: JSON?) -> [String] {
        guard let value else { return [] }
        let elements = value.string == nil ? value.elements : [value]
        return elements.prefix(entryCountMax).compactMap { element in
            let found = element["description"] ?? element["text"] ?? element["title"] ?? element["question"] ?? element
            let text = text(found)
            return text.isEmpty ? nil : text
        }
    }

    /// What people will read: masked, harmless to a terminal, bounded.
    private static func text(_ value: JSON?) -> String {
        Secrets.mask(value?.string ?? "").harmless.trimmed.cut(toBytes: textBytesMax)
    }

    private static func usage(_ value: JSON) -> Usage? {
        guard value.kind == .object else { return nil }
        let cached = Usage.tokenCount(value["cached_tokens"] ?? value["cache_read_input_tokens"])
        return Usage(
            // A cached part larger than the whole can only mean that it was not included.
            inputTokens: max(Usage.tokenCount(value["input_tokens"]), cached),
            outputTokens: Usage.tokenCount(value["output_tokens"]),
            cachedTokens: cached,
            microdollars: value["cost_usd"]?.double.flatMap(Usage.microdollars),
            turns: Usage.tokenCount(value["turns"])
        )
    }
}

extension Report {
    fileprivate func masked(by secrets: KnownSecrets) -> Report {
        Report(
            status: status,
            message: secrets.mask(message),
            decisions: decisions.map {
                Decision(decision: secrets.mask($0.decision), reason: secrets.mask($0.reason))
            },
            debt: debt.map(secrets.mask),
            patterns: patterns.map(secrets.mask),
            questions: questions.map(secrets.mask),
            usage: usage,
            validation: validation.map { Validation($0.verdict, findings: $0.findings.map(secrets.mask)) }
        )
    }
}

extension JSON {
    /// An identifier, which a writer may have left unquoted.
    fileprivate var identifier: String? {
        string?.trimmed ?? (kind == .integer ? integer.map { String($0) } : double.map { "\($0)" })
    }

    /// Whether this is the task's id.
    ///
    /// Unquoted, `1.10` has become 1.1, so numbers are compared as numbers.
    fileprivate func names(_ task: TaskID) -> Bool {
        if let number = double { return Double(task.text) == number }
        return identifier == task.text
    }
}
