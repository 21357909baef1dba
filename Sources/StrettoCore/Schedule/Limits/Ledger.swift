/// What every attempt used, those under way and those that failed or were killed included: the one account of a run's spending.
package struct Ledger: Equatable, Sendable {
    /// What a token costs at most where nobody told a price and none is known from this run, in millionths of a US dollar.
    package static let microdollarsPerTokenMax = 75

    /// One attempt.
    package struct Line: Equatable, Sendable {
        package var kind: Kind
        /// What it counts for so far.
        let charge: Charge
        package var isAtWork: Bool

        package init(kind: Kind, usage: borrowing Usage, isAtWork: Bool) {
            self.kind = kind
            charge = Charge(usage)
            self.isAtWork = isAtWork
        }
    }

    /// Attempts of one kind usually cost the same.
    package struct Kind: Hashable, Sendable, Codable {
        package var role: String?
        package var builder: BuilderName
        package var model: String?

        package init(role: String?, builder: BuilderName, model: String?) {
            self.role = role
            self.builder = builder
            self.model = model
        }

        /// Whether it can cost anything: a command's own spending is nobody's to guess.
        var spends: Bool { builder != .command }
    }

    /// What is counted.
    package enum Unit: Hashable, Sendable, CaseIterable {
        case microdollars
        case tokens
    }

    package var lines: [Line]

    package init(_ lines: [Line]) { self.lines = lines }

    /// What usage counts for against a limit, in every unit: its price, and the highest one known for tokens without a price.
    struct Charge: Equatable, Sendable {
        var microdollars: Int
        var tokens: Int

        static let zero = Charge(microdollars: 0, tokens: 0)

        private init(microdollars: Int, tokens: Int) {
            self.microdollars = microdollars
            self.tokens = tokens
        }

        init(_ usage: borrowing Usage) {
            tokens = usage.inputTokens + usage.outputTokens
            let isPriced = usage.microdollars != nil || usage.unpricedMicrodollars > 0
            microdollars =
                isPriced
                ? (usage.microdollars ?? 0) + usage.unpricedMicrodollars : tokens * Ledger.microdollarsPerTokenMax
        }

        subscript(unit: Unit) -> Int { unit == .tokens ? tokens : microdollars }

        mutating func add(_ usage: borrowing Usage) {
            let charge = Charge(usage)
            microdollars += charge.microdollars
            tokens += charge.tokens
        }
    }

    /// How one limit stands.
    package func account(_ unit: Unit, limit: Int, workers: Int) -> Account {
        // In lists, because kinds are few, and to compare one costs less than to hash it.
        var kinds: [Kind] = []
        var costs: [[Int]] = []
        for line in lines where !line.isAtWork && line.charge.tokens > 0 {
            if let place = kinds.firstIndex(of: line.kind) {
                costs[place].append(line.charge[unit])
            } else {
                kinds.append(line.kind)
                costs.append([line.charge[unit]])
            }
        }
        let usual = zip(kinds, costs.map { Self.percentile(90, of: $0) })
        var account = Account(
            unit: unit,
            limit: limit,
            usual: Dictionary(usual, uniquingKeysWith: { first, _ in first }),
            share: max(1, limit / max(1, workers))
        )
        for line in lines {
            account.spent += line.charge[unit]
            if line.isAtWork { account.reserve(line.kind, known: line.charge[unit]) }
        }
        return account
    }

    /// The smallest of the values that at least so many percent of them do not exceed; 0 of nothing.
    static func percentile(_ percent: Int, of values: [Int]) -> Int {
        guard !values.isEmpty else { return 0 }
        return values.sorted()[max(0, (values.count * percent + 99) / 100 - 1)]
    }

    /// One limit: what is spent, and what the attempts at work are expected to spend yet.
    package struct Account: Equatable, Sendable {
        package let unit: Unit
        package let limit: Int
        package internal(set) var spent = 0
        package internal(set) var reserved = 0
        /// Attempts at work that can cost something.
        package internal(set) var busyCount = 0
        /// What nine of ten attempts of a kind have cost at most.
        private let usual: [Kind: Int]
        /// What an attempt is expected to cost of whose kind none is over.
        private let share: Int

        init(unit: Unit, limit: Int, usual: [Kind: Int], share: Int) {
            self.unit = unit
            self.limit = limit
            self.usual = usual
            self.share = share
        }

        package var isSpent: Bool { spent >= limit }

        /// What an attempt of the kind is expected to cost.
        package func expectation(of kind: Kind) -> Int { kind.spends ? usual[kind] ?? share : 0 }

        /// Whether one more attempt may begin: with its own reservation everything stays within the limit; alone it may as long
        /// as anything is left.
        package func admits(_ kind: Kind) -> Bool {
            guard !isSpent else { return false }
            return !kind.spends || busyCount == 0 || spent + reserved + expectation(of: kind) <= limit
        }

        /// What one more attempt may cost at most: all that is neither spent nor reserved; at least 1.
        package var room: Int { max(1, limit - spent - reserved) }

        /// Counts an attempt at work that is known to have cost so much.
        package mutating func reserve(_ kind: Kind, known: Int = 0) {
            guard kind.spends else { return }
            busyCount += 1
            reserved += max(0, expectation(of: kind) - known)
        }
    }
}
