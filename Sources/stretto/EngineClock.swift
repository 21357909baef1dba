import StrettoCore

/// The clock of an engine's pauses and timeouts: it stands still while the machine sleeps.
///
/// Tests of the whole program may have it run faster, so that nobody waits half a minute for a provider's reset. Agents, checks
/// and git take the time that they take.
struct EngineClock: Clock {
    typealias Instant = SuspendingClock.Instant

    /// `10` makes each pause ten times as short; docs/testing.md describes it.
    static let variable = "STRETTO_DEBUG_HASTE"
    private static let hasteMax = 1000

    private let clock = SuspendingClock()
    private let haste: Int

    /// Throws where the environment names no haste that there is.
    init(environment: [String: String]) throws(Refusal) {
        guard let text = environment[Self.variable] else {
            haste = 1
            return
        }
        guard let haste = Int(text), (1...Self.hasteMax).contains(haste) else {
            throw Refusal("\(Self.variable) is no number from 1 to \(Self.hasteMax): see docs/testing.md, or unset it")
        }
        self.haste = haste
    }

    var now: Instant { clock.now }
    var minimumResolution: Duration { clock.minimumResolution }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let left = clock.now.duration(to: deadline)
        try await clock.sleep(until: clock.now.advanced(by: left / haste), tolerance: tolerance)
    }
}
