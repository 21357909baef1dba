import StrettoCore

// Saving the output of the focused pane to a file, wherever the person says.
extension BoardState {
    /// A path that is being typed.
    struct SaveDraft: Hashable, Sendable {
        let source: LogSource
        let proposal: String
        var path: TextField
    }

    mutating func startSaving() {
        guard let (source, _) = outputView else { return }
        let proposal = saveFolder + "/" + saveName(of: source)
        var path = TextField()
        path.insert(proposal)
        saving = SaveDraft(source: source, proposal: proposal, path: path)
    }

    /// `payments-v2-3-webhooks.1-raw.log`: letters and digits of the run, the task and the stream.
    private func saveName(of source: LogSource) -> String {
        var parts = [header.map { "\($0.run)" } ?? "run"]
        if let task = tasks.first(where: { self.source(of: $0) == source }) {
            parts.append("\(task.id.text).\(task.shownAttempt?.number ?? 1)")
            let stream = streams[task.id] ?? .readable
            if stream != .readable { parts.append(stream == .raw ? "raw" : "errors") }
        } else {
            parts.append("events")
        }
        let name = parts.joined(separator: "-").map { letter in
            letter.isASCII && (letter.isLetter || letter.isNumber || "._-".contains(letter)) ? letter : "-"
        }
        return String(name.prefix(Self.saveNameMax)) + ".log"
    }

    /// Characters of a proposed name.
    private static let saveNameMax = 120

    /// Takes a key of the path that is being typed; nil where it is none.
    mutating func typePath(_ key: Key, into draft: SaveDraft) -> [BoardAction]? {
        switch key {
        case .enter:
            saving = nil
            let path = draft.path.trimmed
            guard !path.isEmpty else { return [] }
            say("saving")
            return [.readLog(draft.source, .save(path: path, isProposal: path == draft.proposal))]
        case .escape: saving = nil
        default:
            var draft = draft
            guard Self.edit(&draft.path, with: key) else { return nil }
            saving = draft
        }
        return []
    }

    /// The footer while a path is typed; of a long one the end stays in sight.
    func drawSaving(_ draft: SaveDraft, into buffer: inout CellBuffer, in line: Rect) {
        let keys = keyLine([(glyphs.enter, "save"), ("Esc", "leave")], gap: 2)
        let room = line.columns - keys.width - 3
        var start = buffer.write("save to ", column: line.column, row: line.row, style: .key, in: line)
        var text = draft.path.text[...]
        while Width.of(String(text)) > room - 9, !text.isEmpty { text.removeFirst() }
        if text.count < draft.path.text.count {
            start = buffer.write(String(glyphs.ellipsis), column: start, row: line.row, style: .dim, in: line)
        }
        let end = buffer.write(String(text), column: start, row: line.row, in: line)
        buffer.write(String(glyphs.caret), column: end, row: line.row, style: .accent, in: line)
        buffer.write(keys, column: line.endColumn - keys.width, row: line.row, in: line)
    }
}
