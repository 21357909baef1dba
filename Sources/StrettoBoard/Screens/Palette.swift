import StrettoCore

// The command palette: every command of a place with its key, those that cannot be done now with the reason.
extension BoardState {
    /// The most lines of commands that are shown at once.
    private static let paletteRowsMax = 16

    /// The commands of a place that have every word of the filter.
    ///
    /// Those come first whose title or name begins so, then those in which words do, those that have it within a word, and those that have it with
    /// key and group; among equals what can be done now.
    func paletteBindings(for palette: PaletteView) -> [Binding] {
        let words = palette.filter.trimmed.lowercased().split(separator: " ")
        let commands = keymap.lines(of: palette.scope.family).filter(\.isCommand)
        func has(_ text: String) -> Bool {
            let text = text.lowercased()
            return words.allSatisfy { text.contains($0) }
        }
        func rank(_ binding: Binding) -> Int {
            let whole = words.joined(separator: " ")
            if [binding.title.lowercased(), binding.act.name].contains(where: { $0.hasPrefix(whole) }) { return 0 }
            let parts = binding.words.split { !$0.isLetter && !$0.isNumber }
            return words.allSatisfy { word in parts.contains { $0.hasPrefix(word) } } ? 1 : 2
        }
        func readyFirst(_ bindings: [Binding]) -> [Binding] {
            bindings.filter { availability(of: $0.act).isReady } + bindings.filter { !availability(of: $0.act).isReady }
        }
        let named = commands.filter { has($0.words) }
        let others = commands.filter { has("\($0.words) \($0.label(glyphs)) \($0.group.rawValue)") && !has($0.words) }
        return (0...2).flatMap { place in readyFirst(named.filter { rank($0) == place }) } + others
    }

    /// Runs the marked command, or says why it cannot be run.
    mutating func runMarked(in palette: PaletteView) -> [BoardAction] {
        let bindings = paletteBindings(for: palette)
        guard palette.marked < bindings.count else { return [] }
        return run(bindings[palette.marked])
    }

    /// Closes the list that a command was chosen from and runs it, or says why not.
    mutating func run(_ binding: Binding) -> [BoardAction] {
        dialogs.removeLast()
        switch availability(of: binding.act) {
        case .ready: return perform(binding.act)
        case .disabled(let reason):
            say(reason)
            return []
        }
    }

    func drawPalette(_ palette: PaletteView, into buffer: inout CellBuffer) {
        let rect = isSingle ? Rect(size) : box(columns: 108, rows: Self.paletteRowsMax + 2)
        var foot = StyledLine(":", .key)
        foot.append(palette.filter.text)
        foot.append(String(glyphs.caret), .accent)
        let bindings = paletteBindings(for: palette)
        let total =
            palette.filter.text.isEmpty ? bindings.count : paletteBindings(for: PaletteView(scope: palette.scope)).count
        var hint = StyledLine("\(bindings.count) of \(total)   ", .dim)
        let keys = [(glyphs.enter, "run"), ("Tab", "complete"), ("Esc", "close")]
        hint.append(keyLine(keys, gap: 2, columns: rect.columns - hint.width - 18))
        let title = StyledLine("Commands", Style(.title, emphasis: .bold))
        let inside = drawBox(rect, title: title, hint: hint, foot: foot, into: &buffer)
        if bindings.isEmpty {
            buffer.write("No command is called that.", column: inside.column, row: inside.row, style: .dim, in: inside)
        }
        // The marked command is shown whole, however long the reason is why it cannot be done.
        let marked = bindings.dropFirst(palette.marked).first.map { binding in
            paletteLine(for: binding, isMarked: true, columns: inside.columns)
                .wrapped(columns: inside.columns, by: .words, indent: 2 + Self.paletteLabelColumns + 1)
        }
        let extra = (marked?.count ?? 1) - 1
        let top = max(0, min(palette.marked + extra - inside.rows + 1, bindings.count + extra - inside.rows))
        var rows: [StyledLine] = []
        for (offset, binding) in bindings.dropFirst(top).prefix(inside.rows).enumerated() {
            let isMarked = top + offset == palette.marked
            rows += isMarked ? marked ?? [] : [paletteLine(for: binding, isMarked: false, columns: inside.columns)]
        }
        if top + inside.rows < bindings.count + extra, inside.rows > 0 {
            let row = inside.endRow - 1
            buffer.write(String(glyphs.down), column: rect.endColumn - 2, row: row, style: .dim, in: rect)
        }
        let first = palette.marked - top
        for (offset, line) in rows.prefix(inside.rows).enumerated() {
            let row = inside.line(offset)
            if (first...first + extra).contains(offset) { buffer.fill(row, style: Style(.text, ground: .select)) }
            drawFitted(line, into: &buffer, in: row)
        }
    }

    private static let paletteLabelColumns = 8
    /// Columns of a command's words where what it acts on stands beside them.
    private static let paletteTitleColumns = 34

    private func paletteLine(for binding: Binding, isMarked: Bool, columns: Int) -> StyledLine {
        let ground: Role? = isMarked ? .select : nil
        let label = Width.pad(binding.label(glyphs), columns: Self.paletteLabelColumns, ellipsis: glyphs.ellipsis)
        let mark = isMarked ? String(glyphs.cursor) : " "
        var line = StyledLine("\(mark) ", Style(.accent, ground: ground))
        line.append(label + " ", Style(.key, ground: ground))
        switch availability(of: binding.act) {
        case .ready:
            line.append(binding.title, Style(.text, ground: ground))
            guard let target = target(of: binding.act) else { break }
            let column = line.width - Width.of(binding.title) + Self.paletteTitleColumns
            let room = columns - column
            guard room >= Self.titleColumnsMin, line.width < column else { break }
            line.append(String(repeating: " ", count: column - line.width), Style(.text, ground: ground))
            line.append(Width.fit(target, columns: room, ellipsis: glyphs.ellipsis), Style(.dim, ground: ground))
        case .disabled(let reason):
            line.append("\(binding.title)  \(glyphs.dot) \(reason)", Style(.dim, ground: ground))
        }
        return line
    }
}

extension Binding {
    /// Whether it is something to be done rather than a movement.
    var isCommand: Bool {
        switch act {
        case .move, .pane, .nextPane, .previousPane, .scrollOutput, .scrollReview, .scrollEdit, .scrollSpending,
            .chooseTheme, .otherSide, .choose, .palette, .back:
            false
        default: true
        }
    }
}
