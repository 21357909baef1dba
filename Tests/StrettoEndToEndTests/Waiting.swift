@testable import StrettoProcess

/// What was waited for did not come in time; tells what was there instead.
struct Overdue: Error, CustomStringConvertible {
    var description: String
}

/// Looks until there is something to see, and returns that: the one wait of these tests, for what no event tells of.
///
/// Throws ``Overdue``, which names `what` and tells what `seen` is instead.
func waitFor<Seen>(
    _ what: String,
    within limit: Duration = .seconds(60),
    seen: () -> String = { "" },
    _ look: () async throws -> Seen?
) async throws -> Seen {
    let deadline = ContinuousClock.now + limit
    while true {
        if let found = try await look() { return found }
        try Task.checkCancellation()
        guard ContinuousClock.now < deadline else { throw Overdue(description: "no \(what) in \(limit):\n\(seen())") }
        await Reactor.shared.pause(.milliseconds(20))
    }
}

/// As above, for what is either so or not.
func waitUntil(
    _ what: String,
    within limit: Duration = .seconds(60),
    seen: () -> String = { "" },
    _ isSo: () async throws -> Bool
) async throws {
    try await waitFor(what, within: limit, seen: seen) { try await isSo() ? () : nil }
}
