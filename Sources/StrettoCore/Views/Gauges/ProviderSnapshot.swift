/// A provider that takes no new attempts now, or only a probe, as front ends show it.
package struct ProviderSnapshot: Hashable, Sendable, Codable {
    package var provider: ProviderName
    package var closure: ProviderClosure
    /// The attempt that looks whether it works again; nil while nobody does.
    package var probe: AttemptID?

    package init(provider: ProviderName, closure: ProviderClosure, probe: AttemptID? = nil) {
        self.provider = provider
        self.closure = closure
        self.probe = probe
    }

    /// The time until new attempts begin, never negative; nil where a person must act, or a probe is due or under way.
    package func wait(at now: Timestamp) -> Duration? {
        guard probe == nil, let until = closure.until, until > now else { return nil }
        return until.since(now)
    }

    /// What is wrong, without the wait: `anthropic: usage limit reached`.
    package var headline: String { "\(provider): \(closure.sentence)" }

    /// What comes next: a countdown, a probe, or what a person has to do.
    package func outlook(at now: Timestamp) -> String {
        if let wait = wait(at: now) { return "goes on in \(Figures.duration(wait))" }
        if let probe { return "\(probe.task) tries whether it works again" }
        if closure.until == nil { return (closure.remedy ?? "see to it") + ", then retry a task or resume the run" }
        return "the next task tries whether it works again"
    }

    /// Both: `anthropic: usage limit reached, goes on in 2h03`.
    package func sentence(at now: Timestamp) -> String { headline + ", " + outlook(at: now) }
}

extension ProviderClosure {
    /// What is wrong, as a clause.
    package var sentence: String {
        switch reason {
        case .failures(let count): "\(count) failures in a row"
        case .trouble(.usageLimit): "usage limit reached"
        case .trouble(.rateLimited): "too many requests"
        case .trouble(.overloaded): "overloaded"
        case .trouble(.unreachable): "cannot be reached"
        case .trouble(.refusedLogin): "login refused"
        case .trouble(.noCredit): "no credit left"
        case .trouble(let kind): kind.rawValue.split(separator: "_").joined(separator: " ")
        }
    }

    /// The same in a word or two, beside a task that waits.
    package var word: String {
        switch reason {
        case .failures: "provider rests"
        case .trouble(.usageLimit): "usage limit"
        case .trouble(.rateLimited): "rate limited"
        case .trouble(.overloaded): "overloaded"
        case .trouble(.unreachable): "unreachable"
        case .trouble(.refusedLogin): "login refused"
        case .trouble(.noCredit): "no credit"
        case .trouble(let kind): kind.rawValue.split(separator: "_").joined(separator: " ")
        }
    }
}

extension Scheduler {
    /// Providers that keep attempts from beginning.
    var providerSnapshots: [ProviderSnapshot] {
        providers.compactMap { gate in
            gate.closure.map { ProviderSnapshot(provider: gate.provider, closure: $0, probe: gate.probe) }
        }
    }

    /// Who does the task now or did it last; while it waits, who will.
    func visibleChoice(_ place: Int) -> AgentChoice {
        let record = records[place]
        guard let attempt = record.current, record.phase != .waiting, record.phase != .backoff else {
            return choice(for: place)
        }
        return AgentChoice(builder: attempt.builder, model: attempt.model, reason: attempt.reason)
    }
}
