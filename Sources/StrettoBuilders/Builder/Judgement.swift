internal import StrettoCore

/// What is known about an attempt once its process is over, gathered from its events while they came.
///
/// The rules, first match wins. They look at structured events, the exit status and standard error; an agent's words are
/// only passed on. Whether a failure counts against the task is said by its kind: `ProviderTrouble.isBlameless`.
///
/// | last event that counts | exit | verdict |
/// |---|---|---|
/// | hopeless (nothing after it) | any | by its kind |
/// | failed | any | by its kind; a 429 after a reached usage limit is that limit |
/// | aborted | any | interrupted |
/// | answered | 0 | completed |
/// | answered | unknown | completed, without evidence: the answer was complete, only the keeper is gone |
/// | answered | signal, 128 + n | interrupted |
/// | answered | other code | failed |
/// | no result, its last word an error or a retry | any | by its kind |
/// | no result, standard error tells a limit, or what its description says of it | any | by its kind |
/// | no result, events expected | 0 | failed: it ended without a result |
/// | no result, events expected | signal, 128 + n, unknown | interrupted |
/// | no result, none expected | any | as of plain output, without evidence |
/// | no result | other code | failed, with the end of its standard error; interrupted where the program ends so on SIGINT |
/// | none expected (plain output) | 0 | completed |
struct Judgement: Sendable {
    private let name: String
    private let provider: ProviderName?
    private let decodesEvents: Bool
    private let builder: any Builder
    /// The moment from which a clock time in an error message is counted.
    var now: Timestamp
    /// What no sentence may hold.
    var secrets = KnownSecrets.none
    private let local: TimeZoneRules

    private var result: AgentResult?
    private var hopeless: AgentFailure?
    /// An error or a retry that nothing has come after.
    private var complaint: AgentFailure?
    private var limit: ProviderLimit?
    private var isMidTurn = false
    private(set) var usage: Usage?
    private(set) var question: String?
    private(set) var denials: [String: Int] = [:]
    private(set) var sessionID: String?
    private(set) var model: String?
    /// The model that took over because the one asked for had no room.
    private(set) var fallbackModel: String?
    /// Tools that were called and have not answered.
    private(set) var openCallCount = 0

    /// - Parameters:
    ///   - name: whose attempt it is.
    ///   - program: its description, where a user described it.
    ///   - now: the moment from which a clock time in an error message is counted.
    ///   - local: where that clock hangs.
    init(_ name: BuilderName, program: AgentProgram? = nil, now: Timestamp, local: TimeZoneRules) {
        let builder = name.builder(program)
        self.name = name.rawValue
        self.builder = builder
        provider = name.provider
        decodesEvents = builder.makeDecoder(StreamContext()) != nil
        self.now = now
        self.local = local
    }

    /// Takes note of an event.
    mutating func note(_ event: AgentEvent) {
        switch event {
        case .began(let model, let sessionID):
            self.model = model ?? self.model
            self.sessionID = sessionID ?? self.sessionID
            isMidTurn = true
        case .result(let result):
            self.result = result
            isMidTurn = false
            openCallCount = 0
            complaint = nil
            // Where we ended it for being hopeless, that stays the reason.
            if result.outcome != .aborted { hopeless = nil }
        case .hopeless(let failure):
            hopeless = failure
        case .retrying(let failure, _), .complaint(let failure):
            complaint = failure
        case .text, .thinking, .toolCall, .toolResult:
            // It went on after all.
            hopeless = nil
            complaint = nil
            isMidTurn = true
            noteCall(event)
        case .limit(let limit):
            if limit.isReached { self.limit = limit }
        case .usage(let usage):
            self.usage = usage
        case .fellBack(let model, _):
            fallbackModel = model
            complaint = nil
        case .question(let question):
            self.question = question
        case .permissionDenied(let tool, _):
            denials[tool, default: 0] += 1
        case .note:
            break
        }
    }

    private mutating func noteCall(_ event: AgentEvent) {
        switch event {
        // A change that a program tells when it is made has no answer.
        case .toolCall(let call):
            if case .change = call.kind { break }
            openCallCount += 1
        case .toolResult:
            openCallCount = max(0, openCallCount - 1)
        default:
            break
        }
    }

    /// Whether the agent waits for its model, as far as its output tells: within a turn, with no tool at work.
    var awaitsModel: Bool { (isMidTurn || result == nil) && openCallCount == 0 }

    /// The process's own part of the verdict; the report comes on top of it.
    ///
    /// `output` is the end of what a plain program said on standard output: it is quoted, and nothing is read in it.
    func end(
        _ status: ExitStatus,
        standardErrorTail error: String,
        outputTail output: String = ""
    ) -> (verdict: Verdict, trouble: ProviderTrouble?) {
        let tail = error.isEmpty ? output : error
        if let endOfHopelessness { return endOfHopelessness }
        switch result?.outcome {
        case .failed(let failure): return end(of: failure)
        case .aborted: return (.interrupted("\(name) was interrupted"), nil)
        case .answered: return (verdictOfAnswer(status), nil)
        case nil: break
        }
        if let complaint { return end(of: complaint) }
        switch builder.endWithoutResult(status, standardError: error, isMidTurn: isMidTurn) {
        case .interrupted: return (.interrupted("\(name) was interrupted before a result"), nil)
        case .failed(let failure): return end(of: failure)
        case nil: break
        }
        let isPlain = !decodesEvents || !builder.expectsResult
        return (isPlain ? verdictOfPlainProgram(status, tail) : verdictWithoutResult(status, tail), nil)
    }

    /// The end where we ended the attempt ourselves because going on could not help; nil where we had no such reason.
    var endOfHopelessness: (verdict: Verdict, trouble: ProviderTrouble?)? { hopeless.map(end(of:)) }

    /// The error or retry that the agent has not got over yet.
    var presentFailure: AgentFailure? { hopeless ?? complaint }

    /// What stands between the agent and its model at this moment; nil while it works.
    var presentTrouble: ProviderTrouble? {
        if let presentFailure { return trouble(presentFailure) }
        guard let limit, limit.isReached, result == nil else { return nil }
        return trouble(AgentFailure(kind: .usageLimit, message: limit.name ?? ""))
    }

    private func end(of failure: AgentFailure) -> (verdict: Verdict, trouble: ProviderTrouble?) {
        let trouble = trouble(failure)
        let sentence: String
        if trouble.kind == .usageLimit {
            let family = trouble.family.map { " for \($0)" } ?? ""
            let reset = trouble.resets.map { ": it resets at \($0.utcText)" } ?? ""
            sentence = "the usage limit of \(name)\(family) is reached\(reset)"
        } else {
            sentence = "\(name): \(trouble.message)" + (trouble.remedy.map { ": " + $0 } ?? "")
        }
        return (trouble.isBlameless ? .interrupted(sentence) : .failed(sentence), trouble)
    }

    private func trouble(_ failure: AgentFailure) -> ProviderTrouble {
        // Of a limit that an event told before, some versions only say 429 in the end.
        let isLimit = failure.kind == .usageLimit || failure.kind == .rateLimited && limit?.isReached == true
        let kind = isLimit ? .usageLimit : failure.kind
        let said = failure.reset?.instant(at: now, local: local)
        return ProviderTrouble(
            kind,
            provider: provider,
            family: isLimit ? limit?.family ?? failure.family : nil,
            resets: isLimit ? limit?.reset ?? said : said,
            message: secrets.mask(failure.message).harmless.trimmed.cut(toBytes: ProviderTrouble.messageBytesMax),
            remedy: builder.remedy(for: kind)
        )
    }

    private func verdictOfAnswer(_ status: ExitStatus) -> Verdict {
        switch status {
        case .code(0): .completed(evidence: builder.exitIsEvidence)
        case .unknown: .completed(evidence: false)
        case .signal: .interrupted("\(name) was ended by \(status) after an answer")
        case .code(let code) where code > 128: .interrupted("\(name) was ended by signal \(code - 128) after an answer")
        case .code: .failed("\(name) answered, but ended with \(status)")
        }
    }

    private func verdictWithoutResult(_ status: ExitStatus, _ tail: String) -> Verdict {
        switch status {
        case .code(0):
            .failed("\(name) ended without a result\(quoted(tail))")
        case .code(let code) where code > 128:
            .interrupted("\(name) was ended by signal \(code - 128) before a result")
        case .code:
            .failed("\(name) ended with \(status) before a result\(quoted(tail))")
        case .signal:
            .interrupted("\(name) was ended by \(status) before a result")
        case .unknown:
            .interrupted("\(name) is gone without a result, and so is its keeper")
        }
    }

    private func verdictOfPlainProgram(_ status: ExitStatus, _ tail: String) -> Verdict {
        let subject = name == BuilderName.command.rawValue ? "the command" : name
        return switch status {
        case .code(0): .completed(evidence: builder.exitIsEvidence)
        case .code: .failed("\(subject) ended with \(status)\(quoted(tail))")
        case .signal: .interrupted("\(subject) was ended by \(status)")
        case .unknown: .interrupted("\(subject) is gone without an exit status, and so is its keeper")
        }
    }

    private func quoted(_ tail: String) -> String {
        let lines = secrets.mask(tail).harmless.split(separator: "\n").suffix(8).joined(separator: "\n")
        return lines.isEmpty ? "" : ":\n" + lines
    }
}
