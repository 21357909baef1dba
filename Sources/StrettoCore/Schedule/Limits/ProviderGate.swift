/// Whether attempts that need one provider may begin: open, closed for a reason, or ajar for a single probe.
///
/// A limit that is about one family of its models has a gate of its own, beside the provider's.
///
/// ```
///            limit, outage, refused login, failures in a row
///   open ─────────────────────────────────────────────────► closed
///    ▲ ▲                                                     │  │
///    │ └──── a limit's reset is over ────────────────────────┘  │ a rest is over, or a person says so
///    │                                                          ▼
///    └──────── the probe works ◄────────────────────────── ajar: one attempt at a time
/// ```
package struct ProviderGate: Equatable, Sendable, Codable {
    /// How long after a limit's reset nothing is asked yet: clocks differ.
    package static let resetMargin = Duration.seconds(30)
    /// A reset that was earlier than this has not helped: one within it may be told by the minute.
    static let resetSlack = Duration.seconds(120)
    /// A reset further away is not believed: a probe looks after this long.
    package static let restMax = Duration.seconds(31 * 24 * 3600)
    /// How long a usage limit rests that does not say when it ends.
    package static let unknownResetRest = RetryPolicy(base: .seconds(300), max: .seconds(3600))
    /// How long a provider rests that is overloaded, out of reach, or asked too often.
    package static let outageRest = RetryPolicy(base: .seconds(30), max: .seconds(900))

    enum State: Equatable, Sendable, Codable {
        case open
        case closed(ProviderClosure)
        /// One attempt may try, and this is the one that does; nil: nobody does yet.
        case ajar(ProviderClosure, probe: AttemptID?)
    }

    /// The provider, with the family where it is about one: `anthropic`, `anthropic opus`.
    package let provider: ProviderName
    /// The part of the names of those models that it is about; nil: all of the provider's.
    package let family: String?
    /// Whose models they are.
    private let seller: ProviderName
    /// Attempts of these kinds have met the limit, whatever their model was called: perhaps nobody had named one.
    private var kinds: [Ledger.Kind] = []
    private(set) var state = State.open
    /// Counted failures of tasks in a row, of all tasks that need this provider.
    private(set) var failuresInRow = 0
    /// How often in a row it rested without a probe that worked.
    private(set) var restsInRow = 0
    /// Numbers the rests, so that the timer of an earlier one says nothing about a later one.
    private(set) var rest = 0

    package init(_ provider: ProviderName, family: String? = nil) {
        seller = provider
        self.family = family
        self.provider = Self.name(provider, family: family)
    }

    /// What the gate of a provider, or of one family of its models, is called.
    static func name(_ provider: ProviderName, family: String?) -> ProviderName {
        family.map { ProviderName("\(provider) \($0)") } ?? provider
    }

    /// Whether an attempt of the kind has to pass it.
    package func concerns(_ kind: Ledger.Kind) -> Bool {
        guard Scheduler.gateName(of: kind.builder) == seller else { return false }
        guard let family else { return true }
        return kinds.contains(kind) || kind.model?.lowercased().contains(family) == true
    }

    /// An attempt of the kind has met what it is about.
    mutating func note(_ kind: Ledger.Kind) {
        if !concerns(kind) { kinds.append(kind) }
    }

    /// Why nothing, or only a probe, may begin; nil where everything may.
    package var closure: ProviderClosure? {
        switch state {
        case .open: nil
        case .closed(let closure), .ajar(let closure, _): closure
        }
    }

    /// Whether one more attempt may begin now.
    package var admits: Bool {
        switch state {
        case .open: true
        case .closed: false
        case .ajar(_, let probe): probe == nil
        }
    }

    /// Whether only a probe may pass.
    package var isAjar: Bool { if case .ajar = state { true } else { false } }

    /// The attempt that is the probe now.
    package var probe: AttemptID? { if case .ajar(_, let probe) = state { probe } else { nil } }

    /// Whether a timer will end its rest.
    package var waitsForTimer: Bool { if case .closed(let closure) = state { closure.until != nil } else { false } }

    /// An attempt begins; where only a probe may, it is the one.
    mutating func admit(_ attempt: AttemptID) {
        if case .ajar(let closure, nil) = state { state = .ajar(closure, probe: attempt) }
    }

    /// The probe is over without having told anything.
    mutating func releaseProbe() {
        if case .ajar(let closure, .some) = state { state = .ajar(closure, probe: nil) }
    }

    /// Takes trouble that the attempt met; answers whether a new rest begins.
    mutating func meet(_ trouble: ProviderTrouble, by attempt: AttemptID, at time: Timestamp) -> Bool {
        let isProbe = probe == attempt
        if case .closed(let known) = state {
            // Others that began before see the same; only what lasts longer is news.
            guard known.isOutlasted(by: closure(for: trouble, at: time, restsInRow: restsInRow)) else { return false }
        } else {
            // A gate that is ajar learns nothing from those who began before it was closed.
            if !isProbe, case .ajar = state, !trouble.needsPerson, trouble.resets == nil { return false }
            restsInRow += 1
        }
        close(closure(for: trouble, at: time, restsInRow: restsInRow))
        return true
    }

    /// Counts a failure; answers whether that is one too many and a rest begins.
    mutating func fail(_ attempt: AttemptID, threshold: Int?, pause: Duration, at time: Timestamp) -> Bool {
        failuresInRow += 1
        let isProbe = probe == attempt
        guard let threshold else {
            if isProbe { open() }
            return false
        }
        if case .closed = state { return false }
        // A probe for an outage that reaches the provider and then fails by itself has shown that the outage is over.
        guard failuresInRow >= threshold else {
            if isProbe { open() }
            return false
        }
        guard isProbe || !isAjar else { return false }
        close(
            ProviderClosure(
                reason: .failures(failuresInRow),
                since: time,
                until: time.advanced(by: pause),
                opensFully: false
            )
        )
        return true
    }

    /// An attempt's work was good; answers whether that opened the gate.
    mutating func succeed(_ attempt: AttemptID) -> Bool {
        failuresInRow = 0
        guard probe == attempt else { return false }
        open()
        return true
    }

    /// The provider answered an attempt, which says nothing about failures in a row; answers whether that opened the gate.
    mutating func answer(_ attempt: AttemptID) -> Bool {
        guard probe == attempt, case .trouble = closure?.reason else { return false }
        open()
        return true
    }

    /// The timer of that rest is over; answers whether that changed anything.
    mutating func restIsOver(_ number: Int) -> Bool {
        guard case .closed(let closure) = state, number == rest, closure.until != nil else { return false }
        if closure.opensFully { open() } else { state = .ajar(closure, probe: nil) }
        return true
    }

    /// A person says that it may be tried again; answers whether that changed anything.
    mutating func retry() -> Bool {
        guard case .closed(let closure) = state else { return false }
        state = .ajar(closure, probe: nil)
        return true
    }

    private mutating func open() {
        state = .open
        restsInRow = 0
    }

    private mutating func close(_ closure: ProviderClosure) {
        state = .closed(closure)
        rest += 1
    }

    private func closure(for trouble: ProviderTrouble, at time: Timestamp, restsInRow: Int) -> ProviderClosure {
        let until: Timestamp?
        // One that is over, and a limit that holds all the same: whoever believed it would ask every half minute for ever.
        let resets = trouble.resets.flatMap { $0 < time.advanced(by: .zero - Self.resetSlack) ? nil : $0 }
        if trouble.needsPerson {
            until = nil
        } else if let resets {
            // The provider's clock is anybody's: neither a past nor a far reset may decide alone.
            let latest = time.advanced(by: Self.restMax)
            until = min(max(resets, time), latest).advanced(by: Self.resetMargin)
        } else {
            let policy = trouble.kind == .usageLimit ? Self.unknownResetRest : Self.outageRest
            until = time.advanced(by: policy.pause(afterFailures: max(1, restsInRow)))
        }
        return ProviderClosure(
            reason: .trouble(trouble.kind),
            message: trouble.message,
            remedy: trouble.remedy,
            since: time,
            resets: trouble.needsPerson ? nil : resets,
            until: until,
            opensFully: trouble.kind == .usageLimit && resets != nil
        )
    }
}

/// Why a provider gets no new attempts, and until when.
package struct ProviderClosure: Hashable, Sendable, Codable {
    /// What closed it.
    package enum Reason: Hashable, Sendable, Codable {
        case trouble(ProviderTrouble.Kind)
        /// So many counted failures in a row: the circuit breaker.
        case failures(Int)
    }

    package var reason: Reason
    /// What the agent's program said.
    package var message: String
    /// What a person can do, as an imperative.
    package var remedy: String?
    package var since: Timestamp
    /// When the provider's limit resets, by its own word.
    package var resets: Timestamp?
    /// When Stretto asks again; nil: when a person says so.
    package var until: Timestamp?
    /// Whether everything may begin then, and not only one probe.
    package var opensFully: Bool

    package init(
        reason: Reason,
        message: String = "",
        remedy: String? = nil,
        since: Timestamp,
        resets: Timestamp? = nil,
        until: Timestamp? = nil,
        opensFully: Bool = false
    ) {
        self.reason = reason
        self.message = message
        self.remedy = remedy
        self.since = since
        self.resets = resets
        self.until = until
        self.opensFully = opensFully
    }

    /// Whether the other one lasts longer; for ever is the longest.
    func isOutlasted(by other: ProviderClosure) -> Bool {
        guard let until else { return false }
        guard let end = other.until else { return true }
        return end > until && other.opensFully
    }
}
