internal import StrettoCore

/// What an attempt's output has told so far: fed with bytes as they come, asked for a verdict at the end.
struct AttemptStory: Sendable {
    /// Usage is reported at most this often; the rest waits for the next output, or for the end.
    static let reportInterval = Duration.milliseconds(500)

    private var decoder: (any StreamDecoder)?
    var judgement: Judgement
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
        decoder = name.builder(program).makeDecoder(context)
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

    /// The usage, where it has grown since it was last reported and that is long enough ago.
    mutating func usageToReport(at now: ContinuousClock.Instant) -> Usage? {
        guard let usage = judgement.usage, usage != reported else { return nil }
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
