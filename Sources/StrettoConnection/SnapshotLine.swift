internal import StrettoCore
internal import StrettoJSON

/// A run's state as the line that every new client gets.
///
/// Each task's text is kept until the task changes: of thousands mostly a few have, and somebody waits for their screen.
struct SnapshotLine {
    private(set) var snapshot: RunSnapshot
    private var texts: [TaskID: EncodedText] = [:]
    /// The whole line with its line feed; nil where something has changed since somebody needed it.
    private var line: [UInt8]?

    init(_ snapshot: RunSnapshot) { self.snapshot = snapshot }

    mutating func apply(_ update: RunUpdate) {
        snapshot.apply(update)
        for task in update.tasks { texts[task.id] = nil }
        // A revised plan may have lost some.
        if update.taskOrder != nil { texts = [:] }
        line = nil
    }

    /// What ``MessageCodec`` makes of the whole snapshot.
    mutating func bytes() throws(ConnectionError) -> [UInt8] {
        if let line { return line }
        var tasks: [EncodedText] = []
        tasks.reserveCapacity(snapshot.tasks.count)
        for place in snapshot.tasks.indices {
            tasks.append(try text(ofTaskAt: place))
        }
        let whole = Message.Snapshot(header: snapshot.header, tasks: tasks, handoff: snapshot.handoff)
        let line = try MessageCodec.serverLine(Message(snapshot: Message.Value(first: whole)))
        self.line = line
        return line
    }

    private mutating func text(ofTaskAt place: Int) throws(ConnectionError) -> EncodedText {
        let id = snapshot.tasks[place].id
        if let text = texts[id] { return text }
        let text = try MessageCodec.text(ofPart: snapshot.tasks[place])
        texts[id] = text
        return text
    }

    /// ``ServerMessage/snapshot(_:)`` as the compiler has it encoded, with tasks that are text already.
    private struct Message: Encodable {
        struct Value: Encodable {
            let first: Snapshot

            enum CodingKeys: String, CodingKey { case first = "_0" }
        }
        struct Snapshot: Encodable {
            let header: RunHeader
            let tasks: [EncodedText]
            let handoff: String
        }

        let snapshot: Value
    }
}
