import StrettoCore

// Finding text in the output that has the focus.
extension BoardState {
    /// Starts typing: a filter where the tree has the focus, a text to find where a pane with output has it.
    mutating func startFinding() {
        guard findsInOutput else {
            focus = .tasks
            isFiltering = true
            return
        }
        isSearching = true
        needle.clear()
    }

    /// Whether the focus is on output that can be searched.
    var findsInOutput: Bool {
        switch focus {
        case .output, .side(.log): outputView != nil
        case .tasks, .side(.handoff): false
        }
    }

    mutating func findNext(isDown: Bool) {
        guard let (source, rows) = outputView else { return }
        if logs[source]?.findNext(isDown: isDown, rows: rows) == true {
            say(isDown ? "from the top again" : "from the bottom again")
        }
    }

    /// What the search of a file has found, for its pane's title.
    func searchWord(of source: LogSource?) -> String? { source.flatMap { logs[$0]?.searchCount } }

    /// Ends the search of the focused output.
    /// - Returns: whether there was one.
    mutating func endSearch() -> Bool {
        guard let (source, rows) = outputView, logs[source]?.search != nil else { return false }
        logs[source]?.find("", rows: rows)
        return true
    }

    mutating func typeNeedle(_ key: Key) -> Bool {
        switch key {
        case .enter:
            isSearching = false
            guard let (source, rows) = outputView else { return true }
            logs[source]?.find(needle.text, rows: rows)
            if logs[source]?.search?.lines.isEmpty == true {
                let isPart = logs[source]?.keepsAll == false
                say("no '\(needle.text)'" + (isPart ? " in what is kept here; the file has earlier output" : " here"))
            }
        case .escape:
            isSearching = false
            needle.clear()
        default: return Self.edit(&needle, with: key)
        }
        return true
    }
}
