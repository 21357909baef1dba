internal import StrettoCore

/// What is known about an attempt once its process is over, gathered from its events while they came.
///
/// The rules, first match wins. They look at structured events and the exit status; an agent's words are only passed on.
///
/// | last event that counts | exit | verdict |
/// |---|---|---|
/// | usage limit, rate limit, broken provider | any | interrupted |
/// | another failure | any | failed, with the remedy |
/// | hopeless (nothing after it) | any | failed, with the remedy |
/// | aborted | any | interrupted |
/// | answered | 0 | completed |
/// | answered | unknown | completed, without evidence: the answer was complete, only the keeper is gone |
/// | answered | signal, 128 + n | interrupted |
/// | answered | other code | failed |
/// | no result, events expected | 0 | failed: it ended without a result |
/// | no result, events expected | signal, 128 + n, unknown | interrupted |
/// | no result | other code | failed, with the end of its standard error |
/// | none expected (plain output) | 0 | completed |
struct Judgement: Sendable {
    private let name: String
    private let decodesEvents: Bool
    private let exitIsEvidence: Bool
    private let remedy: @Sendable (AgentFailure.Kind) -> String?

    private var result: AgentResult?
    private var hopeless: AgentFailure?
    private var limit: ProviderLimit?
    private(set) var usage: Usage?
    private(set) var question: String?
    private(set) var denials: [String: Int] = [:]

    init(_ builder: any Builder, name: String, decodesEvents: Bool) {
        self.name = name
        self.decodesEvents = decodesEvents
        exitIsEvidence = builder.exitIsEvidence
        remedy = { builder.remedy(for: $0) }
    }

    /// Takes note of an event.
    mutating func note(_ event: AgentEvent) {
        switch event {
        case .result(let result):
            self.result = result
            // Where we ended it for being hopeless, that stays the reason.
            if result.outcome != .aborted { hopeless = nil }
        case .hopeless(let failure):
            hopeless = failure
        case .text, .toolCall:
            // It went on after all.
            hopeless = nil
        case .limit(let limit):
            if limit.isReached { self.limit = limit }
        case .usage(let usage):
            self.usage = usage
        case .question(let question):
            self.question = question
        case .permissionDenied(let tool, _):
            denials[tool, default: 0] += 1
        case .began, .thinking, .toolResult, .retrying, .note:
            break
        }
    }

    /// The process's own part of the verdict; the report comes on top of it.
    func verdict(_ status: ExitStatus, standardErrorTail: String) -> Verdict {
        if let verdictOfHopelessness { return verdictOfHopelessness }
        switch result?.outcome {
        case .failed(let failure):
            return verdict(of: failure)
        case .aborted:
            return .interrupted("\(name) was interrupted")
        case .answered:
            return verdictOfAnswer(status)
        case nil:
            return decodesEvents
                ? verdictWithoutResult(status, standardErrorTail)
                : verdictOfPlainProgram(status, standardErrorTail)
        }
    }

    /// The verdict where we ended the attempt ourselves because going on could not help; nil where we had no such reason.
    var verdictOfHopelessness: Verdict? { hopeless.map(verdict(of:)) }

    private func verdict(of failure: AgentFailure) -> Verdict {
        if failure.kind == .usageLimit {
            let reset = limit?.reset.map { ": it resets at \($0.utcText)" } ?? ""
            return .interrupted("the usage limit of \(name) is reached\(reset)")
        }
        let said = Secrets.mask(failure.message.cut(toBytes: Self.messageBytesMax))
        if failure.kind.isPassing { return .interrupted("\(name): \(said)") }
        let advice = remedy(failure.kind).map { ": " + $0 } ?? ""
        return .failed("\(name): \(said)\(advice)")
    }

    private func verdictOfAnswer(_ status: ExitStatus) -> Verdict {
        switch status {
        case .code(0): .completed(evidence: exitIsEvidence)
        case .unknown: .completed(evidence: false)
        case .signal: .interrupted("\(name) was ended by \(status) after an answer")
        case .code(let code) where code > 128: .interrupted("\(name) was ended by signal \(code - 128) after an answer")
        case .code: .failed("\(name) answered, but ended with \(status)")
        }
    }

    private func verdictWithoutResult(_ status: ExitStatus, _ tail: String) -> Verdict {
        switch status {
        case .code(0):
            .failed("\(name) ended without a result\(Self.quoted(tail))")
        case .code(let code) where code > 128:
            .interrupted("\(name) was ended by signal \(code - 128) before a result")
        case .code:
            .failed("\(name) ended with \(status) before a result\(Self.quoted(tail))")
        case .signal:
            .interrupted("\(name) was ended by \(status) before a result")
        case .unknown:
            .interrupted("\(name) is gone without a result, and so is its keeper")
        }
    }

    private func verdictOfPlainProgram(_ status: ExitStatus, _ tail: String) -> Verdict {
        switch status {
        case .code(0): .completed(evidence: exitIsEvidence)
        case .code: .failed("the command ended with \(status)\(Self.quoted(tail))")
        case .signal: .interrupted("the command was ended by \(status)")
        case .unknown: .interrupted("the command is gone without an exit status, and so is its keeper")
        }
    }

    /// At most this much of a program's message goes into a verdict.
    static let messageBytesMax = 2000

    private static func quoted(_ tail: String) -> String {
        let lines = Secrets.mask(tail).harmless.split(separator: "\n").suffix(8).joined(separator: "\n")
        return lines.isEmpty ? "" : ":\n" + lines
    }
}
