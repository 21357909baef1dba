package import StrettoCore

/// Turns an agent's standard output into lines for people, with colours as the only control sequences.
///
/// Works on chunks as they come, wherever they are cut. The output of a builder without events passes through unchanged.
package struct TranscriptRenderer: Sendable {
    private var decoder: (any StreamDecoder)?
    private var page = TranscriptPage()

    /// - Parameters:
    ///   - builder: whose output it is.
    ///   - output: how it is to be read, where a user described the builder.
    package init(builder: BuilderName, output: OutputFormat? = nil) {
        let context = StreamContext()
        decoder = if let output { output.makeDecoder(context) } else { builder.builder.makeDecoder(context) }
    }

    /// The lines that `chunk` completes.
    package mutating func render(_ chunk: [UInt8]) -> [UInt8] {
        guard var decoder else { return chunk }
        let events = decoder.decode(chunk)
        self.decoder = decoder
        for event in events { page.write(event) }
        return page.taken()
    }

    /// What an output that ended within a line still says.
    package mutating func finish() -> [UInt8] {
        guard var decoder else { return [] }
        let events = decoder.finish()
        self.decoder = decoder
        for event in events { page.write(event) }
        page.finish()
        return page.taken()
    }
}

/// Lays out events as coloured lines.
struct TranscriptPage: Sendable {
    /// Of a tool's answer, so many lines are shown.
    static let resultLineCountMax = 6
    /// Of a command, so many lines are shown.
    static let commandLineCountMax = 8
    /// A longer line is cut.
    static let lineBytesMax = 2000

    /// Select Graphic Rendition parameters, by meaning.
    private enum Style: String {
        case plain = ""
        case dim = "2"
        case bold = "1"
        case good = "32"
        case bad = "31"
        case attention = "33"
        case action = "36"
    }

    private var bytes: [UInt8] = []
    private var usage = Usage.zero
    /// An error that the next event may repeat.
    private var complaint: String?

    /// Everything written since the last call.
    mutating func taken() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    mutating func write(_ event: AgentEvent) {
        writeComplaint(unlessIn: event)
        switch event {
        case .began(let model, _):
            line(.dim, "started" + (model.map { " with \($0)" } ?? ""))
        case .text(let text):
            block(text, .plain)
        case .thinking(let text):
            block(text, .dim)
        case .toolCall(let call):
            write(call)
        case .toolResult(let result):
            write(result)
        case .usage(let usage):
            self.usage = usage
        case .retrying(let failure, let attempt):
            line(.attention, "trying again (\(attempt)): \(failure.message)")
        case .limit(let limit):
            let reset = limit.reset.map { ", resets at \($0.utcText)" } ?? ""
            let name = limit.name.map { " (\($0))" } ?? ""
            line(
                limit.isReached ? .bad : .attention,
                "usage limit \(limit.isReached ? "reached" : "near")\(name)\(reset)"
            )
        case .fellBack(_, let text):
            line(.attention, text)
        case .permissionDenied(let tool, let reason):
            line(.bad, "denied: \(tool)" + (reason.isEmpty ? "" : ": \(reason)"))
        case .question(let question):
            block("asks: " + question, .attention)
        case .complaint(let failure):
            complaint = failure.message
        case .hopeless(let failure):
            line(.bad, "gave up: \(failure.message)")
        case .result(let result):
            write(result)
        case .note(let text):
            block(text, .dim)
        }
    }

    /// Writes an error that was held back, unless the turn's end says the same.
    private mutating func writeComplaint(unlessIn event: AgentEvent) {
        // Figures say nothing about it.
        if case .usage = event { return }
        guard let message = complaint else { return }
        complaint = nil
        if case .result(let result) = event, case .failed(let failure) = result.outcome, failure.message == message {
            return
        }
        line(.bad, "error: \(message)")
    }

    /// Writes what was held back for what might come after it.
    mutating func finish() { writeComplaint(unlessIn: .note("")) }

    private mutating func write(_ call: ToolCall) {
        switch call.kind {
        case .command(let command):
            let lines = Self.lines(command)
            for (place, text) in lines.prefix(Self.commandLineCountMax).enumerated() {
                line([(.action, place == 0 ? "$ " : "  "), (.bold, text)])
            }
            more(lines.count - Self.commandLineCountMax)
        case .edit(let path, let added, let removed):
            line([(.action, "edit "), (.plain, Self.clean(path)), (.good, " +\(added)"), (.bad, " -\(removed)")])
        case .change(let path, let how):
            line([(.action, Self.clean(how) + " "), (.plain, Self.clean(path))])
        case .read(let path):
            line([(.action, "read "), (.plain, Self.clean(path))])
        case .other(let summary):
            let first = Self.lines(summary).first.map { " " + $0 } ?? ""
            line([(.action, Self.clean(call.name)), (.plain, first)])
        }
    }

    private mutating func write(_ result: ToolResult) {
        let lines = Self.lines(result.text)
        let style: Style = result.isError ? .bad : .dim
        for text in lines.prefix(Self.resultLineCountMax) { line([(style, "  " + text)]) }
        more(lines.count - Self.resultLineCountMax)
    }

    private mutating func write(_ result: AgentResult) {
        var facts: [String] = []
        if usage.turns > 0 { facts.append(usage.turns == 1 ? "1 turn" : "\(usage.turns) turns") }
        if let duration = result.duration { facts.append(Self.text(duration)) }
        if usage.tokens > 0 { facts.append("\(Self.grouped(usage.tokens)) tokens") }
        if let microdollars = usage.microdollars { facts.append("~$" + Self.cents(microdollars)) }
        let tail = facts.isEmpty ? "" : " · " + facts.joined(separator: " · ")
        switch result.outcome {
        case .answered: line([(.good, "done"), (.dim, tail)])
        case .aborted: line([(.attention, "interrupted"), (.dim, tail)])
        case .failed(let failure):
            block("failed: " + failure.message, .bad)
            if !tail.isEmpty { line(.dim, String(tail.dropFirst(3))) }
        }
    }

    // MARK: Lines

    private mutating func block(_ text: String, _ style: Style) {
        for text in Self.lines(text) { line([(style, text)]) }
    }

    private mutating func more(_ count: Int) {
        if count > 0 { line(.dim, "  … \(count) more \(count == 1 ? "line" : "lines")") }
    }

    private mutating func line(_ style: Style, _ text: String) { line([(style, Self.clean(text))]) }

    /// Writes clean texts of one line; each line ends its own colours, so that a window may begin anywhere.
    private mutating func line(_ spans: [(Style, String)]) {
        for (style, text) in spans where !text.isEmpty {
            let shown = text.utf8.count > Self.lineBytesMax ? text.cut(toBytes: Self.lineBytesMax) : text
            if style == .plain {
                bytes += shown.utf8
            } else {
                bytes += "\u{1B}[\(style.rawValue)m".utf8
                bytes += shown.utf8
                bytes += "\u{1B}[0m".utf8
            }
        }
        bytes.append(0x0A)
    }

    /// A text as one line, without secrets and control characters.
    private static func clean(_ text: String) -> String {
        Secrets.mask(text).harmless.split(separator: "\n").joined(separator: " ")
    }

    /// The lines of a text without secrets, control characters and empty lines at both ends.
    ///
    /// Masked as a whole, because keys span lines.
    private static func lines(_ text: String) -> [String] {
        var lines = Secrets.mask(text).harmless.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
        return lines.map(String.init)
    }

    private static func text(_ duration: Duration) -> String {
        let tenths = duration.milliseconds / 100
        return tenths < 600 ? "\(tenths / 10).\(tenths % 10) s" : "\(tenths / 600) min \(tenths / 10 % 60) s"
    }

    private static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return digits
    }

    /// Dollars with two digits, rounded up, so that something is never shown as nothing.
    private static func cents(_ microdollars: Int) -> String {
        let cents = (microdollars + 9_999) / 10_000
        return "\(cents / 100)." + (cents % 100 < 10 ? "0" : "") + "\(cents % 100)"
    }
}
