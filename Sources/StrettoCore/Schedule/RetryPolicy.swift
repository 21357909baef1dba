/// How long a task pauses after a failure: the base, doubled with each further failure, up to a maximum.
package struct RetryPolicy: Hashable, Sendable {
    package let base: Duration
    package let max: Duration

    package init(base: Duration, max: Duration) {
        self.base = base
        self.max = max
    }

    /// The pause after the n-th failure in a row, n counted from 1.
    package func pause(afterFailures failures: Int) -> Duration {
        var pause = base
        for _ in 1..<Swift.max(failures, 1) where pause < max { pause *= 2 }
        return Swift.min(pause, Swift.max(max, .zero))
    }
}
