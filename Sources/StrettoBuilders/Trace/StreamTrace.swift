package import StrettoCore

/// How Stretto reads an agent's recorded output: each event as it comes, and in the end what it makes of them.
///
/// It goes through the very parts that a run uses, and holds no more of the output than one line.
package struct StreamTrace: Sendable {
    private let builder: BuilderName
    private var decoder: (any StreamDecoder)?
    private var judgement: Judgement
    private var eventCount = 0

    /// - Parameters:
    ///   - builder: whose output it is; one whose output is a stream of events.
    ///   - program: its description, where a user described it.
    ///   - time: when the output was written: a clock time in it is counted from then.
    ///   - prices: what tokens cost where the agent does not say it.
    ///   - environment: says which zone this machine's clocks show.
    package init(
        _ builder: BuilderName,
        program: AgentProgram? = nil,
        time: Timestamp,
        prices: PriceList,
        environment: [String: String]
    ) {
        self.builder = builder
        let context = StreamContext(model: program?.model, prices: prices.preceded(by: program?.prices ?? []))
        decoder = builder.builder(program).makeDecoder(context)
        judgement = Judgement(builder, program: program, now: time, local: .local(environment: environment))
    }

    /// Whose output begins so: codex names a thread or a turn first, claude a session; nil where neither can be told.
    package static func builder(of beginning: [UInt8]) -> BuilderName? {
        let line = beginning.prefix { $0 != 0x0A }
        guard let value = try? JSONParser.parse(line), let type = value["type"]?.string else { return nil }
        if ["thread.", "turn.", "item."].contains(where: { type.hasPrefix($0) }) { return .codex }
        return value["session_id"] == nil ? nil : .claude
    }

    /// The events that `chunk` completes.
    package mutating func read(_ chunk: [UInt8]) -> [TracedEvent] {
        guard var decoder else { return [] }
        let events = decoder.decode(chunk)
        self.decoder = decoder
        return note(events)
    }

    /// What an output that ended within a line still says.
    package mutating func finish() -> [TracedEvent] {
        guard var decoder else { return [] }
        let events = decoder.finish()
        self.decoder = decoder
        return note(events)
    }

    /// Reads `chunk` as a run does, without telling what was read; returns how many events it completed.
    package mutating func skim(_ chunk: [UInt8]) -> Int {
        guard var decoder else { return 0 }
        let events = decoder.decode(chunk)
        self.decoder = decoder
        for event in events { judgement.note(event) }
        return events.count
    }

    private mutating func note(_ events: [AgentEvent]) -> [TracedEvent] {
        events.map { event in
            judgement.note(event)
            eventCount += 1
            return TracedEvent(number: eventCount, event)
        }
    }

    /// What a run would make of it, were the process to end so.
    package func reading(_ status: ExitStatus, standardError: String) -> StreamReading {
        let end = judgement.end(status, standardErrorTail: standardError)
        let outcome: StreamReading.Outcome
        let why: String
        switch end.verdict {
        case .completed(evidence: true): (outcome, why) = (.completed, "its end is proof")
        case .completed(evidence: false):
            outcome = .unproven
            why = "\(builder.rawValue) says that it is done; a change, a check or a report has to prove it"
        case .failed(let sentence): (outcome, why) = (.failed, sentence)
        case .interrupted(let sentence): (outcome, why) = (.interrupted, sentence)
        }
        return StreamReading(
            builder: builder,
            model: judgement.model,
            fallbackModel: judgement.fallbackModel,
            session: judgement.sessionID,
            events: eventCount,
            exit: "\(status)",
            outcome: outcome,
            why: why,
            countsAsAttempt: outcome != .interrupted,
            trouble: end.trouble,
            usage: judgement.usage,
            denials: judgement.denials
        )
    }
}

/// One event of an agent's output, as Stretto reads it.
package struct TracedEvent: Hashable, Sendable, Encodable {
    /// Counted from 1.
    package let number: Int
    /// `text`, `tool_call`, `usage` and so on.
    package let event: String
    /// On one line, without secrets and control characters; at most ``detailBytesMax`` bytes.
    package let detail: String
    /// What was used so far, where the event is about that.
    package let usage: Usage?

    package static let detailBytesMax = 400

    init(number: Int, _ event: AgentEvent) {
        self.number = number
        var usage: Usage?
        var detail = ""
        switch event {
        case .began(let model, let session):
            self.event = "began"
            detail = [model, session].compactMap(\.self).joined(separator: ", ")
        case .text(let text): (self.event, detail) = ("text", text)
        case .thinking(let text): (self.event, detail) = ("thinking", text)
        case .toolCall(let call): (self.event, detail) = ("tool_call", Self.words(call))
        case .toolResult(let result):
            (self.event, detail) = (result.isError ? "tool_error" : "tool_result", result.text)
        case .usage(let used):
            self.event = "usage"
            usage = used
        case .complaint(let failure): (self.event, detail) = ("error", Self.words(failure))
        case .retrying(let failure, let attempt):
            (self.event, detail) = ("retrying", "\(attempt): \(Self.words(failure))")
        case .limit(let limit):
            self.event = limit.isReached ? "limit_reached" : "limit_near"
            detail = [limit.name, limit.reset.map { "resets at \($0.utcText)" }].compactMap(\.self).joined(
                separator: ", "
            )
        case .fellBack(let model, let text): (self.event, detail) = ("fell_back", "\(model): \(text)")
        case .permissionDenied(let tool, let reason): (self.event, detail) = ("denied", "\(tool): \(reason)")
        case .question(let question): (self.event, detail) = ("question", question)
        case .hopeless(let failure): (self.event, detail) = ("hopeless", Self.words(failure))
        case .result(let result): (self.event, detail) = ("result", Self.words(result))
        case .note(let text): (self.event, detail) = ("note", text)
        }
        // Cut before it is masked, because an answer may have megabytes; a key cut in two is cut again below.
        let beginning = detail.cut(toBytes: Self.detailBytesMax * 4)
        self.detail = Secrets.mask(beginning).harmless.split(separator: "\n").joined(separator: " ").cut(
            toBytes: Self.detailBytesMax
        )
        self.usage = usage
    }

    private static func words(_ failure: AgentFailure) -> String { "\(failure.kind.rawValue): \(failure.message)" }

    private static func words(_ call: ToolCall) -> String {
        switch call.kind {
        case .command(let command): "\(call.name): \(command)"
        case .edit(let path, let added, let removed): "\(call.name): \(path) +\(added) -\(removed)"
        case .read(let path): "\(call.name): \(path)"
        case .change(let path, let how): "\(call.name): \(how) \(path)"
        case .other(let summary): summary.isEmpty ? call.name : "\(call.name): \(summary)"
        }
    }

    private static func words(_ result: AgentResult) -> String {
        switch result.outcome {
        case .answered: "answered"
        case .aborted: "aborted"
        case .failed(let failure): "failed, \(words(failure))"
        }
    }
}

/// What Stretto makes of an agent's output and of its process's end.
package struct StreamReading: Hashable, Sendable, Encodable {
    /// How the attempt counts.
    package enum Outcome: String, Hashable, Sendable, Encodable {
        case completed
        /// It says that it is done, and nothing in its end proves it.
        case unproven
        case failed
        /// Not the task's fault.
        case interrupted
    }

    package let builder: BuilderName
    package let model: String?
    /// The model that took over from it.
    package let fallbackModel: String?
    package let session: String?
    package let events: Int
    package let exit: String
    package let outcome: Outcome
    package let why: String
    /// Whether the task has one attempt less for it.
    package let countsAsAttempt: Bool
    package let trouble: ProviderTrouble?
    package let usage: Usage?
    /// How often each tool was denied.
    package let denials: [String: Int]
}
