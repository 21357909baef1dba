import StrettoCore

// From a key to what it means: text fields first, then the choices of a question, then the table.
extension BoardState {
    mutating func press(_ key: Key) -> [BoardAction] {
        switch key {
        case .mouse(let event): return point(event)
        case .focusIn, .focusOut, .reply: return []
        default: isTreeScrolled = false
        }
        if let dialog = dialogs.last, dialog.isGuarded(at: now), !Self.passesGuard.contains(key) { return [] }
        if let actions = type(key) { return actions }
        if let actions = choose(key) { return actions }
        return dispatch(key)
    }

    /// Keys that belong to the terminal rather than to a dialog.
    private static let passesGuard: [Key] = [.control("z"), .control("l")]

    /// The scopes whose keys count now, the innermost first.
    var scopes: [Binding.Scope] {
        switch dialogs.last?.content {
        case nil: isAtGate ? [.gate, .board, .anywhere] : [.board, .anywhere]
        case .help, .palette: [.anywhere]
        case .question: [.question, .anywhere]
        case .review: [.review, .anywhere]
        case .planEdit: [.planEdit, .anywhere]
        case .spending: [.spending, .anywhere]
        case .theme: [.theme, .anywhere]
        case .summary: [.summary, .anywhere]
        case .newTask: [.anywhere]
        }
    }

    private mutating func dispatch(_ key: Key) -> [BoardAction] {
        let scopes = scopes
        var reason: String?
        for binding in keymap.lines(of: scopes) where binding.keys.contains(key) {
            switch availability(of: binding.act) {
            case .ready: return perform(binding.act)
            case .disabled(let why): reason = reason ?? why
            }
        }
        if let reason { say(reason) }
        return []
    }

    // MARK: Text

    /// Gives the key to the text field that has the cursor, if one does.
    /// - Returns: what is to be done; nil where the key was not taken.
    private mutating func type(_ key: Key) -> [BoardAction]? {
        switch dialogs.last?.content {
        case .question(var question):
            guard question.isWriting, var note = question.note else { return nil }
            if key == .enter || key == .tab || key == .backTab || key == .down {
                question.isWriting = false
            } else if key == .escape {
                return nil
            } else {
                guard Self.edit(&note, with: key) else { return nil }
                question.note = note
            }
            replaceTop(with: .question(question))
            return []
        case .help(var help):
            return type(key, into: &help)
        case .palette(var palette):
            return type(key, into: &palette)
        case .newTask(var form):
            return type(key, into: &form)
        case nil:
            if isSearching { return typeNeedle(key) }
            if let saving { return typePath(key, into: saving) }
            return isFiltering && typeFilter(key) ? [] : nil
        case .review: return typeComment(key) || typeReviewNeedle(key) ? [] : nil
        case .planEdit, .spending, .theme, .summary: return nil
        }
    }

    private mutating func type(_ key: Key, into palette: inout PaletteView) -> [BoardAction]? {
        let steps: [Key: Step] = [.down: .down, .up: .up, .home: .top, .end: .bottom]
        if key == .tab {
            complete(&palette)
        } else if let step = steps[key] {
            let count = paletteBindings(for: palette).count
            palette.marked = step.index(from: palette.marked, count: count, rows: 1)
        } else if key == .enter {
            return runMarked(in: palette)
        } else if key == .escape || (key == .backspace && palette.filter.text.isEmpty) {
            dialogs.removeLast()
            return []
        } else if Self.edit(&palette.filter, with: key) {
            palette.marked = 0
        } else {
            return nil
        }
        replaceTop(with: .palette(palette))
        return []
    }

    /// Types the rest of the marked command's words.
    private func complete(_ palette: inout PaletteView) {
        let bindings = paletteBindings(for: palette)
        guard palette.marked < bindings.count else { return }
        palette.filter.clear()
        palette.filter.insert(bindings[palette.marked].title)
        palette.marked = 0
    }

    private mutating func type(_ key: Key, into help: inout HelpView) -> [BoardAction]? {
        let steps: [Key: Step] = [
            .down: .down, .up: .up, .pageDown: .pageDown, .pageUp: .pageUp, .home: .top, .end: .bottom,
        ]
        if let step = steps[key] {
            scroll(&help, step)
        } else if key == .enter, let binding = helpChoice(of: help) {
            return run(binding)
        } else if key == .escape || key == .enter || keymap.keys(of: .help, in: .anywhere).contains(key) {
            dialogs.removeLast()
            return []
        } else if Self.edit(&help.filter, with: key) {
            help.top = 0
        } else {
            return nil
        }
        replaceTop(with: .help(help))
        return []
    }

    func scroll(_ help: inout HelpView, _ step: Step) {
        let box = helpBox(of: help)
        let count = helpLines(for: help, columns: box.inset(columns: 2).columns).count
        help.top = step.position(from: help.top, count: count, rows: max(0, box.rows - 2))
    }

    private mutating func typeFilter(_ key: Key) -> Bool {
        switch key {
        case .enter: keepFilter()
        case .escape:
            isFiltering = false
            filter.clear()
        case .down, .up, .tab:
            keepFilter()
            return false
        default: return Self.edit(&filter, with: key)
        }
        return true
    }

    /// Ends typing; what is selected among the matches is what the reader was looking for.
    private mutating func keepFilter() {
        isFiltering = false
        if selection != nil { hidden = nil }
    }

    static func edit(_ field: inout TextField, with key: Key) -> Bool {
        switch key {
        case .character(let character): field.insert(String(character))
        case .paste(let text): field.insert(text)
        case .backspace: field.deleteBackward()
        case .control("w"): field.deleteWord()
        case .control("u"): field.clear()
        default: return false
        }
        return true
    }

    mutating func replaceTop(with content: Dialog.Content) {
        if let last = dialogs.indices.last { dialogs[last].content = content }
    }

    // MARK: Letters of a question's choices

    private mutating func choose(_ key: Key) -> [BoardAction]? {
        guard case .question(let question) = dialogs.last?.content, !question.isWriting,
            case .character(let letter) = key,
            let choice = question.choices.first(where: { $0.letter == letter })
        else { return nil }
        return answer(choice.answer, to: question)
    }

    // MARK: Mouse

    private mutating func point(_ event: MouseEvent) -> [BoardAction] {
        switch event.kind {
        case .wheelUp: return wheel(.up, at: event)
        case .wheelDown: return wheel(.down, at: event)
        case .press(.left):
            click(at: event)
            beginSelection(at: event)
        case .drag(.left): dragSelection(to: event)
        case .release(.left): return endSelection()
        default: break
        }
        return []
    }

    /// Lines that one turn of the wheel goes.
    private static let wheelLines = 3

    private mutating func wheel(_ step: Step, at event: MouseEvent) -> [BoardAction] {
        if case .theme = dialogs.last?.content { return performTheme(.chooseTheme(step)) }
        for _ in 0..<Self.wheelLines {
            switch dialogs.last?.content {
            case .help(var help):
                scroll(&help, step)
                replaceTop(with: .help(help))
            case .review(let view): if view.cursor == nil { scrollReview(step) } else { moveCursor(step) }
            case .palette(var palette):
                let count = paletteBindings(for: palette).count
                palette.marked = step.index(from: palette.marked, count: count, rows: 1)
                replaceTop(with: .palette(palette))
                return []
            case .planEdit: scrollEdit(step)
            case .spending: scrollSpending(step)
            case .question, .newTask, .theme, .summary: return []
            case nil: scroll(layout.part(column: event.column, row: event.row), step)
            }
        }
        return []
    }

    private mutating func click(at event: MouseEvent) {
        guard dialogs.isEmpty else { return }
        let layout = layout
        guard let piece = layout.pieces.first(where: { $0.rect.contains(column: event.column, row: event.row) })
        else { return }
        switch piece.part {
        case .tasks:
            focus = .tasks
            let offset = event.row - piece.rect.row - Self.titleRows(of: piece.rect)
            let rows = rows
            let index = treeTop + offset
            guard offset >= 0, index < rows.count else { return }
            if rows[index].identity == selection, case .section = rows[index].identity { toggleFold() }
            selection = rows[index].identity
        case .output(let index): focus = .output(index)
        case .handoff: focus = .side(.handoff)
        case .log: focus = .side(.log)
        default: break
        }
    }
}
