import StrettoCore
import TestSupport

/// Makes valid plans of every shape that the format can write.
enum PlanGenerator {
    static func plan(using generator: inout SplitMix64) -> Plan {
        var known: [TaskID] = []
        let sections = (0..<Int.random(in: 1...3, using: &generator)).map { section in
            let tasks = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                task(known: &known, using: &generator)
            }
            return PlanSection(
                id: "s\(section) \(text(using: &generator))",
                name: text(using: &generator),
                status: PlanStatus.allCases.randomElement(using: &generator) ?? .pending,
                tasks: tasks
            )
        }
        return Plan(name: text(using: &generator), settings: settings(using: &generator), sections: sections)
    }

    /// One line without blanks at its ends.
    static func text(using generator: inout SplitMix64) -> String {
        let words = [
            "build", "1.10", "yes", "~", "größe", "日本語", "'quoted'", "\"double\"", "a: b", "# no comment", "- item",
            "{x}", "[y]",
            "*star", "&and", "!tag", "%percent", "@at", "`tick`", "null", "0x1F", "👩‍👩‍👧", "\\n", "<<", "|", ">", "?",
            "=======", "---",
        ]
        return (0..<Int.random(in: 1...4, using: &generator))
            .map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }.joined(separator: " ")
    }

    private static func block(using generator: inout SplitMix64) -> String {
        (0..<Int.random(in: 0...4, using: &generator))
            .map { _ in text(using: &generator) + (Bool.random(using: &generator) ? "\n" : "\n\n  ") }.joined()
    }

    private static func sometimes<Value>(
        _ generator: inout SplitMix64,
        _ make: (inout SplitMix64) -> Value
    ) -> Value? {
        Bool.random(using: &generator) ? make(&generator) : nil
    }

    private static func duration(_ generator: inout SplitMix64) -> Duration {
        .milliseconds(Int.random(in: 1...10_000_000, using: &generator))
    }

    private static func checks(using generator: inout SplitMix64) -> [Check] {
        (0..<Int.random(in: 0...2, using: &generator)).map { _ in
            Check(
                name: text(using: &generator),
                command: text(using: &generator),
                timeout: sometimes(&generator, duration)
            )
        }
    }

    private static func task(known: inout [TaskID], using generator: inout SplitMix64) -> PlanTask {
        let id = TaskID("\(known.count) \(text(using: &generator))")
        let dependencies = known.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }
        known.append(id)
        let command = sometimes(&generator, text(using:))
        return PlanTask(
            id: id,
            name: text(using: &generator),
            description: block(using: &generator),
            status: PlanStatus.allCases.randomElement(using: &generator) ?? .pending,
            dependencies: dependencies,
            parallelGroup: sometimes(&generator, text(using:)),
            resources: Array(["db", "port 80", "größe"].prefix(Int.random(in: 0...3, using: &generator))),
            attemptsMax: sometimes(&generator) { Int.random(in: 1...100, using: &$0) },
            role: sometimes(&generator, text(using:)),
            builder: command == nil ? sometimes(&generator) { _ in .claude } : .command,
            model: sometimes(&generator, text(using:)),
            command: command,
            checks: checks(using: &generator),
            review: GatePolicy.allCases.randomElement(using: &generator),
            files: Array(["src/*.swift", "a b/c", "größe"].prefix(Int.random(in: 0...3, using: &generator))),
            environment: Array(
                [
                    EnvironmentVariable(name: "B", value: text(using: &generator)),
                    EnvironmentVariable(name: "A_1", value: ""),
                ].prefix(Int.random(in: 0...2, using: &generator))
            ),
            timeout: sometimes(&generator, duration),
            budgetMicrodollars: sometimes(&generator) { Int.random(in: 1...5_000_000_000, using: &$0) },
            priority: Int.random(in: -5...5, using: &generator)
        )
    }

    private static func settings(using generator: inout SplitMix64) -> PlanSettings {
        PlanSettings(
            workers: sometimes(&generator) { Int.random(in: 1...64, using: &$0) },
            base: sometimes(&generator, text(using:)),
            gates: Gates(
                plan: Bool.random(using: &generator) ? .auto : .human,
                task: Bool.random(using: &generator) ? .auto : .human,
                unattended: Bool.random(using: &generator) ? .auto : .human
            ),
            model: sometimes(&generator, text(using:)),
            permissions: Bool.random(using: &generator) ? .edit : .full,
            setup: [text(using: &generator)],
            copy: Array([".env", "a/b c"].prefix(Int.random(in: 0...2, using: &generator))),
            checks: checks(using: &generator),
            attemptsMax: Int.random(in: 1...100, using: &generator),
            backoffBase: duration(&generator),
            backoffMax: duration(&generator),
            planDocument: sometimes(&generator, text(using:)),
            timeout: sometimes(&generator, duration),
            budget: Budget(
                microdollars: sometimes(&generator) { Int.random(in: 1...5_000_000_000, using: &$0) },
                tokens: sometimes(&generator) { Int.random(in: 1...5_000_000_000, using: &$0) }
            )
        )
    }
}

/// Writes a plan as YAML, in styles that the generator picks: block or flow, plain, single or double quotes, comments.
enum PlanEmitter {
    private typealias Pairs = [(key: String, value: String)]

    static func text(of plan: Plan, using generator: inout SplitMix64) -> String {
        let settings = plan.settings
        var meta: Pairs = [
            ("name", scalar(plan.name, &generator)),
            (
                "gates",
                "{plan: \(settings.gates.plan), merge: \(settings.gates.task), task: \(settings.gates.task), "
                    + "unattended: \(settings.gates.unattended)}"
            ),
            ("builder", "\(settings.builder)"),
            ("permissions", "\(settings.permissions)"),
            ("setup", list(settings.setup, &generator)),
            ("copy", list(settings.copy, &generator)),
            ("checks", checks(settings.checks, &generator)),
            ("max_attempts_default", "\(settings.attemptsMax)"),
            ("backoff_base", duration(settings.backoffBase, &generator)),
            ("backoff_max", duration(settings.backoffMax, &generator)),
        ]
        add("workers", settings.workers.map { "\($0)" }, to: &meta)
        add("base", settings.base.map { scalar($0, &generator) }, to: &meta)
        add("model", settings.model.map { scalar($0, &generator) }, to: &meta)
        add("plan_doc", settings.planDocument.map { scalar($0, &generator) }, to: &meta)
        add("timeout", settings.timeout.map { duration($0, &generator) }, to: &meta)
        var budget: [String] = settings.budget.tokens.map { ["tokens: \($0)"] } ?? []
        if let limit = settings.budget.microdollars { budget.append("usd: \(dollars(limit))") }
        meta.append(("budget", "{" + budget.joined(separator: ", ") + "}"))

        var text = "# A plan.\nmeta:\n" + block(meta, indent: "  ", &generator) + "sections:\n"
        for section in plan.sections {
            let head: Pairs = [
                ("id", scalar(section.id, &generator)), ("name", scalar(section.name, &generator)),
                ("status", section.status.rawValue),
            ]
            text += item(head, indent: "", &generator) + "  tasks:\n"
            for task in section.tasks { text += item(pairs(of: task, &generator), indent: "  ", &generator) }
        }
        return text
    }

    private static func pairs(of task: PlanTask, _ generator: inout SplitMix64) -> Pairs {
        let dependencyKeys = ["depends_on", "dependencies", "dependsOn"]
        var pairs: Pairs = [
            ("id", scalar(task.id.text, &generator)),
            ("name", scalar(task.name, &generator)),
            ("description", doubleQuoted(task.description)),
            ("status", task.status.rawValue),
            (dependencyKeys.randomElement(using: &generator) ?? "", list(task.dependencies.map(\.text), &generator)),
            ("exclusive_resources", list(task.resources, &generator)),
            ("checks", checks(task.checks, &generator)),
            ("files", list(task.files, &generator)),
            ("priority", "\(task.priority)"),
            ("unknown_key_of_somebody", "[1, 2]"),
        ]
        add("parallel_group", task.parallelGroup.map { scalar($0, &generator) }, to: &pairs)
        add("max_attempts", task.attemptsMax.map { "\($0)" }, to: &pairs)
        add("agent", task.role.map { scalar($0, &generator) }, to: &pairs)
        add("builder", task.builder?.rawValue, to: &pairs)
        add("model", task.model.map { scalar($0, &generator) }, to: &pairs)
        add("command", task.command.map { scalar($0, &generator) }, to: &pairs)
        add("review", task.review?.rawValue, to: &pairs)
        add("timeout", task.timeout.map { duration($0, &generator) }, to: &pairs)
        add("budget_usd", task.budgetMicrodollars.map(dollars), to: &pairs)
        let variables = task.environment.map { "\($0.name): " + doubleQuoted($0.value) }
        pairs.append(("env", "{" + variables.joined(separator: ", ") + "}"))
        return pairs
    }

    private static func add(_ key: String, _ value: String?, to pairs: inout Pairs) {
        if let value { pairs.append((key, value)) }
    }

    private static func item(_ pairs: Pairs, indent: String, _ generator: inout SplitMix64) -> String {
        let text = block(pairs, indent: indent + "  ", &generator)
        return indent + "- " + text.dropFirst(indent.count + 2)
    }

    private static func block(_ pairs: Pairs, indent: String, _ generator: inout SplitMix64) -> String {
        pairs.map { pair in
            let comment = Int.random(in: 0..<6, using: &generator) == 0 ? "  # größe" : ""
            return "\(indent)\(pair.key): \(pair.value)\(comment)\n"
        }.joined()
    }

    private static func scalar(_ text: String, _ generator: inout SplitMix64) -> String {
        let isPlainSafe = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: " ") || byte == UInt8(ascii: ".")
        }
        switch Int.random(in: 0..<3, using: &generator) {
        case 0 where isPlainSafe && text != "null": return text
        case 1: return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        default: return doubleQuoted(text)
        }
    }

    private static func doubleQuoted(_ text: String) -> String {
        var quoted = ""
        for character in text {
            switch character {
            case "\\": quoted += "\\\\"
            case "\"": quoted += "\\\""
            case "\n": quoted += "\\n"
            default: quoted.append(character)
            }
        }
        return "\"\(quoted)\""
    }

    private static func list(_ texts: [String], _ generator: inout SplitMix64) -> String {
        if texts.count == 1, Bool.random(using: &generator), let text = texts.first { return scalar(text, &generator) }
        return "[" + texts.map { doubleQuoted($0) }.joined(separator: ", ") + "]"
    }

    private static func checks(_ checks: [Check], _ generator: inout SplitMix64) -> String {
        let items = checks.map { check in
            let timeout = check.timeout.map { ", timeout: " + duration($0, &generator) } ?? ""
            let key = Bool.random(using: &generator) ? "run" : "command"
            return "{name: \(doubleQuoted(check.name)), \(key): \(doubleQuoted(check.command))\(timeout)}"
        }
        return "[" + items.joined(separator: ", ") + "]"
    }

    private static func duration(_ duration: Duration, _ generator: inout SplitMix64) -> String {
        let milliseconds = duration.milliseconds
        if Bool.random(using: &generator) { return "\(milliseconds)ms" }
        let (minutes, rest) = milliseconds.quotientAndRemainder(dividingBy: 60_000)
        return "\(minutes)m\(rest / 1000)s\(rest % 1000)ms"
    }

    private static func dollars(_ microdollars: Int) -> String {
        let digits = String(microdollars % 1_000_000)
        return "\(microdollars / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
