internal import StrettoBoard
internal import StrettoBuilders
internal import StrettoCore

/// Turns the bytes of one file into what its pane shows, with the places that the lines come from.
///
/// The file is the agent's own and holds what it said; no view of it shows what looks like a secret, or is known to be one.
struct TranscriptFeed {
    private var renderer: TranscriptRenderer?
    /// Where the file's line under way begins.
    private var lineStart: Int?
    private var cover: SecretCover

    init(_ source: LogSource, _ secrets: KnownSecrets) {
        cover = SecretCover(secrets)
        guard source.form == .transcript, let builder = source.builder else { return }
        renderer = TranscriptRenderer(builder: builder, output: source.output)
    }

    /// Takes the bytes that follow the last ones, and where in the file they begin.
    mutating func render(_ bytes: [UInt8], at offset: Int) -> LogText {
        guard renderer != nil else { return LogText(verbatim: cover.cover(bytes), offset: offset) }
        var text = LogText(renderedFrom: lineStart ?? offset)
        var start = 0
        while start < bytes.count {
            let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            let end = newline.map { $0 + 1 } ?? bytes.count
            let lines = renderer?.render(Array(bytes[start..<end])) ?? []
            // Places are those of the file's line, also where it comes in pieces.
            text.append(
                cover.cover(lines),
                offset: lineStart ?? offset + start,
                end: newline == nil ? text.end : offset + end
            )
            lineStart = newline == nil ? lineStart ?? offset + start : nil
            start = end
        }
        return text
    }
}
