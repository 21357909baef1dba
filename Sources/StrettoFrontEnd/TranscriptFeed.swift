internal import StrettoBoard
internal import StrettoBuilders

/// Turns the bytes of one followed file into what its pane shows.
struct TranscriptFeed {
    private var renderer: TranscriptRenderer?

    init(_ source: LogSource) {
        guard source.form == .transcript, let builder = source.builder else { return }
        renderer = TranscriptRenderer(builder: builder, output: source.output)
    }

    mutating func render(_ bytes: [UInt8]) -> [UInt8] { renderer?.render(bytes) ?? bytes }
}
