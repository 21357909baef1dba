/// The records of all tasks in plan order, with what the rules ask of all of them at every event kept ready.
///
/// What is kept ready follows from the records alone and is brought up to date by whatever changes one of them, so that no rule can
/// forget it, and two values with the same records are equal.
struct TaskRecords: Equatable, Sendable, RandomAccessCollection, MutableCollection {
    private var list: [TaskRecord]
    /// In the order of the records.
    private var shares: [Share]
    /// Tasks whose merges are to come, in plan order.
    private(set) var queued: [Int] = []
    /// Tasks that hold a worker, in plan order.
    private(set) var working: [Int] = []
    /// Tasks with an effect under way.
    private(set) var inFlightCount = 0
    /// Tasks that are being merged: one or none.
    private(set) var mergingCount = 0
    /// Tasks that keep others from starting for good.
    private(set) var culpritCount = 0
    /// What all attempts count for against the limits.
    private(set) var spent = Ledger.Charge.zero

    init(_ list: [TaskRecord] = []) {
        self.list = list
        shares = list.map(Share.init)
        for (place, share) in shares.enumerated() {
            count(share, by: 1)
            if share.phase == .queued { queued.append(place) }
            if share.phase.isWorking { working.append(place) }
        }
    }

    static func == (left: TaskRecords, right: TaskRecords) -> Bool { left.list == right.list }

    var startIndex: Int { 0 }
    var endIndex: Int { list.count }

    subscript(place: Int) -> TaskRecord {
        // Where it lies, both ways: a record is large, most looks are at one field, and most changes are small.
        _read { yield list[place] }
        _modify {
            // Deferred, because a change that throws halfway leaves this at the yield.
            defer { update(place) }
            yield &list[place]
        }
    }

    /// What is kept of one task's phase.
    func phase(_ place: Int) -> Share.Phase { shares[place].phase }

    /// What all attempts of one task count for.
    func spent(by place: Int) -> Ledger.Charge { shares[place].spent }

    mutating func append(_ record: TaskRecord) {
        self = TaskRecords(list + [record])
    }

    private mutating func update(_ place: Int) {
        let (before, now) = (shares[place], Share(list[place]))
        guard before != now else { return }
        shares[place] = now
        count(before, by: -1)
        count(now, by: 1)
        guard before.phase != now.phase else { return }
        queued.set(place, to: now.phase == .queued)
        working.set(place, to: now.phase.isWorking)
    }

    private mutating func count(_ share: Share, by step: Int) {
        if share.phase.isInFlight { inFlightCount += step }
        if share.phase == .merging { mergingCount += step }
        if share.phase == .lost { culpritCount += step }
        spent.microdollars += step * share.spent.microdollars
        spent.tokens += step * share.spent.tokens
    }

    /// What one record adds to what is kept ready.
    struct Share: Equatable, Sendable {
        /// A task's phase without its words, as far as rules about all tasks tell phases apart.
        enum Phase: Equatable, Sendable {
            case waiting, preparing, running, collecting, queued, merging
            /// Dependants may start.
            case released
            /// Failed or stopped: dependants wait in vain.
            case lost
            case other

            var isInFlight: Bool { isWorking || self == .merging }
            var isWorking: Bool { self == .preparing || self == .running || self == .collecting }
        }

        var phase: Phase
        var spent: Ledger.Charge

        init(_ record: borrowing TaskRecord) {
            phase =
                switch record.phase {
                case .waiting: .waiting
                case .preparing: .preparing
                case .running: .running
                case .collecting: .collecting
                case .mergeQueued: .queued
                case .merging: .merging
                case .done, .skipped, .excluded: .released
                case .failed, .stopped: .lost
                case .backoff, .review: .other
                }
            spent = .zero
            for place in record.attempts.indices { spent.add(record.attempts[place].usage) }
        }
    }
}

extension [Int] {
    /// Takes a number in or out of numbers in rising order.
    fileprivate mutating func set(_ number: Int, to isMember: Bool) {
        let place = firstIndex { $0 >= number } ?? count
        let isKnown = place < count && self[place] == number
        if isMember, !isKnown { insert(number, at: place) }
        if !isMember, isKnown { remove(at: place) }
    }
}
