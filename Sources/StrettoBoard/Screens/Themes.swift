import StrettoCore

// The choice of a theme: the board behind it is the preview, and what the board may not show just now stands below the list.
extension BoardState {
    private static let themesColumns = 70

    /// Does what the keys of the choice mean.
    mutating func performTheme(_ act: Act) -> [BoardAction] {
        switch act {
        case .theme: open(.theme(ThemeView(before: themes.current)))
        case .chooseTheme(let step):
            return show(step.index(from: themes.current, count: themes.all.count, rows: themes.all.count))
        case .keepTheme:
            dialogs.removeLast()
            themes.followsTerminal = false
            if let choice = themes.choice { say("\(choice.theme.name) until you leave") }
        case .dropTheme:
            guard case .theme(let view) = dialogs.popLast()?.content else { return [] }
            return show(view.before)
        default: break
        }
        return []
    }

    private mutating func show(_ index: Int) -> [BoardAction] {
        guard index != themes.current else { return [] }
        themes.current = index
        return themes.choice.map { [.useTheme($0.theme)] } ?? []
    }

    func drawThemes(into buffer: inout CellBuffer) {
        let whole = isSingle ? Rect(size) : box(columns: Self.themesColumns, rows: size.rows - 2)
        let sample = themeSample(columns: whole.columns - 4)
        let showsSample = whole.rows >= sample.count + 6
        let rows = min(whole.rows, themes.all.count + 2 + (showsSample ? sample.count + 1 : 0))
        let rect = isSingle ? whole : whole.centered(columns: whole.columns, rows: rows)
        let title = StyledLine("Theme", Style(.title, emphasis: .bold))
        let hint = keyLine([(glyphs.enter, "keep"), ("Esc", "back")], gap: 2)
        let inside = drawBox(rect, title: title, hint: hint, into: &buffer)
        let list = inside.top(rows: inside.rows - (showsSample ? sample.count + 1 : 0))
        let top = max(0, min(themes.current - list.part.rows + 1, themes.all.count - list.part.rows))
        for (offset, choice) in themes.all.dropFirst(top).prefix(list.part.rows).enumerated() {
            let isMarked = top + offset == themes.current
            let row = list.part.line(offset)
            let ground: Role? = isMarked ? .select : nil
            if isMarked { buffer.fill(row, style: Style(.text, ground: .select)) }
            var line = StyledLine("\(isMarked ? glyphs.cursor : " ") ", Style(.accent, ground: ground))
            line.append(
                Width.pad(choice.theme.name, columns: 20, ellipsis: glyphs.ellipsis),
                Style(.text, ground: ground)
            )
            // The name by which it is asked for, where there is room for it.
            if row.columns >= 36 { line.append(" \(choice.id)", Style(.dim, ground: ground)) }
            drawFitted(line, into: &buffer, in: row)
        }
        guard showsSample else { return }
        buffer.fill(list.rest.line(0), with: glyphs.horizontal, style: .rule)
        for (offset, line) in sample.enumerated() { drawFitted(line, into: &buffer, in: list.rest.line(offset + 1)) }
    }

    /// What colours have to tell, and how to keep them.
    private func themeSample(columns: Int) -> [StyledLine] {
        var states = StyledLine()
        for state in [TaskState.running, .review, .done, .failed, .retrying] {
            states.append("\(state.glyph(glyphs)) \(state.word)  ", Style(state.role))
        }
        var diff = StyledLine("+ added  ", Style(.add))
        diff.append("- removed  ", Style(.del))
        diff.append("a hunk  ", Style(.hunk))
        diff.append(" selected ", Style(.text, ground: .select))
        diff.append("  ")
        diff.append(" toast ", Style(.toast, ground: .toast))
        var text = StyledLine("Heading  ", .heading)
        text.append("code  ", Style(.code))
        text.append("a link", Style(.link))
        text.append("  aside  ", .dim)
        text.append("k ", .key)
        text.append("key")
        let bar = gauge(2, of: 3, columns: 16) + StyledLine("  ") + gauge(4, of: 3, columns: 12)
        let file = themes.configurationPath
        let hint = StyledLine.paragraphs(
            "For good: theme: \(themes.choice?.id ?? ThemeChoices.dark) in \(file)",
            .dim,
            columns: max(columns, 1)
        )
        return [states, diff, text, bar, StyledLine()] + hint
    }
}
