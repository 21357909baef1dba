internal import FoundationEssentials
package import StrettoCore
internal import StrettoJSON

/// Messages as lines of JSON, and how long they may be.
package enum MessageCodec {
    /// The longest line from a client, in bytes without its line feed: an edited plan may be large.
    package static let clientBytesMax = 16 << 20
    /// The longest line from an engine, in bytes without its line feed.
    package static let serverBytesMax = 64 << 20

    /// The message as a line with its line feed.
    package static func line(_ message: ClientMessage) throws(ConnectionError) -> [UInt8] {
        try line(message, bytesMax: clientBytesMax, masksSecrets: false)
    }

    /// The message as a line with its line feed; what a plan keeps for itself is masked, because agents can listen, too.
    package static func line(_ message: ServerMessage) throws(ConnectionError) -> [UInt8] {
        try serverLine(message)
    }

    /// The same for what stands for a message, with parts that ``text(ofPart:)`` has made.
    static func serverLine(_ message: some Encodable) throws(ConnectionError) -> [UInt8] {
        try line(message, bytesMax: serverBytesMax, masksSecrets: true)
    }

    /// What a part of an engine's message adds to its line.
    static func text(ofPart part: some Encodable) throws(ConnectionError) -> EncodedText {
        guard let text = try? EncodedText(part, userInfo: [Secrets.areMasked: true]) else { throw .garbage }
        return text
    }

    /// The message in a line without its line feed.
    package static func clientMessage(_ line: ArraySlice<UInt8>) throws(ConnectionError) -> ClientMessage {
        try message(line)
    }

    /// The message in a line without its line feed.
    ///
    /// An engine's own lines are read at a fifth of what `JSONDecoder` takes, and all others by that.
    package static func serverMessage(_ line: ArraySlice<UInt8>) throws(ConnectionError) -> ServerMessage {
        if let message = try? LineDecoder.decode(ServerMessage.self, from: Array(line)) { return message }
        return try message(line)
    }

    private static func line(
        _ message: some Encodable,
        bytesMax: Int,
        masksSecrets: Bool
    ) throws(ConnectionError) -> [UInt8] {
        let userInfo = [Secrets.areMasked: masksSecrets]
        guard var bytes = try? LineEncoder.encode(message, userInfo: userInfo) else { throw .garbage }
        guard bytes.count <= bytesMax else { throw .tooLong(bytesMax: bytesMax) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private static func message<Message: Decodable>(_ line: ArraySlice<UInt8>) throws(ConnectionError) -> Message {
        guard let message = try? JSONDecoder().decode(Message.self, from: Data(line)) else { throw .garbage }
        return message
    }
}
