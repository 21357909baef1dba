internal import StrettoCore
internal import StrettoProcess

/// Reads `codex exec --json`: one JSON object a line, keys in any order, types unknown to us ignored.
struct CodexDecoder: JSONLineDecoder {
    var lines = LineSplitter()
    private var usage: CodexUsage
    /// Items that have begun and not ended, oldest first.
    private var open: [String] = []
    /// The lines are of another protocol of the same program's.
    private var hasToldOfServer = false

    private enum LineType {
        case threadStarted, turnStarted, itemStarted, itemCompleted, turnCompleted, turnFailed, error
    }

    /// The frequent ones first.
    private static let types: [(text: StaticString, choice: LineType)] = [
        ("item.completed", .itemCompleted), ("item.started", .itemStarted), ("turn.started", .turnStarted),
        ("turn.completed", .turnCompleted), ("turn.failed", .turnFailed), ("thread.started", .threadStarted),
        ("error", .error),
    ]

    /// More at once are not kept in mind; one that is forgotten shows its call twice.
    private static let openCountMax = 256
    private static let idBytesMax = 128

    init(_ context: StreamContext = StreamContext()) { usage = CodexUsage(context) }

    mutating func finish() -> [AgentEvent] {
        let last = lastLine()
        guard usage.isUnsettled else { return last }
        return last + [.usage(usage.total)]
    }

    mutating func read(_ value: JSON, into events: inout [AgentEvent]) {
        switch value.choice(of: "type", among: Self.types) {
        case .threadStarted:
            events.append(.began(model: nil, sessionID: value.string(of: "thread_id", bytesMax: Self.idBytesMax)))
        case .turnStarted:
            usage.turnBegan()
        case .itemStarted:
            usage.wasAnswered()
            if let item = CodexItem(value["item"]) { begin(item, &events) }
        case .itemCompleted:
            usage.wasAnswered()
            if let item = CodexItem(value["item"]) { end(item, &events) }
        case .turnCompleted:
            usage.turnEnded(value["usage"])
            endTurn(.answered, &events)
        case .turnFailed:
            let message = value["error"]?["message"]?.string(bytesMax: CodexItem.messageBytesMax) ?? "the turn failed"
            usage.turnEnded(nil)
            endTurn(.failed(CodexFailure.failure(message)), &events)
        case .error:
            events += error(value.string(of: "message", bytesMax: CodexItem.messageBytesMax) ?? "")
        case nil:
            guard !hasToldOfServer, value["method"] != nil, value["type"] == nil else { break }
            hasToldOfServer = true
            events.append(.note("messages of `codex app-server` are not read, but those of `codex exec --json`"))
        }
    }

    private func endTurn(_ outcome: AgentResult.Outcome, _ events: inout [AgentEvent]) {
        events.append(.usage(usage.total))
        events.append(.result(AgentResult(outcome: outcome, text: "", duration: nil)))
    }

    /// An `error` is not the end: most of them say that codex tries again.
    private mutating func error(_ message: String) -> [AgentEvent] {
        guard let retry = CodexFailure.retry(message) else { return [.complaint(CodexFailure.failure(message))] }
        let retrying = AgentEvent.retrying(retry.failure, attempt: retry.attempt)
        guard retry.failure.kind == .refusedLogin else { return [retrying] }
        // The same key is refused again each time.
        usage.turnWasRefused()
        return [retrying, .hopeless(retry.failure)]
    }

    private mutating func begin(_ item: CodexItem, _ events: inout [AgentEvent]) {
        let before = events.count
        item.appendCalls(to: &events)
        guard events.count > before, let id = item.id else { return }
        open.append(id)
        if open.count > Self.openCountMax { open.removeFirst() }
    }

    private mutating func end(_ item: CodexItem, _ events: inout [AgentEvent]) {
        guard item.isCall else { return say(item, &events) }
        if let place = item.id.flatMap({ open.firstIndex(of: $0) }) {
            open.remove(at: place)
        } else {
            // A call that ended at once has no beginning of its own.
            item.appendCalls(to: &events)
        }
        if let result = item.result { events.append(.toolResult(result)) }
    }

    private mutating func say(_ item: CodexItem, _ events: inout [AgentEvent]) {
        guard let words = item.words else { return }
        switch words {
        case .text(let text), .thinking(let text): usage.noteOutput(bytes: text.utf8.count)
        default: break
        }
        events.append(words)
    }
}
