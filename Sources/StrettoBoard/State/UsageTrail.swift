package import StrettoCore

/// How many tokens were used in each of the last quarters of a minute: what a sparkline shows.
///
/// It begins where somebody begins to look; what was used before is no part of it.
package struct UsageTrail: Hashable, Sendable {
    /// Milliseconds in which uses are added up.
    private static let slotTime: Int64 = 15_000
    /// As many slots as the widest sparkline has columns.
    package static let slotsMax = 24
    private static let slotsPerMinute = 4

    /// The oldest first.
    private var slots = [0]
    private var slot: Int64
    private var total: Int

    /// A trail that begins with a sum of tokens.
    package init(total: Int, at now: Timestamp) {
        self.total = total
        slot = now.milliseconds / Self.slotTime
    }

    /// Takes the sum of tokens as it is now.
    package mutating func take(total: Int, at now: Timestamp) {
        guard total != self.total else { return }
        slots = slots(at: now)
        slot = max(slot, now.milliseconds / Self.slotTime)
        slots[slots.count - 1] += max(0, total - self.total)
        self.total = total
    }

    /// The tokens of each slot up to now, the oldest first, at most ``slotsMax``.
    package func slots(at now: Timestamp) -> [Int] {
        let quiet = Int(max(0, min(Int64(Self.slotsMax), now.milliseconds / Self.slotTime - slot)))
        return (slots + repeatElement(0, count: quiet)).suffix(Self.slotsMax)
    }

    /// Tokens of the last minute, the running quarter included.
    package func tokensPerMinute(at now: Timestamp) -> Int { slots(at: now).suffix(Self.slotsPerMinute).reduce(0, +) }
}
