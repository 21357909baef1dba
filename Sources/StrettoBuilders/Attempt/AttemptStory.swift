internal import StrettoCore

/// What an attempt's output has told so far: fed with bytes as they come, asked for a verdict at the end.
struct AttemptStory: Sendable {
    /// Usage is reported at most this often; the rest waits for the next output, or for the end.
    static let reportInterval = Duration.milliseconds(500)

    private let builder: any Builder
    private let prices: PriceList
    private var decoder: (any StreamDecoder)?
    var judgement: Judgement
    /// The model that nobody ordered and the stream does not name, once it is found.
    private var foundModel: String?
    private var askedFor: Usage?
    private var reported = Usage.zero
    private var reportedAt: ContinuousClock.Instant?
    private var reportedTrouble: ProviderTrouble.Kind?
    /// Some output said that going on cannot help.
    private(set) var isHopeless = false

    /// - Parameters:
    ///   - name: whose output it is.
    ///   - program: its description, where a user described it.
    ///   - context: what the output does not say about itself.
    ///   - now: the moment from which a clock time in the output is counted.
    ///   - local: where that clock hangs.
    init(
        _ name: BuilderName,
        program: AgentProgram? = nil,
        _ context: StreamContext = StreamContext(),
        now: Timestamp,
        local: TimeZoneRules
    ) {
        builder = name.builder(program)
        prices = context.prices
        decoder = builder.makeDecoder(context)
        judgement = Judgement(name, program: program, now: now, local: local)
    }

    /// Whether the output is a stream of events, not text for people.
    var decodesEvents: Bool { decoder != nil }

    /// Takes in the next bytes of standard output.
    mutating func take(_ chunk: [UInt8]) {
        guard var decoder else { return }
        let events = decoder.decode(chunk)
        self.decoder = decoder
        note(events)
    }

    /// Takes in that the output is over.
    mutating func finish() {
        guard var decoder else { return }
        let events = decoder.finish()
        self.decoder = decoder
        note(events)
    }

    private mutating func note(_ events: [AgentEvent]) {
        for event in events {
            judgement.note(event)
            if case .hopeless = event { isHopeless = true }
        }
    }

    /// Everything that the attempt used; nil where the output told nothing.
    var usage: Usage? {
        guard let usage = judgement.usage else { return nil }
        guard let foundModel, usage.models.isEmpty else { return usage }
        let tokens = ModelUsage(
            model: foundModel,
            inputTokens: usage.inputTokens,
            outputTokens: usage.outputTokens,
            cachedTokens: usage.cachedTokens,
            cacheWriteTokens: usage.cacheWriteTokens
        )
        var named = prices.usage(of: tokens)
        named.turns = usage.turns
        named.apiMilliseconds = usage.apiMilliseconds
        named.isEstimate = usage.isEstimate
        return named
    }

    /// Looks for the model in the program's own files, where tokens have come without one.
    mutating func findModel(environment: [String: String]) {
        guard foundModel == nil, let usage = judgement.usage, usage.tokens > 0, usage.models.isEmpty,
            usage != askedFor, let session = judgement.sessionID
        else { return }
        askedFor = usage
        foundModel = builder.model(ofSession: session, environment: environment)
    }

    /// The usage, where it has grown since it was last reported and that is long enough ago.
    mutating func usageToReport(at now: ContinuousClock.Instant) -> Usage? {
        guard let usage, usage != reported else { return nil }
        if let reportedAt, reportedAt.duration(to: now) < Self.reportInterval { return nil }
        reported = usage
        reportedAt = now
        return usage
    }

    /// What stands in the agent's way, where it has not been reported since the agent last worked.
    mutating func troubleToReport() -> ProviderTrouble? {
        let trouble = judgement.presentTrouble
        defer { reportedTrouble = trouble?.kind }
        return trouble?.kind == reportedTrouble ? nil : trouble
    }
}
