internal import StrettoCore

/// How many checkouts are kept for reuse, and from which size on it pays.
package struct SparePolicy: Hashable, Sendable {
    /// How many checkouts may wait at a time; 0: none is ever reused.
    package var countMax: Int
    /// Checkouts with fewer files are made as quickly as they are proved.
    package var filesMin: Int
    /// Below this much room on the disk, bytes, nothing waits.
    package var freeBytesMin: Int
    /// Whether only file systems that are known to note every change will do; false in tests, which run on any.
    var needsFaithfulDisk = true

    package init(countMax: Int, filesMin: Int = 1000, freeBytesMin: Int = 2 * 1024 * 1024 * 1024) {
        self.countMax = countMax
        self.filesMin = filesMin
        self.freeBytesMin = freeBytesMin
    }

    /// Every worktree is a fresh one.
    package static let never = SparePolicy(countMax: 0)
}

/// A checkout as git wrote it, by whose record its files can be told from all others.
struct CheckoutRecord: Sendable {
    var inventory: Inventory
    /// The index that git wrote with the files, free of whatever an agent may have set in it since.
    var index: [UInt8]
    var rules: CheckoutRules
}

/// The files of a worktree whose attempt is over and kept, without anything of git's: no registration, no index.
struct Spare: Sendable {
    /// Absolute.
    var path: String
    var record: CheckoutRecord
}

/// Which checkouts may be reused: those whose making this very process saw, and whose content it then proved to be kept.
///
/// Nothing of this is on the disk. After a crash no folder can be proved, and so none is reused.
struct Spares: Sendable {
    let policy: SparePolicy
    private(set) var waiting: [Spare] = []
    private var records: [AttemptID: CheckoutRecord] = [:]
    /// Places that are promised to checkouts on their way.
    private var reservedCount = 0
    private var numberNext = 1
    private(set) var isClosed = false

    init(policy: SparePolicy) { self.policy = policy }

    /// Whether it is worth while to record checkouts.
    var isInUse: Bool { policy.countMax > 0 && !isClosed }

    /// Remembers how the attempt's checkout was before anybody worked in it.
    mutating func note(_ record: CheckoutRecord, of attempt: AttemptID) {
        if isInUse { records[attempt] = record }
    }

    /// The record of an attempt's checkout; nil: it cannot be proved.
    func record(of attempt: AttemptID) -> CheckoutRecord? { records[attempt] }

    /// Lets the record of an attempt go whose worktree is gone.
    mutating func forget(_ attempt: AttemptID) { records[attempt] = nil }

    /// Promises a place and names it; nil where there is none.
    ///
    /// To be paired with ``fill(_:)`` or ``release()``.
    mutating func reserve() -> Int? {
        guard isInUse, waiting.count + reservedCount < policy.countMax else { return nil }
        reservedCount += 1
        defer { numberNext += 1 }
        return numberNext
    }

    /// Puts a checkout into the place that was promised; false where nothing is taken any more.
    mutating func fill(_ spare: Spare) -> Bool {
        release()
        guard !isClosed else { return false }
        waiting.append(spare)
        return true
    }

    /// Gives a promised place back.
    mutating func release() { reservedCount -= 1 }

    /// The newest spare, which most resembles the next commit; nobody else gets it.
    mutating func take() -> Spare? { waiting.popLast() }

    /// Takes nothing from now on and forgets all.
    mutating func close() {
        isClosed = true
        waiting = []
        records = [:]
    }
}
