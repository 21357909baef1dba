@testable import StrettoProcess

/// What was waited for did not come in time; tells what was there instead.
struct Overdue: Error, CustomStringConvertible {
    var description: String
}

/// Looks until it is so: the one wait of these tests, for what no event tells of.
///
/// Throws ``Overdue``, which names `what` and tells what `seen` is instead.
func waitUntil(
    _ what: String,
    within limit: Duration = .seconds(120),
    seen: () -> String = { "" },
    _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while !(try await isSo()) {
        try Task.checkCancellation()
        guard ContinuousClock.now < deadline else { throw Overdue(description: "no \(what) in \(limit):\n\(seen())") }
        await Reactor.shared.pause(.milliseconds(20))
    }
}
