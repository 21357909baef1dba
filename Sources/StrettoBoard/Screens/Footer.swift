import StrettoCore

// The last two lines: the one thing to know, and the keys that count here.
extension BoardState {
    /// One line about what matters most, with an answer to it at the right.
    struct Banner: Hashable, Sendable {
        var glyph: Character
        var role: Role
        var text: String
        /// What is said where there is no room for that.
        var shortText: String?
        var hint = ""
        var age: Duration?
        /// Whether the line stands out over its whole width.
        var isLoud = false
    }

    /// The one thing to know now: trouble first, then what waits for a person, then the last event.
    var banner: Banner? {
        if case .lost(let reason) = link {
            return Banner(glyph: glyphs.failed, role: .bad, text: reason, hint: hint((.quit, "leaves")), isLoud: true)
        }
        if let approval = approvals.last { return banner(of: approval) }
        if let toast {
            return toast.isBad
                ? Banner(glyph: glyphs.failed, role: .bad, text: toast.text, hint: "Esc")
                : Banner(glyph: glyphs.prompt, role: .accent, text: toast.text)
        }
        guard let header else { return nil }
        if let fault = header.fault {
            return Banner(
                glyph: glyphs.failed,
                role: .bad,
                text: "paused: \(fault)",
                hint: hint((.takeBack, "goes on")),
                isLoud: true
            )
        }
        if let banner = phaseBanner(header.phase) { return banner }
        if let banner = providerBanner(needsPerson: true) { return banner }
        if let task = nextAttention {
            let what = task.state == .review ? "is waiting for your review" : "failed: \(task.status)"
            let text = "\(task.name) \(what)"
            return Banner(
                glyph: task.state.glyph(glyphs),
                role: task.state.role,
                text: text + Self.moreNeedYou(attention.count - 1),
                shortText: text,
                hint: hint((.nextAttention, "go there")),
                // True whenever something is drawn; a clock for it alone would keep an idle board awake.
                age: now.since(task.changed)
            )
        }
        if let banner = providerBanner(needsPerson: false) { return banner }
        guard let notice = notices.last else { return nil }
        if let found = foundAgain() {
            return Banner(glyph: Notice.Level.info.glyph(glyphs), role: .dim, text: found)
        }
        let words = words(of: notice)
        let parts = [notice.task.map { name(of: $0) + ":" } ?? "", word(of: notice, before: words), words]
        let text = parts.filter { !$0.isEmpty }.joined(separator: " ")
        return Banner(glyph: notice.level.glyph(glyphs), role: .dim, text: text)
    }

    /// How many other tasks wait for a person, as the end of a sentence about one.
    static func moreNeedYou(_ count: Int) -> String {
        guard count > 0 else { return "" }
        return "; \(count) more \(count == 1 ? "needs" : "need") you"
    }

    /// The countdown of the newest approval: in sight until it is over or taken back, whatever else there is to say.
    private func banner(of approval: PendingApproval) -> Banner {
        let (name, left) = (name(of: approval.task), secondsLeft(of: approval))
        let sentence = "\(name) is approved and merges in \(left) s"
        var banner = Banner(glyph: glyphs.done, role: .ok, text: sentence, isLoud: true)
        banner.hint = hint((.takeBack, "takes it back"), (.goAhead, "merges now"))
        let columns = Width.of(banner.text) + Width.of(banner.hint) + Self.bannerMargin
        if toast == nil, approvals.count == 1, columns <= size.columns { return banner }
        banner.hint = hint((.takeBack, "takes it back"))
        banner.text = "merges in \(left) s: \(name)"
        if approvals.count > 1 { banner.text += "; \(approvals.count - 1) more approved" }
        if let toast { banner.text += " \(glyphs.dot) \(toast.text)" }
        return banner
    }

    /// Columns of an age and the gap behind it.
    private static let ageColumns = 11

    /// Columns of a notice that neither its text nor its hint has: the edges, the glyph, the gap.
    private static let bannerMargin = 6

    /// A notice's word, parted from a text that does not go on from it.
    private func word(of notice: Notice, before text: String) -> String {
        let headings = [
            "added", "adopted", "agent", "budget", "changes", "check", "failed", "finding", "found", "held", "kept",
            "message", "plan",
            "resumed",
            "retry", "review", "skipped", "trouble",
        ]
        return headings.contains(notice.word) && !text.isEmpty ? notice.word + ":" : notice.word
    }

    /// What an engine found when it took up the run, in one line, as long as nothing else has happened since.
    private func foundAgain() -> String? {
        let words = ["adopted", "found"]
        let news = notices.reversed().prefix { words.contains($0.word) }
        guard !news.isEmpty, let resumed = notices.dropLast(news.count).last, resumed.word == "resumed" else {
            return nil
        }
        let counts = words.map { word in (word, news.count { $0.word == word }) }.filter { $0.1 > 0 }
        return "\(resumed.text): " + counts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    }

    private func phaseBanner(_ phase: RunHeader.Phase) -> Banner? {
        switch phase {
        case .planReview:
            let all = Tally(tasks)
            let count = all.total - all.skipped
            let some =
                all.skipped > 0 ? "\(count) of \(Wording.plural(all.total, "task"))" : Wording.plural(count, "task")
            let state = tally.running + tally.done + tally.review > 0 ? "nothing new starts" : "nothing has started"
            let text = "The plan waits for you: \(some), \(state)"
            return Banner(
                glyph: glyphs.review,
                role: .review,
                text: text,
                hint: "\(key(.goAhead, in: .gate)) start the plan",
                isLoud: true
            )
        case .holding(let outcome):
            let text = Self.sentence(for: outcome, names: name(of:))
            // The keys act on the selected task, which need not be one of those.
            let isThere = commandTask.map { attention.map(\.id).contains($0.id) } ?? false
            let keys =
                isThere
                ? hint((.retry, "retry"), (.skip, "skip"), (.quit, "quit"))
                : hint((.nextAttention, "go there"), (.quit, "quit"))
            return Banner(glyph: glyphs.failed, role: .bad, text: text, hint: keys, isLoud: true)
        case .draining:
            let text = "Draining: running tasks finish, nothing new starts"
            return Banner(glyph: glyphs.stopped, role: .warn, text: text, hint: hint((.takeBack, "take it back")))
        case .stopping:
            let text = "Stopping: agents are being ended, their work is kept"
            return Banner(glyph: glyphs.stopped, role: .warn, text: text)
        case .over(let outcome):
            let isGood = outcome == .finished
            let glyph = isGood ? glyphs.done : glyphs.stopped
            let text = Self.sentence(for: outcome, names: name(of:))
            return Banner(glyph: glyph, role: isGood ? .ok : .warn, text: text, hint: hint((.quit, "leaves")))
        case .concluding: return Banner(glyph: glyphs.running, role: .run, text: "Writing the last HANDOFF.md")
        case .running: return nil
        }
    }

    func name(of id: TaskID) -> String { task(id)?.name ?? id.text }

    /// How a run stands or ended, in a sentence without a full stop.
    static func sentence(for outcome: Outcome, names: (TaskID) -> String) -> String {
        switch outcome {
        case .finished: "The goal is met"
        case .stuck(let why): "Stuck: \(why)"
        case .failed(let tasks): "\(Wording.plural(tasks.count, "task")) failed: \(Wording.list(tasks.map(names)))"
        case .overBudget(let why): "The budget is used up: \(why)"
        case .stopped: "The run was stopped"
        case .needsHuman(let tasks): "Nobody was there to answer: \(Wording.list(tasks.map(names)))"
        case .broken(let why): "The run could not go on: \(why)"
        }
    }

    func drawNotice(into buffer: inout CellBuffer, in rect: Rect) {
        guard let banner else { return }
        let ground: Role? = banner.isLoud ? .select : nil
        if banner.isLoud { buffer.fill(rect, style: Style(.text, ground: ground)) }
        let inner = rect.inset(columns: rect.columns > 24 ? 1 : 0)
        var right = StyledLine()
        // How long it waits is the first thing to go.
        let whole = Width.of(banner.text) + Width.of(banner.hint) + Self.ageColumns + Self.bannerMargin
        if let age = banner.age, inner.columns >= 70, whole <= rect.columns {
            right.append(Wording.ago(age) + "   ", Style(.dim, ground: ground))
        }
        // What the hint names does not work while a dialog has the keys.
        if inner.columns >= 50, !banner.hint.isEmpty, dialogs.isEmpty {
            right.append(banner.hint, Style(.key, ground: ground))
        }
        let width = right.width
        buffer.write(right, column: inner.endColumn - width, row: inner.row, in: inner)
        let room = inner.columns - (width > 0 ? width + 2 : 0)
        let words = Width.of(banner.text) + 2 <= room ? banner.text : banner.shortText ?? banner.text
        var text = StyledLine("\(banner.glyph) ", Style(banner.role, ground: ground, emphasis: .bold))
        text.append(words, Style(banner.role == .dim ? .dim : .text, ground: ground))
        drawFitted(text, into: &buffer, in: inner.leading(columns: room).part)
    }

    /// The commands of this place, the most useful first, as many as fit; the help keeps the right end.
    func drawFooter(into buffer: inout CellBuffer, in rect: Rect) {
        let inner = rect.inset(columns: rect.columns > 24 ? 1 : 0)
        let isWide = inner.columns >= 100
        let enter = glyphs.enter
        if isSearching {
            return drawFitted(typedLine(needle, [(enter, "find"), ("Esc", "leave")]), into: &buffer, in: inner)
        }
        if let saving { return drawSaving(saving, into: &buffer, in: inner) }
        if isFiltering {
            return drawFitted(typedLine(filter, [(enter, "keep"), ("Esc", "clear")]), into: &buffer, in: inner)
        }
        switch dialogs.last?.content {
        case .help, .palette: return
        default: break
        }
        let help = keyLine([(key(.help, in: .anywhere), "help")], gap: 0)
        let helpStart = inner.endColumn - help.width
        buffer.write(help, column: max(inner.column, helpStart), row: inner.row, in: inner)
        guard dialogs.isEmpty else { return }
        let room = Rect(column: inner.column, row: inner.row, columns: helpStart - inner.column - 2, rows: 1)
        let line = fittingKeys(of: isAtGate ? [.gate, .board] : [.board], columns: room.columns, gap: isWide ? 3 : 2)
        buffer.write(line, column: room.column, row: room.row, in: room)
    }

    /// Whether a line is being typed that the footer shows.
    var isTypingInFooter: Bool { dialogs.isEmpty && (isSearching || isFiltering || saving != nil) }

    /// What is being typed to be found, and the keys that end it.
    func typedLine(_ field: TextField, _ keys: [(key: String, title: String)]) -> StyledLine {
        var text = StyledLine("/", .key)
        text.append(field.text)
        text.append(String(glyphs.caret) + "  ", .accent)
        text.append(keyLine(keys, gap: 2))
        return text
    }

    /// The footer's commands of some scopes that can be done now, in the table's order, as far as they fit whole.
    func fittingKeys(of scopes: [Binding.Scope], columns: Int, gap: Int) -> StyledLine {
        var commands: [(key: String, title: String)] = []
        for binding in keymap.lines(of: scopes) {
            guard let short = binding.short, let key = binding.keys.first?.label(glyphs),
                availability(of: binding.act).isReady
            else { continue }
            // Two ways of one thing stand together: `n p hunks`.
            if let place = commands.firstIndex(where: { $0.title == short }) {
                commands[place].key += " " + key
            } else {
                commands.append((key, short))
            }
        }
        return keyLine(commands, gap: gap, columns: columns)
    }

    /// The first of some keys, as many as fit.
    func keyLine(_ pairs: [(key: String, title: String)], gap: Int, columns: Int) -> StyledLine {
        let lines = pairs.indices.map { keyLine(Array(pairs[...$0]), gap: gap) }
        return lines.last { $0.width <= columns } ?? StyledLine()
    }

    func keyLine(_ pairs: [(key: String, title: String)], gap: Int) -> StyledLine {
        var line = StyledLine()
        for (index, pair) in pairs.enumerated() {
            if index > 0 { line.append(String(repeating: " ", count: gap)) }
            line.append(pair.key, .key)
            line.append(" " + pair.title, .dim)
        }
        return line
    }
}
