import StrettoCore

// Providers that take no attempts now: what is wrong, and a countdown to when they do again.
extension BoardState {
    /// The shortest wait for a provider that goes on by itself; nil where none counts down.
    var providerWait: Duration? {
        guard isAlive, let header else { return nil }
        return header.providers.compactMap { $0.wait(at: now) }.min()
    }

    /// The provider that keeps a task from starting and goes on by itself; nil where something else does, a person is needed, or nothing.
    private func limit(of task: TaskSnapshot) -> ProviderSnapshot? {
        guard [.waiting, .ready].contains(task.state), !task.detail.isEmpty else { return nil }
        return header?.providers.first { $0.closure.until != nil && $0.closure.word == task.detail }
    }

    /// The glyph of a task's state: a limit of its provider has one of its own, for it passes without anybody's doing.
    func mark(of task: TaskSnapshot) -> StyledLine {
        limit(of: task) == nil
            ? StyledLine(String(task.state.glyph(glyphs)), Style(task.state.role))
            : StyledLine(String(glyphs.limited), Style(.warn))
    }

    /// The word of a task's state.
    func word(of task: TaskSnapshot) -> StyledLine {
        limit(of: task) == nil
            ? StyledLine(task.state.word, Style(task.state.role)) : StyledLine("limit", Style(.warn))
    }

    /// The state in a few words, as ``TaskSnapshot/status`` has them, with the countdown of a limit.
    func status(of task: TaskSnapshot) -> StyledLine {
        guard let limit = limit(of: task) else { return StyledLine(task.status, Style(task.state.role)) }
        let wait = limit.wait(at: now).map { "limit, " + Figures.duration($0) }
        return StyledLine(wait ?? task.detail, Style(.warn))
    }

    /// The line about a provider that is closed, those first that need a person.
    func providerBanner(needsPerson: Bool) -> Banner? {
        let closed = (header?.providers ?? []).filter { ($0.closure.until == nil && $0.probe == nil) == needsPerson }
        guard let provider = closed.first else { return nil }
        let more = closed.count > 1 ? "; \(Wording.plural(closed.count - 1, "other provider")) too" : ""
        return Banner(
            glyph: needsPerson ? glyphs.failed : glyphs.stopped,
            role: needsPerson ? .bad : .warn,
            text: provider.sentence(at: now) + more,
            hint: needsPerson ? hint((.retry, "retry")) : "",
            isLoud: needsPerson
        )
    }
}
