package import StrettoCore

/// What a plan file says: a plan, or every reason why it is none.
package struct PlanReading: Sendable {
    /// The plan; nil when any problem is an error.
    package let plan: Plan?
    /// Where the plan's parts lie in the file; nil when ``plan`` is.
    package let document: PlanDocument?
    /// Errors and warnings in the order of their positions.
    package let problems: [PlanProblem]

    init(plan: Plan?, document: PlanDocument?, problems: [PlanProblem]) {
        let isUsable = !problems.contains { $0.severity == .error }
        self.plan = isUsable ? plan : nil
        self.document = isUsable ? document : nil
        self.problems = Self.listed(problems)
    }

    /// Sorted, and cut at ``PlanFile/problemsMax`` with a last line that says so.
    private static func listed(_ problems: [PlanProblem]) -> [PlanProblem] {
        let sorted = problems.sorted(by: PlanProblem.precedes)
        guard sorted.count > PlanFile.problemsMax, let last = sorted.last else { return sorted }
        let more = sorted.count - PlanFile.problemsMax
        // An error must stay visible even when a thousand warnings come before it.
        let kept = sorted.filter { $0.severity == .error } + sorted.filter { $0.severity == .warning }
        let note = PlanProblem(
            last.severity,
            at: last.position,
            "\(more) more problem\(more == 1 ? "" : "s") not listed",
            fix: "mend the listed ones first"
        )
        return kept.prefix(PlanFile.problemsMax).sorted(by: PlanProblem.precedes) + [note]
    }
}

/// Where the parts of a plan lie in its file, to the byte: what an editor is opened at, and what an edit would replace.
package struct PlanDocument: Sendable {
    /// Where one section or task lies.
    package struct Place: Hashable, Sendable {
        /// The id as the plan writes it.
        package let id: String
        /// Where its mapping begins.
        package let position: Position
        /// The bytes of its mapping.
        ///
        /// A block mapping's span runs on through the blanks and comments after it.
        package let span: ByteSpan
        /// The bytes of its status value, quotes included; nil where it has none.
        package let status: ByteSpan?
    }

    /// The file, as it was read.
    package let bytes: [UInt8]
    /// All sections in plan order.
    package let sections: [Place]
    /// All tasks in plan order.
    package let tasks: [Place]
    /// The mappings of all tasks, in plan order.
    let taskNodes: [YAMLNode]
    /// The value of `meta`; nil where there is none.
    let metaNode: YAMLNode?
    /// The whole plan.
    let root: YAMLNode
}

/// Reads plan files: every key that real plans use, ids as they are written, all problems at once.
package enum PlanFile {
    /// How large a plan file may be, in bytes.
    package static let bytesMax = 8 * 1024 * 1024
    /// How deep lists and mappings may lie in each other, aliases followed.
    package static let depthMax = 100
    /// How many scalars, lists and mappings a file may hold, each alias counted with all that it stands for.
    package static let nodesMax = 1_000_000
    /// How many sections a plan may have.
    package static let sectionsMax = 1_000
    /// How many tasks a plan may have.
    package static let tasksMax = 10_000
    /// How long an id may be, in Unicode scalars.
    package static let idLengthMax = 200
    /// How many problems are listed.
    package static let problemsMax = 1_000
    /// How many attempts a task may be given.
    package static let attemptsAllowed = 1...100
    /// How far from 0 a priority may lie.
    package static let priorityAllowed = -1_000_000...1_000_000
    /// How many tokens a budget may name.
    package static let tokensAllowed = 1...1_000_000_000_000
    /// The largest amount of money that a plan can name, in millionths of a US dollar: a billion dollars.
    package static let microdollarsMax = 1_000_000_000_000_000
    /// The longest duration that a plan can name.
    package static let durationMax = Duration.seconds(365 * 24 * 3600)

    /// Reads a plan file and finds everything that is wrong with it.
    ///
    /// The same bytes always give the same answer. A syntax error, conflict markers or broken text end the reading
    /// early, because whatever would be found behind them could not be trusted; otherwise one pass finds all.
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - knownRoles: the roles that exist; nil where nobody knows, and then any role will do.
    ///   - configuration: what counts where the plan says nothing, and the agents that it may name; nil where nobody knows,
    ///     and then any agent will do.
    /// - Returns: the plan with its warnings, or all its errors.
    package static func read(
        _ bytes: [UInt8],
        knownRoles: [String]? = nil,
        configuration: Configuration? = Configuration()
    ) -> PlanReading {
        guard bytes.count <= bytesMax else {
            let problem = PlanProblem(
                .error,
                at: .start,
                "the file has \(bytes.count) bytes, and a plan may have \(bytesMax)",
                fix: "split it into several plans"
            )
            return PlanReading(plan: nil, document: nil, problems: [problem])
        }
        let source = SourceText(bytes)
        var problems = source.problems
        guard !problems.contains(where: { $0.severity == .error }) else {
            return PlanReading(plan: nil, document: nil, problems: problems)
        }
        do throws(PlanProblem) {
            var builder = YAMLTreeBuilder(source)
            let root = try builder.build()
            problems += builder.problems
            var reader = PlanReader(source: source, knownRoles: knownRoles, configuration: configuration)
            let (plan, document) = reader.read(root)
            return PlanReading(plan: plan, document: document, problems: problems + reader.problems)
        } catch {
            return PlanReading(plan: nil, document: nil, problems: problems + [error])
        }
    }
}
