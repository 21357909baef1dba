internal import StrettoCore

/// When updates are sent: the first one at once, those that follow within an interval together at its end.
///
/// Turning an update into JSON costs more than all else that an event costs (`make bench`), and no screen shows more than some thirty states a second.
struct UpdatePace {
    /// From one sending to the next.
    static let interval = Duration.milliseconds(33)

    private var waiting: RunUpdate?
    private var lastSending: ContinuousClock.Instant?

    /// Takes an update; answers what is to be sent now.
    mutating func take(_ update: RunUpdate, at now: ContinuousClock.Instant) -> RunUpdate? {
        if waiting == nil { waiting = update } else { waiting?.add(update) }
        return takeDue(at: now)
    }

    /// What is to be sent at this moment, if something is.
    mutating func takeDue(at now: ContinuousClock.Instant) -> RunUpdate? {
        if let deadline, deadline > now { return nil }
        return takeAll(at: now)
    }

    /// All that waits, because something must not overtake it.
    mutating func takeAll(at now: ContinuousClock.Instant) -> RunUpdate? {
        defer { waiting = nil }
        if waiting != nil { lastSending = now }
        return waiting
    }

    /// When what waits is to be sent; nil: at once, or nothing waits.
    var deadline: ContinuousClock.Instant? { waiting == nil ? nil : lastSending.map { $0 + Self.interval } }
}
