package import StrettoCore

/// What `stretto.yaml` says: agents that users describe, and what counts for every plan that does not say otherwise.
package struct Configuration: Hashable, Sendable {
    /// What a plan has where it says nothing; the described agents are a part of it.
    package var settings: PlanSettings
    /// The names of all described agents, in the order written, also of those whose description is faulty.
    package var agentNames: [String]
    /// The board's theme; nil: what suits the terminal.
    package var theme: String?

    /// Nothing but what comes with Stretto.
    package init(settings: PlanSettings = PlanSettings(), agentNames: [String] = []) {
        self.settings = settings
        self.agentNames = agentNames
    }

    /// Everything that a plan may name as a builder.
    package var builderNames: [String] { BuilderName.builtIn.map(\.rawValue) + agentNames }
}

/// One configuration file as read on top of another one.
package struct ConfigurationReading: Sendable {
    /// As far as it could be read; not to be used for a run where any problem is an error.
    package let configuration: Configuration
    /// In the order of their positions.
    package let problems: [PlanProblem]

    /// Whether it may be used.
    package var isUsable: Bool { !problems.contains { $0.severity == .error } }
}

/// Reads `stretto.yaml`, the project's or the user's: all problems at once, each with line, column and a fix.
package enum ConfigurationFile {
    /// The file's name, in the repository's root as in the user's configuration directory.
    package static let name = "stretto.yaml"
    /// How large it may be, in bytes.
    package static let bytesMax = 1 << 20
    /// How many agents may be described.
    package static let agentsMax = 50

    /// Reads a file whose word comes before that of `base`; an agent described in both is the file's.
    package static func read(_ bytes: [UInt8], over base: Configuration = Configuration()) -> ConfigurationReading {
        guard bytes.count <= bytesMax else {
            let message = "the file has \(bytes.count) bytes, and \(name) may have \(bytesMax)"
            return ConfigurationReading(
                configuration: base,
                problems: [PlanProblem(.error, at: .start, message, fix: "make it shorter")]
            )
        }
        let source = SourceText(bytes)
        var problems = source.problems
        var configuration = base
        if !problems.contains(where: { $0.severity == .error }) {
            do throws(PlanProblem) {
                var builder = YAMLTreeBuilder(source)
                let root = try builder.build()
                var reader = PlanReader(source: source, knownRoles: nil, configuration: base)
                configuration = reader.readConfiguration(root)
                problems += builder.problems + reader.problems
            } catch {
                problems.append(error)
            }
        }
        return ConfigurationReading(
            configuration: configuration,
            problems: Array(problems.sorted(by: PlanProblem.precedes).prefix(PlanFile.problemsMax))
        )
    }
}

extension PlanReader {
    /// Everything that the file says, on top of the configuration that the reader has.
    fileprivate mutating func readConfiguration(_ root: YAMLNode?) -> Configuration {
        let base = configuration ?? Configuration()
        guard let root, !root.isNull else { return base }
        guard let top = Fields(root, owner: ConfigurationFile.name) else {
            report(
                .error,
                at: root,
                "\(ConfigurationFile.name) is a mapping, not \(root.kind)",
                fix: "begin with 'agents:'"
            )
            return base
        }
        refuseUnknownKeys(of: top, known: .configuration)
        let (names, programs) = agentPrograms(top["agents"])
        var known = base
        known.agentNames = base.agentNames.filter { !names.contains($0) } + names
        known.settings.agents.programs =
            base.settings.agents.programs.filter { !names.contains($0.name.rawValue) } + programs
        configuration = known
        known.settings = settings(top, over: known.settings)
        known.theme = line(top["theme"]) ?? base.theme
        return known
    }

    /// Reports every key that means nothing: in a file of our own each of them is a slip.
    mutating func refuseUnknownKeys(of fields: Fields, known: KnownKeys) {
        for entry in fields.entries where !known.isExpected(entry.key) {
            let fix =
                (known.synonyms[entry.key] ?? NearestName.suggestion(for: entry.key, among: known.used))
                .map { "did you mean '\($0)'?" } ?? "use \(Self.either(known.used))"
            let place = source.position(ofByte: entry.keySpan.lower)
            report(.error, at: place, "\(quoted(entry.key)) of \(fields.owner) is no key that Stretto knows", fix: fix)
        }
    }
}

extension KnownKeys {
    fileprivate static let configuration = KnownKeys(
        used: [
            "agents", "builder", "model", "roles", "routing", "model_escalation", "workers", "gates", "preset",
            "permissions", "setup", "copy", "checks", "max_attempts", "backoff_base", "backoff_max", "timeout",
            "stall_timeout", "environment", "budget", "circuit_breaker_threshold", "circuit_breaker_reset_timeout",
            "theme",
        ],
        synonyms: ["agent": "agents", "builders": "agents", "max_workers": "workers"]
    )
}
