import StrettoCore

// Providers that take no attempts now: what is wrong, and a countdown to when they do again.
extension BoardState {
    /// The shortest wait for a provider that goes on by itself; nil where none counts down.
    var providerWait: Duration? {
        guard isAlive, let header else { return nil }
        return header.providers.compactMap { $0.wait(at: now) }.min()
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
