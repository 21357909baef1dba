/// Limits are a state of the provider, not of a task: admission closes for its agents alone, and opens again by itself.
extension Scheduler {
    /// How the providers stand that have been heard of, in the order in which they were.
    package var providers: [ProviderGate] { gates }

    /// Whom a builder's attempts wait for together; a builder without a provider is its own.
    static func gateName(of builder: BuilderName) -> ProviderName {
        builder.provider ?? ProviderName(builder.rawValue)
    }

    /// Whether no gate keeps an attempt of the kind from beginning.
    func isAdmitted(_ kind: Ledger.Kind) -> Bool { gates.allSatisfy { $0.admits || !$0.concerns(kind) } }

    /// The place of a provider's gate, or of one family's; it is made where there is none yet.
    private mutating func gate(_ provider: ProviderName, family: String? = nil) -> Int {
        let name = ProviderGate.name(provider, family: family)
        if let place = gates.firstIndex(where: { $0.provider == name }) { return place }
        gates.append(ProviderGate(provider, family: family))
        return gates.count - 1
    }

    /// The places of the gates that the task's newest attempt had to pass.
    private func currentGates(_ place: Int) -> [Int] {
        guard let kind = currentKind(place) else { return [] }
        return gates.indices.filter { gates[$0].concerns(kind) }
    }

    /// Whether no gate has closed for the task's newest attempt since it passed them; a gate's own probe has passed it.
    func passesGates(_ place: Int) -> Bool {
        currentGates(place).allSatisfy { gates[$0].admits || gates[$0].probe == records[place].attempt }
    }

    private func currentKind(_ place: Int) -> Ledger.Kind? {
        records[place].current.map { attempt in
            let role = attempt.validator ?? records[place].task.role
            return Ledger.Kind(role: role, builder: attempt.builder, model: attempt.model)
        }
    }

    // MARK: News

    /// An attempt begins.
    mutating func admitToProvider(_ attempt: AttemptID, _ kind: Ledger.Kind) {
        for gate in gates.indices where gates[gate].isAjar && gates[gate].concerns(kind) {
            gates[gate].admit(attempt)
            remarks.append(.providerProbed(gates[gate].provider, attempt))
        }
    }

    /// Something stood between the attempt and its model.
    mutating func meetTrouble(
        _ trouble: ProviderTrouble,
        _ place: Int,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        guard trouble.isProviderWide, let kind = currentKind(place) else { return }
        let gate = gate(Self.gateName(of: kind.builder), family: trouble.family)
        gates[gate].note(kind)
        if gates[gate].meet(trouble, by: records[place].attempt, at: time) { rest(gate, at: time, &effects) }
    }

    /// The provider answered: the attempt used something.
    mutating func noteAnswer(_ place: Int) {
        for gate in currentGates(place) where gates[gate].answer(records[place].attempt) { opened(gate) }
    }

    /// The attempt's work was good.
    mutating func noteSuccess(_ place: Int) {
        for gate in currentGates(place) where gates[gate].succeed(records[place].attempt) { opened(gate) }
    }

    /// The attempt has failed and counts: several in a row say that something is wrong with more than a task.
    mutating func noteFailure(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let builder = records[place].current?.builder, let policy = spec?.plan.settings.agents else { return }
        let usual = builder == .command ? 0 : AgentPolicy.breakerThresholdDefault
        let limit = policy.breakerThreshold ?? usual
        let attempt = records[place].attempt
        _ = gate(Self.gateName(of: builder))
        for gate in currentGates(place) {
            let wasAjar = gates[gate].isAjar
            // What several tasks fail at says something about the provider, and nothing about one limit.
            let threshold = limit > 0 && gates[gate].family == nil ? limit : nil
            if gates[gate].fail(attempt, threshold: threshold, pause: policy.breakerPause, at: time) {
                rest(gate, at: time, &effects)
            } else if wasAjar, gates[gate].closure == nil {
                opened(gate)
            }
        }
    }

    private mutating func opened(_ gate: Int) {
        remarks.append(.providerOpened(gates[gate].provider))
        touchWaiting()
    }

    // MARK: Time

    private mutating func rest(_ gate: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let closure = gates[gate].closure else { return }
        let name = gates[gate].provider
        remarks.append(.providerClosed(name, closure))
        touchWaiting()
        guard let until = closure.until else { return }
        effects.append(.startTimer(.provider(name, gates[gate].rest), max(.zero, until.since(time))))
    }

    mutating func providerRested(_ name: ProviderName, _ number: Int) {
        guard let gate = gates.firstIndex(where: { $0.provider == name }), gates[gate].restIsOver(number) else {
            return
        }
        if gates[gate].closure == nil { remarks.append(.providerOpened(name)) }
        touchWaiting()
    }

    /// A person wants to know now.
    mutating func retryProvider(of place: Int) {
        let kind = currentKind(place) ?? kind(of: choice(for: place), place)
        for gate in gates.indices where gates[gate].concerns(kind) && gates[gate].retry() { touchWaiting() }
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

    /// The gate that keeps a ready task from starting; of several the one that waits for a person, else for a timer.
    func closedGate(for place: Int) -> ProviderGate? {
        guard gates.contains(where: { $0.closure != nil }) else { return nil }
        let kind = kind(of: choice(for: place), place)
        let closed = gates.filter { $0.closure != nil && $0.concerns(kind) }
        return closed.first { !$0.isAjar && !$0.waitsForTimer } ?? closed.first { !$0.isAjar } ?? closed.first
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
