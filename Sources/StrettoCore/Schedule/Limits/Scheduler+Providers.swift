/// Limits are a state of the provider, not of a task: admission closes for its agents alone, and opens again by itself.
extension Scheduler {
    /// How the providers stand that have been heard of, in the order in which they were.
    package var providers: [ProviderGate] { gates }

    /// Whom a builder's attempts wait for together; a builder without a provider is its own.
    static func gateName(of builder: BuilderName) -> ProviderName {
        builder.provider ?? ProviderName(builder.rawValue)
    }

    func gate(for builder: BuilderName) -> ProviderGate? {
        let name = Self.gateName(of: builder)
        return gates.first { $0.provider == name }
    }

    /// Changes the gate of that name, which is made where there is none yet.
    private mutating func withGate<Value>(_ name: ProviderName, _ body: (inout ProviderGate) -> Value) -> Value {
        if let place = gates.firstIndex(where: { $0.provider == name }) { return body(&gates[place]) }
        gates.append(ProviderGate(name))
        return body(&gates[gates.count - 1])
    }

    // MARK: News

    /// An attempt begins.
    mutating func admitToProvider(_ attempt: AttemptID, _ builder: BuilderName) {
        guard let gate = gate(for: builder), gate.isAjar else { return }
        withGate(gate.provider) { $0.admit(attempt) }
        remarks.append(.providerProbed(gate.provider, attempt))
    }

    /// Something stood between the attempt and its model.
    mutating func meetTrouble(
        _ trouble: ProviderTrouble,
        _ place: Int,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        guard trouble.isProviderWide, let builder = records[place].current?.builder else { return }
        let name = Self.gateName(of: builder)
        let attempt = records[place].attempt
        if withGate(name, { $0.meet(trouble, by: attempt, at: time) }) { rest(name, at: time, &effects) }
    }

    /// The provider answered: the attempt used something.
    mutating func noteAnswer(_ place: Int) {
        guard let gate = currentGate(place) else { return }
        let attempt = records[place].attempt
        if withGate(gate.provider, { $0.answer(attempt) }) { opened(gate.provider) }
    }

    /// The attempt's work was good.
    mutating func noteSuccess(_ place: Int) {
        guard let gate = currentGate(place) else { return }
        let attempt = records[place].attempt
        if withGate(gate.provider, { $0.succeed(attempt) }) { opened(gate.provider) }
    }

    /// The attempt has failed and counts: several in a row say that something is wrong with more than a task.
    mutating func noteFailure(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let builder = records[place].current?.builder, let policy = spec?.plan.settings.agents else { return }
        let name = Self.gateName(of: builder)
        let usual = builder == .command ? 0 : AgentPolicy.breakerThresholdDefault
        let limit = policy.breakerThreshold ?? usual
        let threshold = limit > 0 ? limit : nil
        let attempt = records[place].attempt
        let before = gate(for: builder)?.isAjar == true
        let trips = withGate(name) { $0.fail(attempt, threshold: threshold, pause: policy.breakerPause, at: time) }
        if trips {
            rest(name, at: time, &effects)
        } else if before, gate(for: builder)?.closure == nil {
            opened(name)
        }
    }

    private mutating func opened(_ name: ProviderName) {
        remarks.append(.providerOpened(name))
        touchWaiting()
    }

    private func currentGate(_ place: Int) -> ProviderGate? { records[place].current.flatMap { gate(for: $0.builder) } }

    // MARK: Time

    private mutating func rest(_ name: ProviderName, at time: Timestamp, _ effects: inout [Effect]) {
        guard let gate = gates.first(where: { $0.provider == name }), let closure = gate.closure else { return }
        remarks.append(.providerClosed(name, closure))
        touchWaiting()
        guard let until = closure.until else { return }
        effects.append(.startTimer(.provider(name, gate.rest), max(.zero, until.since(time))))
    }

    mutating func providerRested(_ name: ProviderName, _ number: Int) {
        guard withGate(name, { $0.restIsOver(number) }) else { return }
        if gates.first(where: { $0.provider == name })?.closure == nil { remarks.append(.providerOpened(name)) }
        touchWaiting()
    }

    /// A person wants to know now.
    mutating func retryProvider(of place: Int) {
        let builder = records[place].current?.builder ?? choice(for: place).builder
        guard let gate = gate(for: builder), gate.closure != nil else { return }
        if withGate(gate.provider, { $0.retry() }) { touchWaiting() }
    }

    /// Somebody starts the run again: what only a person can mend may be mended.
    mutating func retryProvidersThatNeedPerson() {
        for place in gates.indices where gates[place].closure?.until == nil { _ = gates[place].retry() }
    }

    /// After a restart: the timers ended with the engine.
    mutating func restartProviders(at time: Timestamp, _ effects: inout [Effect]) {
        for gate in gates where gate.waitsForTimer {
            guard let closure = gate.closure, let until = closure.until else { continue }
            let whole = max(.zero, until.since(closure.since))
            let rest = min(max(.zero, until.since(time)), whole)
            effects.append(.startTimer(.provider(gate.provider, gate.rest), rest))
        }
    }

    /// A probe that was ended, skipped or could not be prepared has told nothing: the next one may try.
    mutating func releaseIdleProbes() {
        for place in gates.indices {
            guard let probe = gates[place].probe else { continue }
            let record = index[probe.task].map { records[$0] }
            let isAtWork = record?.attempt == probe && record?.phase.holdsWorker == true
            if !isAtWork { gates[place].releaseProbe() }
        }
    }

    // MARK: Who waits

    /// The gate that keeps a ready task from starting; nil where none does.
    func closedGate(for place: Int) -> ProviderGate? {
        guard let gate = gate(for: choice(for: place).builder), gate.closure != nil else { return nil }
        return gate
    }

    /// Ready tasks that wait for providers, by who must act: a timer, or a person.
    var heldTasks: (byTimer: [Int], byPerson: [Int]) {
        guard gates.contains(where: { $0.closure != nil }) else { return ([], []) }
        var held: (byTimer: [Int], byPerson: [Int]) = ([], [])
        for place in records.indices where isReady(place) {
            guard let gate = closedGate(for: place), !gate.isAjar else { continue }
            if gate.waitsForTimer { held.byTimer.append(place) } else { held.byPerson.append(place) }
        }
        return held
    }

    /// Readers see why a task waits.
    private mutating func touchWaiting() {
        touched.append(contentsOf: records.indices.filter { records[$0].phase == .waiting })
    }
}
