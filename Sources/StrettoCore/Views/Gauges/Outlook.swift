/// How fast a run spends, and what the rest of it will probably cost, judged by its own tasks so far.
package struct Outlook: Hashable, Sendable, Codable {
    /// Tasks that are over and used something, before which nothing is foretold.
    package static let evidenceMin = 3
    /// Draws of one forecast, and how many values are drawn for all of them together at most.
    private static let drawsMax = 200
    private static let valuesMax = 100_000
    private static let drawsMin = 20

    /// The middle and the pessimistic end of what may come: half, and nine of ten, of all draws were no more.
    package struct Forecast: Hashable, Sendable, Codable {
        package var p50: Int
        package var p90: Int

        package init(p50: Int, p90: Int) {
            self.p50 = p50
            self.p90 = p90
        }
    }

    /// What the agents at work use in a minute, judged by all time in work so far; nil while none is at work or nothing is known.
    package private(set) var tokensPerMinute: Int?
    /// Millionths of a US dollar; nil, too, where no price is known.
    package private(set) var microdollarsPerMinute: Int?
    /// Tasks that are still to be done, those under way included.
    package private(set) var tasksLeft: Int
    /// What they will use besides what they have used; nil before ``evidenceMin``.
    package private(set) var tokens: Forecast?
    /// Millionths of a US dollar, of what has a price; nil, too, where nothing has.
    package private(set) var microdollars: Forecast?
    /// Whether tokens without a price are missing in the money of the rate and of the forecast, so that these are floors.
    package private(set) var isRateFloor = false
    package private(set) var isForecastFloor = false

    /// Judges by the tasks of one snapshot; the same tasks at the same time give the same figures.
    package init(of tasks: [TaskSnapshot], at now: Timestamp) {
        let open = tasks.filter { !$0.state.isOver && $0.state != .blocked && $0.builder != .command }
        tasksLeft = tasks.count { !$0.state.isOver }
        let done = tasks.filter { $0.state == .done && $0.usage.tokens > 0 }
        measureRate(of: tasks, at: now)
        guard done.count >= Self.evidenceMin else { return }
        tokens = Self.forecast(open, by: done) { $0.tokens }
        guard done.contains(where: { $0.usage.microdollars != nil }) else { return }
        microdollars = Self.forecast(open, by: done) { $0.microdollars ?? 0 }
        isForecastFloor = done.contains(where: \.usage.hasUnpriced)
    }

    private mutating func measureRate(of tasks: [TaskSnapshot], at now: Timestamp) {
        var used = Usage.zero
        var work = Duration.zero
        var busyCount = 0
        for task in tasks {
            for attempt in task.attempts where attempt.builder != .command {
                guard let launched = attempt.launched else { continue }
                let isAtWork = attempt.exited == nil && task.state == .running && attempt.number == task.attempts.count
                if isAtWork { busyCount += 1 }
                guard attempt.usage.tokens > 0, isAtWork || attempt.exited != nil else { continue }
                used.add(attempt.usage)
                isRateFloor = isRateFloor || attempt.usage.hasUnpriced
                work += max(.zero, (attempt.exited ?? now).since(launched))
            }
        }
        let seconds = Int(work.wholeSeconds)
        guard busyCount > 0, seconds > 0 else { return }
        tokensPerMinute = Self.perMinute(used.tokens, in: seconds) * busyCount
        microdollarsPerMinute = used.microdollars.map { Self.perMinute($0, in: seconds) * busyCount }
    }

    private static func perMinute(_ amount: Int, in seconds: Int) -> Int { Int(Int128(amount) * 60 / Int128(seconds)) }

    /// Draws what each open task costs from what finished ones of its role did, many times over, and sorts the sums.
    private static func forecast(
        _ open: [TaskSnapshot],
        by done: [TaskSnapshot],
        _ cost: (Usage) -> Int
    ) -> Forecast {
        guard !open.isEmpty else { return Forecast(p50: 0, p90: 0) }
        let all = done.map { cost($0.usage) }
        var byRole: [String?: [Int]] = [:]
        for task in done { byRole[task.role, default: []].append(cost(task.usage)) }
        let draws = min(drawsMax, max(drawsMin, valuesMax / open.count))
        var dice = Dice()
        var sums = [Int](repeating: 0, count: draws)
        for task in open {
            let own = byRole[task.role] ?? []
            let costs = own.count >= evidenceMin ? own : all
            let spent = cost(task.usage)
            for draw in sums.indices { sums[draw] += max(0, costs[dice.roll(costs.count)] - spent) }
        }
        return Forecast(p50: Ledger.percentile(50, of: sums), p90: Ledger.percentile(90, of: sums))
    }

    /// Numbers that look random and are the same each time.
    private struct Dice {
        private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

        mutating func roll(_ count: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(count))
        }
    }

    /// The forecast in words, `~$3.10 to ~$4.80 more for 9 tasks`; nil where there is none or nothing is left.
    package var sentence: String? {
        guard tasksLeft > 0, let tokens, tokens.p90 > 0 else { return nil }
        let amounts =
            microdollars.map { [$0.p50, $0.p90].map { Figures.money(microdollars: $0, isFloor: isForecastFloor) } }
            ?? [Figures.tokens(tokens.p50), Figures.tokens(tokens.p90)]
        let range = amounts[0] == amounts[1] ? amounts[0] : "\(amounts[0]) to \(amounts[1])"
        return range + (microdollars == nil ? " tokens" : "")
            + " more for \(tasksLeft) task\(tasksLeft == 1 ? "" : "s")"
    }

    /// The rate in words, `1.2k tokens, ~$0.21 a minute`; nil where there is none.
    package var rateSentence: String? {
        tokensPerMinute.map { Self.rate($0, microdollarsPerMinute, isFloor: isRateFloor) }
    }

    /// The same over the whole time of a run, waits included; nil where nothing was used.
    package static func averageSentence(of header: RunHeader, at now: Timestamp) -> String? {
        let seconds = Int((header.ended ?? now).since(header.started).wholeSeconds)
        guard seconds > 0, header.usage.tokens > 0 else { return nil }
        let money = header.usage.microdollars.map { perMinute($0, in: seconds) }
        return rate(perMinute(header.usage.tokens, in: seconds), money, isFloor: header.usage.hasUnpriced)
    }

    private static func rate(_ tokens: Int, _ microdollars: Int?, isFloor: Bool) -> String {
        let money = microdollars.map { ", " + Figures.money(microdollars: $0, isFloor: isFloor) } ?? ""
        return Figures.tokens(tokens) + " tokens" + money + " a minute"
    }
}
