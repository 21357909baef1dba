internal import StrettoCore

/// The options and operands of one command line, each proved to be one that the command takes.
struct GivenArguments {
    private let spec: CommandSpec
    private var values: [String: [Value]] = [:]
    private var operands: [String] = []
    private var wantsHelp = false

    private enum Value {
        case flag
        case text(String)
        case number(Int)
    }

    init(_ tokens: [Arguments.Token], for spec: CommandSpec) throws(UsageError) {
        self.spec = spec
        var commandIsPassed = spec.name == nil
        var waiting: CommandOption?
        for token in tokens {
            if let option = waiting {
                guard case .value(let text) = token else { throw .missingValue(option) }
                try add(option, text)
                waiting = nil
                continue
            }
            switch token {
            case .option(let spelling, let value):
                waiting = try take(spelling, value: value)
                if wantsHelp { return }
            case .operand, .value:
                guard case .operand(let text) = token else { continue }
                if commandIsPassed { operands.append(text) } else { commandIsPassed = true }
            }
        }
        if let waiting { throw .missingValue(waiting) }
        try checkConflicts()
        try checkOperands()
    }

    func has(_ option: CommandOption) -> Bool { values[option.spelling] != nil }

    func text(_ option: CommandOption) -> String? { texts(option).first }

    func texts(_ option: CommandOption) -> [String] {
        (values[option.spelling] ?? []).compactMap { value in
            if case .text(let text) = value { text } else { nil }
        }
    }

    func number(_ option: CommandOption) -> Int? {
        if case .number(let number) = values[option.spelling]?.first { number } else { nil }
    }

    /// Takes an option and answers with it when its value is still to come.
    private mutating func take(_ spelling: String, value: String?) throws(UsageError) -> CommandOption? {
        guard let option = spec.option(spelling) else { throw spec.unknown(spelling) }
        if values[option.spelling] != nil, !option.isRepeatable { throw .repeated(option) }
        guard option.value == .flag else {
            guard let value else { return option }
            try add(option, value)
            return nil
        }
        guard value == nil else { throw .unexpectedValue(option) }
        values[option.spelling] = [.flag]
        wantsHelp = wantsHelp || option == .help
        return nil
    }

    private mutating func add(_ option: CommandOption, _ text: String) throws(UsageError) {
        guard !text.isEmpty else { throw .missingValue(option) }
        let value: Value
        switch option.value {
        case .flag:
            throw .unexpectedValue(option)
        case .text:
            value = .text(text)
        case .number(let range):
            guard let number = Int(text), range.contains(number) else { throw .badValue(option, nearest: nil) }
            value = .number(number)
        case .dollars:
            guard let microdollars = Self.microdollars(text) else { throw .badValue(option, nearest: nil) }
            value = .number(microdollars)
        case .days:
            guard let days = Self.days(text) else { throw .badValue(option, nearest: nil) }
            value = .number(days)
        case .choice(let names):
            guard names.contains(text) else {
                throw .badValue(option, nearest: NearestName.suggestion(for: text, among: names))
            }
            value = .text(text)
        }
        values[option.spelling, default: []].append(value)
    }

    /// `2.50` as 2 500 000; nil for what is no amount, has more than six decimals, is zero or is too large.
    private static func microdollars(_ text: String) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        guard let first = parts.first, !first.isEmpty || !decimals.isEmpty, first.count <= 7, decimals.count <= 6 else {
            return nil
        }
        let digits = first + decimals + String(repeating: "0", count: 6 - decimals.count)
        guard digits.allSatisfy({ ("0"..."9").contains($0) }), let amount = Int(digits) else { return nil }
        return (1...ArgumentLimits.dollarsMax * 1_000_000).contains(amount) ? amount : nil
    }

    /// `30d`, `4w` and `30` as days; nil for anything else and for what is too long.
    private static func days(_ text: String) -> Int? {
        let factor = text.hasSuffix("w") ? 7 : 1
        let digits = text.last.map { "dw".contains($0) } == true ? text.dropLast() : text[...]
        guard (1...6).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }), let count = Int(digits)
        else { return nil }
        let days = count * factor
        return days <= ArgumentLimits.daysMax ? days : nil
    }

    private func checkConflicts() throws(UsageError) {
        for group in spec.exclusive {
            let found = group.filter(has)
            if found.count > 1 { throw .conflicting(found[0], found[1]) }
        }
    }

    private func checkOperands() throws(UsageError) {
        // `--plan PATH` is the operand PLAN by another name.
        var left = (texts(.plan) + operands)[...]
        for operand in spec.operands {
            if operand.isRequired, left.first?.isEmpty ?? true {
                throw .missingOperand(operand.name, command: spec.name)
            }
            left = operand.takesRest ? [] : left.dropFirst()
        }
        if !left.isEmpty { throw .surplusOperand(command: spec.name) }
    }
}

// MARK: - What it means

extension GivenArguments {
    /// The invocation that these arguments spell.
    func invocation() throws(UsageError) -> Invocation {
        if wantsHelp { return .help(spec.name) }
        switch spec.name {
        case nil: return has(.version) ? .version : .offer(display)
        case .demo: return .demo(display)
        case .run: return .run(runOptions)
        case .attach: return .attach(display)
        case .status: return .status(format)
        case .stop: return .stop(has(.now) ? .now : .drain)
        case .resume:
            return .resume(
                ResumeOptions(leavesPlanFile: has(.noStatus), answersYes: has(.yes), display: display)
            )
        case .check: return .check(plan: operands[0], format)
        case .ready: return .ready(plan: operands[0], format)
        case .approve: return .approve(operands.first.map { TaskID($0) })
        case .reject: return .reject(task, comment: try rest("COMMENT"))
        case .retry: return .retry(task, note: try rest("NOTE"))
        case .skip: return .skip(task, reason: try rest("REASON"))
        case .message: return .message(task, text: try rest("WORDS"))
        case .add: return .add(try draft())
        case .review: return .review(task)
        case .log: return .log(try logOptions())
        case .diff: return .diff(task)
        case .trace: return .trace(try traceOptions())
        case .land: return .land(landMode, operands.first.map { RunID($0) })
        case .rescue: return .rescue(try rescueOptions())
        case .discard: return .discard(discardOptions)
        case .prune: return .prune(pruneOptions)
        case .doctor: return .doctor(has(.clean) ? .clean : .look)
        case .keys: return .keys
        case .theme: return .theme(try themeRequest())
        case .paths: return .paths
        case .version: return .version
        case .help: return .help(try topic())
        case .engine: return .engine(orderPath: try orderPath())
        }
    }

    private var task: TaskID { TaskID(operands[0]) }
    private var format: DocumentFormat { has(.jsonDocument) ? .json : .text }

    private var display: DisplayOptions {
        DisplayOptions(
            output: has(.plain) ? .plain : has(.jsonLines) ? .json : nil,
            color: text(.color).flatMap(ColorChoice.init(rawValue:)) ?? .auto,
            isASCII: has(.ascii),
            theme: text(.theme)
        )
    }

    private var runOptions: RunOptions {
        RunOptions(
            planPath: text(.plan) ?? operands[0],
            workers: number(.workers),
            scope: scope,
            preset: text(.preset).flatMap(GatePreset.init(rawValue:)),
            reviewsPlan: has(.reviewPlan),
            base: text(.base),
            budget: budgetTerms,
            escalation: EscalationOptions(
                start: text(.startingModel),
                after: number(.escalateAfter),
                limit: text(.maxModel)
            ),
            isDryRun: has(.dryRun),
            startsFresh: has(.fresh),
            runsAgain: has(.again),
            leavesPlanFile: has(.noStatus),
            answersYes: has(.yes),
            display: display
        )
    }

    private var budgetTerms: BudgetTerms {
        BudgetTerms(
            limitMicrodollars: number(.budget),
            ceilingMicrodollars: number(.quotaCeiling),
            reservedMicrodollars: number(.quotaReserve),
            shareOfCeiling: number(.quotaPercent).map { $0 * (BudgetTerms.wholeShare / 100) },
            tokens: number(.budgetTokens),
            overrun: text(.onBudget).flatMap(Overrun.init(rawValue:))
        )
    }

    private var scope: RunSpec.Scope {
        if has(.singleTask) { return .single }
        if let id = text(.resumeFrom) { return .from(TaskID(id)) }
        let tasks = texts(.task).map { TaskID($0) }
        return tasks.isEmpty ? .all : .only(tasks)
    }

    private var landMode: LandMode {
        if has(.squash) { return .squash }
        return has(.merge) ? .merge : .fastForward
    }

    /// The operands after the first, as the words of one text.
    private func rest(_ name: String) throws(UsageError) -> String {
        let text = operands.dropFirst().joined(separator: " ")
        guard text.utf8.count <= ArgumentLimits.textBytesMax else { throw .textTooLong(name) }
        return text
    }

    private func draft() throws(UsageError) -> TaskDraft {
        let text = operands.joined(separator: " ")
        guard text.utf8.count <= ArgumentLimits.textBytesMax else { throw .textTooLong("WORDS") }
        return TaskDraft(
            text,
            id: self.text(.taskName).map { TaskID($0) },
            after: texts(.after).map { TaskID($0) },
            before: texts(.before).map { TaskID($0) },
            builder: self.text(.addBuilder).map(BuilderName.init(rawValue:)),
            model: self.text(.addModel),
            command: self.text(.addCommand)
        )
    }

    private func logOptions() throws(UsageError) -> LogOptions {
        let options = LogOptions(
            task: operands.first.map { TaskID($0) },
            attempt: number(.attempt),
            follows: has(.follow),
            isRaw: has(.raw)
        )
        if options.task == nil {
            if options.isRaw { throw .needsTask(.raw) }
            if options.attempt != nil { throw .needsTask(.attempt) }
        }
        return options
    }

    private func traceOptions() throws(UsageError) -> TraceOptions {
        var options = TraceOptions(
            path: operands[0],
            builder: text(.builder).map(BuilderName.init(rawValue:)),
            standardErrorPath: text(.standardError),
            format: format
        )
        if let word = text(.exitStatus) {
            guard let status = ExitWords.status(word) else { throw .badExitStatus }
            options.status = status
        }
        return options
    }

    private func rescueOptions() throws(UsageError) -> RescueOptions {
        let action: RescueOptions.Action =
            text(.to).map { .branch($0) } ?? text(.into).map { .export(folder: $0) } ?? .list(format)
        if operands.isEmpty {
            if has(.to) { throw .needsTree(.to) }
            if has(.into) { throw .needsTree(.into) }
        }
        return RescueOptions(tree: operands.first, run: text(.run).map { RunID($0) }, action: action)
    }

    private var discardOptions: DiscardOptions {
        DiscardOptions(run: operands.first.map { RunID($0) }, undoes: has(.undo), answersYes: has(.yes))
    }

    private var pruneOptions: PruneOptions {
        PruneOptions(
            runs: operands.map { RunID($0) },
            olderThanDays: number(.olderThan),
            takesAll: has(.all),
            answersYes: has(.yes)
        )
    }

    private func themeRequest() throws(UsageError) -> ThemeRequest {
        switch operands.first {
        case nil: return .list
        case "list":
            guard operands.count == 1 else { throw .surplusOperand(command: spec.name) }
            return .list
        case "check":
            guard operands.count > 1, !operands[1].isEmpty else {
                throw .missingOperand("THEME", command: spec.name)
            }
            return .check(operands[1])
        case let word?:
            let actions = ["list", "check"]
            throw .unknownAction(
                word,
                command: spec.name,
                actions: actions,
                nearest: NearestName.suggestion(for: word, among: actions)
            )
        }
    }

    private func topic() throws(UsageError) -> CommandName? {
        guard let name = operands.first else { return nil }
        if let command = CommandName(rawValue: name) { return command }
        let names = CommandTable.visible.compactMap(\.name?.rawValue)
        throw .unknownCommand(name, nearest: NearestName.suggestion(for: name, among: names))
    }

    private func orderPath() throws(UsageError) -> String {
        guard let path = text(.order) else { throw .missingOperand(CommandOption.order.usage, command: .engine) }
        return path
    }
}

/// How a process's end is written on a command line.
private enum ExitWords {
    /// The signals that end agents, with the numbers that they have everywhere.
    private static let signals: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ABRT": 6, "KILL": 9, "SEGV": 11, "PIPE": 13, "TERM": 15,
    ]

    /// `1`, `SIGKILL`, `kill`; nil for anything else.
    static func status(_ word: String) -> ExitStatus? {
        if let code = Int32(word) { return (0...255).contains(code) ? .code(code) : nil }
        let name = word.uppercased()
        return signals[name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name].map { .signal($0) }
    }
}
