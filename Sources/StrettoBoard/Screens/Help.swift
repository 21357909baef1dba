import StrettoCore

// The help: the key table in groups, those of this place first.
extension BoardState {
    /// The box that has room for every key of a place, so that it keeps its size while a filter is typed.
    func helpBox(of help: HelpView) -> Rect {
        if isSingle { return Rect(size) }
        let columns = (size.columns >= 110 ? 92 : 66) + 2 * (labelColumns(of: help.scope) - Self.labelColumnsMin)
        let count = helpLines(for: HelpView(scope: help.scope), columns: columns - 4).count
        return box(columns: columns, rows: min(max(12, size.rows - 6), count + 2))
    }

    func drawHelp(_ help: HelpView, into buffer: inout CellBuffer) {
        let hint = keyLine([(key(.help, in: .anywhere), "or Esc closes")], gap: 0)
        var foot = StyledLine("type to filter, \(glyphs.enter) runs the first", .dim)
        if !help.filter.text.isEmpty {
            foot = StyledLine("/", .key)
            foot.append(help.filter.text)
            foot.append(String(glyphs.caret), .accent)
        }
        let box = helpBox(of: help)
        let title = StyledLine("Keys", Style(.title, emphasis: .bold))
        let lines = helpLines(for: help, columns: box.inset(columns: 2).columns)
        let inside = drawBox(box, title: title, hint: hint, foot: foot, into: &buffer)
        if lines.isEmpty {
            buffer.write("No key does that.", column: inside.column, row: inside.row, style: .dim, in: inside)
        }
        let top = min(help.top, max(0, lines.count - inside.rows))
        for (offset, line) in lines.dropFirst(top).prefix(inside.rows).enumerated() {
            drawFitted(line, into: &buffer, in: inside.line(offset))
        }
        if top + inside.rows < lines.count {
            let row = inside.endRow - 1
            buffer.write(String(glyphs.down), column: box.endColumn - 2, row: row, style: .dim, in: box)
        }
        if top > 0 {
            buffer.write(String(glyphs.up), column: box.endColumn - 2, row: inside.row, style: .dim, in: box)
        }
    }

    /// The lines of the help, in two columns where there is room for them; what a filter leaves has the whole width for its reasons.
    func helpLines(for help: HelpView, columns: Int) -> [StyledLine] {
        let needle = help.filter.trimmed.lowercased()
        var blocks: [[StyledLine]] = []
        let isDouble = columns >= 60 && needle.isEmpty
        let width = isDouble ? (columns - 3) / 2 : columns
        for group in Binding.Group.allCases {
            let bindings = helpBindings(of: group, scope: help.scope, needle: needle)
            guard !bindings.isEmpty else { continue }
            let heading = StyledLine(group.rawValue, Style(.heading, emphasis: .bold))
            let keys = labelColumns(of: help.scope)
            blocks.append(
                [heading]
                    + bindings.flatMap { binding in
                        let line = helpLine(for: binding, keyColumns: keys, columns: needle.isEmpty ? width : .max)
                        return line.wrapped(columns: width, by: .words, indent: keys + 2)
                    }
            )
        }
        guard !blocks.isEmpty else { return [] }
        let promise = [
            "Dim keys do nothing now: type a word of one to see why.",
            "Esc only closes things. It never stops a worker.", "Ctrl-C asks; a second one changes nothing.",
        ]
        let words = needle.isEmpty ? promise.map { StyledLine($0, .dim) } : []
        guard isDouble else { return stack(blocks) + (words.isEmpty ? [] : [StyledLine()] + words) }
        let (left, right) = balance(blocks)
        var lines: [StyledLine] = []
        for index in 0..<max(left.count, right.count) {
            var line = index < left.count ? left[index] : StyledLine()
            if index < right.count, !right[index].isEmpty {
                line.append(String(repeating: " ", count: max(0, width + 3 - line.width)))
                line.append(right[index])
            }
            lines.append(line)
        }
        return lines + (words.isEmpty ? [] : [StyledLine()] + words)
    }

    /// The command that Enter runs: the first of those that a typed filter leaves.
    func helpChoice(of help: HelpView) -> Binding? {
        let needle = help.filter.trimmed.lowercased()
        guard !needle.isEmpty else { return nil }
        let found = Binding.Group.allCases.flatMap { helpBindings(of: $0, scope: help.scope, needle: needle) }
        return found.first { $0.isCommand }
    }

    private func helpBindings(of group: Binding.Group, scope: Binding.Scope, needle: String) -> [Binding] {
        var hasPanes = false
        return keymap.lines(of: scope.family).filter { binding in
            guard binding.group == group else { return false }
            if case .pane = binding.act {
                if hasPanes { return false }
                hasPanes = true
            }
            return needle.isEmpty || binding.words.contains(needle)
                || binding.label(glyphs).lowercased().contains(needle)
        }
    }

    private static let labelColumnsMin = 7
    private static let labelColumnsMax = 12

    /// The columns that the longest names of keys need, so that none is cut.
    private func labelColumns(of scope: Binding.Scope) -> Int {
        let longest = keymap.lines(of: scope.family).map { Width.of($0.label(glyphs)) }.max() ?? 0
        return min(max(longest, Self.labelColumnsMin), Self.labelColumnsMax)
    }

    /// A key, what it does, and why it does nothing now, where `columns` have room for that.
    private func helpLine(for binding: Binding, keyColumns: Int, columns: Int) -> StyledLine {
        let label = Width.pad(binding.label(glyphs), columns: keyColumns, ellipsis: glyphs.ellipsis)
        var line = StyledLine(" " + label, .key)
        line.append(" ")
        switch availability(of: binding.act) {
        case .ready: line.append(binding.title)
        case .disabled(let reason):
            line.append(binding.title, .dim)
            let why = " \(glyphs.dot) \(reason)"
            if line.width + Width.of(why) <= columns { line.append(why, .dim) }
        }
        return line
    }

    private func stack(_ blocks: [[StyledLine]]) -> [StyledLine] {
        Array(blocks.joined(separator: [StyledLine()]))
    }

    /// Two columns of nearly the same height, in the order of the groups.
    private func balance(_ blocks: [[StyledLine]]) -> (left: [StyledLine], right: [StyledLine]) {
        var best = 1
        var bestHeight = Int.max
        for count in 1...blocks.count {
            let left = stack(Array(blocks.prefix(count))).count
            let right = stack(Array(blocks.dropFirst(count))).count
            if max(left, right) < bestHeight {
                bestHeight = max(left, right)
                best = count
            }
        }
        return (stack(Array(blocks.prefix(best))), stack(Array(blocks.dropFirst(best))))
    }
}
