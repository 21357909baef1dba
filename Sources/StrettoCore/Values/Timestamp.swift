/// A moment of wall time, in whole milliseconds since 1970 (UTC): what rides on an event, never what a rule measures by itself.
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// The moment that lies `duration` later, to the millisecond.
    package func advanced(by duration: Duration) -> Timestamp {
        Timestamp(milliseconds: milliseconds + duration.milliseconds)
    }

    /// The time from `earlier` to this moment; negative where the clock was set back.
    package func since(_ earlier: Timestamp) -> Duration { .milliseconds(milliseconds - earlier.milliseconds) }

    /// The time of day, `HH:MM:SS`; `zone` is how far local time is ahead of UTC.
    package func clock(zone: Duration) -> String {
        let secondsOfDay = Int64(86_400)
        let milliseconds = advanced(by: zone).milliseconds
        // Towards earlier, so that moments before 1970 count within their day, too.
        let seconds = milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
        let second = (seconds % secondsOfDay + secondsOfDay) % secondsOfDay
        return [second / 3600, second / 60 % 60, second % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}

extension Duration {
    /// The whole milliseconds of this duration, rounded towards zero.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// The whole seconds of this duration, rounded towards zero.
    package var wholeSeconds: Int64 { components.seconds }
}
