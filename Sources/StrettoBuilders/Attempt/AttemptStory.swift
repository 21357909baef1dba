internal import StrettoCore

/// What an attempt's output has told so far: fed with bytes as they come, asked for a verdict at the end.
struct AttemptStory: Sendable {
    /// Usage is reported at most this often; the rest waits for the next output, or for the end.
    static let reportInterval = Duration.milliseconds(500)

    private var decoder: (any StreamDecoder)?
    private(set) var judgement: Judgement
    private var reported = Usage.zero
    private var reportedAt: ContinuousClock.Instant?
    /// Some output said that going on cannot help.
    private(set) var isHopeless = false

    init(_ name: BuilderName) {
        let builder = name.builder
        decoder = builder.makeDecoder()
        judgement = Judgement(builder, name: name.rawValue, decodesEvents: decoder != nil)
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
}
