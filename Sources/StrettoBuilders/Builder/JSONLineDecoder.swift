internal import StrettoCore
internal import StrettoProcess

/// Decodes a stream of one JSON object a line.
protocol JSONLineDecoder: StreamDecoder {
    var lines: LineSplitter { get set }

    /// Appends what one line's value says; nothing where its type is unknown.
    mutating func read(_ value: JSON, into events: inout [AgentEvent])
}

extension JSONLineDecoder {
    /// Among short lines; of long ones a few places stay empty.
    private static var usualLineBytes: Int { 256 }

    mutating func decode(_ chunk: [UInt8]) -> [AgentEvent] {
        var rest = chunk[...]
        var events: [AgentEvent] = []
        events.reserveCapacity(chunk.count / Self.usualLineBytes)
        while let line = lines.next(from: &rest) { read(line, into: &events) }
        return events
    }

    mutating func finish() -> [AgentEvent] { lastLine() }

    /// What a last line without a line feed still says.
    mutating func lastLine() -> [AgentEvent] {
        var events: [AgentEvent] = []
        if let line = lines.finish() { read(line, into: &events) }
        return events
    }

    private mutating func read(_ line: Line, into events: inout [AgentEvent]) {
        if line.bytes.isEmpty { return }
        // An agent's answer of 2 MB came as one line of 4 MB; nothing honest comes near the limit.
        if line.isTruncated {
            events.append(.note("a line of more than \(lines.lineBytesMax) bytes was passed over"))
        } else if let value = try? JSONParser.parse(line.bytes) {
            read(value, into: &events)
        } else {
            // Anything that is no JSON is a stray print of some library in the agent's process.
            events.append(.note(line.text))
        }
    }
}
