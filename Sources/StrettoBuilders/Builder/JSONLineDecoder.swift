internal import StrettoCore
internal import StrettoProcess

/// Decodes a stream of one JSON object a line.
protocol JSONLineDecoder: StreamDecoder {
    var lines: LineSplitter { get set }

    /// What one line's value says; nothing where its type is unknown.
    mutating func events(of value: JSON) -> [AgentEvent]
}

extension JSONLineDecoder {
    mutating func decode(_ chunk: [UInt8]) -> [AgentEvent] { lines.append(chunk).flatMap { events(of: $0) } }

    mutating func finish() -> [AgentEvent] { lastLine() }

    /// What a last line without a line feed still says.
    mutating func lastLine() -> [AgentEvent] { lines.finish().map { events(of: $0) } ?? [] }

    private mutating func events(of line: Line) -> [AgentEvent] {
        if line.bytes.isEmpty { return [] }
        // An agent's answer of 2 MB came as one line of 4 MB; nothing honest comes near the limit.
        if line.isTruncated { return [.note("a line of more than \(lines.lineBytesMax) bytes was passed over")] }
        // Anything that is no JSON is a stray print of some library in the agent's process.
        guard let value = try? JSONParser.parse(line.bytes) else { return [.note(line.text)] }
        return events(of: value)
    }
}
