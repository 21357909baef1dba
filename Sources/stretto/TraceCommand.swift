import Glibc
import StrettoBuilders
import StrettoCommand
import StrettoCore
import StrettoPlanFile
import StrettoProcess

/// `trace`: how Stretto reads an agent's recorded output, for support and for curiosity.
enum TraceCommand {
    private static let chunkBytesMax = 64 << 10
    /// Of standard error, so much of its end is looked at, as in a run.
    private static let standardErrorBytesMax = 4096

    static func run(_ options: TraceOptions) throws -> ExitCode {
        let environment = Environment.current()
        let file = try opened(options.path)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw Refusal("'\(options.path)' cannot be read") }
        let written = Timestamp(milliseconds: Int64(status.st_mtim.tv_sec) * 1000)

        var chunk = try file.read(chunkBytesMax) ?? []
        guard let builder = options.builder ?? StreamTrace.builder(of: chunk) else {
            throw Refusal("'\(options.path)' does not begin as an agent's output does: say whose it is with --builder")
        }
        let program = try described(builder)
        var trace = StreamTrace(
            builder,
            program: program,
            time: written,
            prices: try PriceList.load(environment: environment),
            environment: environment
        )
        while !chunk.isEmpty {
            guard try show(trace.read(chunk), options.format) else { return .goalMet }
            chunk = try file.read(chunkBytesMax) ?? []
        }
        guard try show(trace.finish(), options.format) else { return .goalMet }
        let standardError = try options.standardErrorPath.map(end(of:)) ?? ""
        try show(trace.reading(options.status, standardError: standardError), options.format)
        return .goalMet
    }

    /// The description of a builder that does not come with Stretto; throws where its output cannot be traced.
    private static func described(_ builder: BuilderName) throws -> AgentProgram? {
        if builder == .claude || builder == .codex { return nil }
        let found = FoundConfiguration.here()
        try found.demandUse()
        if let program = found.configuration.settings.agents.program(builder), program.output.isStream {
            return program
        }
        if builder == .command || found.configuration.agentNames.contains(builder.rawValue) {
            throw Refusal("the output of '\(builder.rawValue)' is plain text, in which nothing is read")
        }
        let names = found.configuration.builderNames.filter { $0 != BuilderName.command.rawValue }
        let near = NearestName.suggestion(for: builder.rawValue, among: names).map { "did you mean '\($0)'?" }
        let fix = near ?? "use one of \(names.joined(separator: ", ")), or describe it in stretto.yaml"
        throw Refusal("--builder '\(builder.rawValue)' names no agent: \(fix)")
    }

    private static func end(of path: String) throws -> String {
        let file = try opened(path)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw Refusal("'\(path)' cannot be read") }
        let start = max(0, Int(status.st_size) - standardErrorBytesMax)
        return String(decoding: try file.read(standardErrorBytesMax, at: start), as: UTF8.self)
    }

    private static func opened(_ path: String) throws -> Descriptor {
        do {
            return try Descriptor.open(path, O_RDONLY)
        } catch {
            throw Refusal("\(path): \(error): name a file that holds an agent's recorded output")
        }
    }

    /// False when nobody reads any more.
    private static func show(_ events: [TracedEvent], _ format: DocumentFormat) throws -> Bool {
        for event in events {
            switch format {
            case .json: try Output.json(event)
            case .text:
                let name = event.event + String(repeating: " ", count: max(0, 14 - event.event.count))
                let detail = event.usage.map(TraceText.words) ?? event.detail
                guard Output.write(Array("\(name)\(detail)\n".utf8), to: 1) else { return false }
            }
        }
        return true
    }

    private static func show(_ reading: StreamReading, _ format: DocumentFormat) throws {
        switch format {
        case .json: try Output.json(reading)
        case .text: TraceText.lines(reading).forEach(Output.line)
        }
    }
}

/// A reading in words.
enum TraceText {
    static func lines(_ reading: StreamReading) -> [String] {
        var lines = ["", "builder       \(reading.builder.rawValue)"]
        if let model = reading.model { lines.append("model         \(model)") }
        if let model = reading.fallbackModel { lines.append("taken over    by \(model)") }
        if let session = reading.session { lines.append("session       \(session)") }
        if let usage = reading.usage {
            lines.append("used          \(words(usage))")
            if usage.hasMoney { lines.append("              " + Figures.disclaimer) }
        }
        for model in reading.usage?.models ?? [] {
            let money = model.microdollars.map { Figures.money(microdollars: $0) } ?? "price unknown"
            lines.append("  \(model.model): \(Figures.tokens(model.inputTokens + model.outputTokens)) tokens, \(money)")
        }
        if let trouble = reading.trouble {
            lines.append("trouble       \(trouble.kind.rawValue)" + (trouble.provider.map { " of \($0)" } ?? ""))
            if let resets = trouble.resets { lines.append("resets        \(resets.utcText)") }
            if let remedy = trouble.remedy { lines.append("remedy        \(remedy)") }
        }
        for denial in reading.denials.sorted(by: { $0.key < $1.key }) {
            lines.append("denied        \(denial.key), \(denial.value) times")
        }
        lines.append("process       ended with \(reading.exit)")
        lines.append("outcome       \(reading.outcome.rawValue)" + (reading.countsAsAttempt ? "" : ", not counted"))
        lines.append("why           \(reading.why)")
        return lines
    }

    static func words(_ usage: Usage) -> String {
        let money = usage.microdollars.map { Figures.money(microdollars: $0) } ?? "price unknown"
        let kinds = Figures.kinds(of: usage, count: { "\($0)" })
        return "tokens: \(kinds), \(money)" + (usage.isEstimate ? ", at least" : "")
    }
}
