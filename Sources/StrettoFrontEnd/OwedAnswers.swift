/// Answers to questions that the terminal was asked and has not given yet.
///
/// While some are owed, the parts of one may come far apart, and none of them is a key.
struct OwedAnswers: Hashable, Sendable {
    /// How long the rest of a sequence is waited for meanwhile.
    private static let patience = Duration.milliseconds(500)
    /// After this time no answer is expected any more.
    private static let time = Duration.seconds(5)

    private var count: Int
    private let end: ContinuousClock.Instant

    /// So many questions, asked at an instant.
    init(count: Int, at instant: ContinuousClock.Instant) {
        self.count = count
        end = instant + Self.time
    }

    /// One has come.
    mutating func take() { count -= 1 }

    /// How long to wait where keys alone would be waited for so long.
    func patience(_ own: Duration?, at instant: ContinuousClock.Instant) -> Duration? {
        count > 0 && instant < end ? own.map { max($0, Self.patience) } : own
    }
}
