import StrettoCore

/// What the engine waits with while a disk takes nothing more: the journal's, or that of the worktrees.
///
/// No system tells when there is room again, so this is the one place that asks now and then, and only while it is paused.
struct Pause {
    /// How long until the next try: soon at first, because somebody may be clearing up this very moment.
    static let policy = RetryPolicy(base: .seconds(2), max: .seconds(30))
    /// How many commands may wait; front ends send only those that tell whether somebody is there.
    private static let commandsMax = 100

    /// Tells a pause's timer from that of an earlier one.
    let number: Int
    let trouble: Trouble
    /// How many tries the timer has led to.
    var tryCount = 0
    var hasTimer = false
    /// What could not be written: none of it has happened for anybody, and the scheduler is ahead of the disk by just that.
    var turn: Turn?
    /// What came after that turn; taken when the turn is on the disk.
    private(set) var letters: [Letter] = []
    /// What found no room, to be asked for again.
    var effects: [Effect] = []
    /// How many of those are being tried now.
    var tryingCount = 0
    /// Whether a person wants the engine to end in spite of it all.
    var isEnding = false

    init(number: Int, trouble: Trouble) {
        self.number = number
        self.trouble = trouble
    }

    var isOver: Bool { turn == nil && effects.isEmpty && tryingCount == 0 && !isEnding }

    /// For people: what is wrong, what goes on, and what they can do.
    var sentence: String {
        trouble.message
            + "; agents that run go on, nothing new starts, and the run goes on by itself when there is room: "
            + "`stretto resume` tries at once, `stretto stop --now` ends it here"
    }

    static let endingRefusal = "the engine is ending"
    static let endingSentence =
        "ended while the disk took nothing more: agents were ended, and what they wrote stays where it is: "
        + "`stretto resume` goes on when there is room"

    /// Keeps a letter for later; of an attempt's usage only the newest, which counts everything from its start.
    mutating func keep(_ letter: Letter) {
        switch letter {
        case .event(.usageReported(let attempt, _)):
            let older = letters.firstIndex { kept in
                if case .event(.usageReported(attempt, _)) = kept { true } else { false }
            }
            if let older { letters[older] = letter } else { letters.append(letter) }
        case .command(_, let reply):
            let count = letters.count { if case .command = $0 { true } else { false } }
            guard count < Self.commandsMax else { return reply(Refusal(sentence)) }
            letters.append(letter)
        default:
            letters.append(letter)
        }
    }

    mutating func takeLetters() -> [Letter] {
        defer { letters = [] }
        return letters
    }
}
