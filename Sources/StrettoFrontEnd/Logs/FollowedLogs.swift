internal import StrettoBoard
internal import StrettoCore
internal import StrettoProcess
internal import StrettoTerminal

/// The files that the board shows, read in bursts: a flood of output neither keeps keys waiting nor wakes the board for each line.
struct FollowedLogs {
    /// The next reading begins this long after the last one did; what is written meanwhile comes with it.
    private static let restInterval = Duration.milliseconds(33)
    /// What is read of all files together before everything else has its turn, and the most and the least of one of them.
    private static let burstBytesMax = 512 << 10
    private static let fileBurstBytes = (16 << 10)...(256 << 10)
    /// What is read of an old log; more of it is in the file.
    private static let tailBytesMax = 4 << 20
    /// Output that comes faster than it is read is left out once so much of it waits: nobody could have seen it, and it is in the file.
    private static let lagBytesMax = 1 << 20

    private let follower: LogFollower
    private let secrets: KnownSecrets
    private var feeds: [LogSource: TranscriptFeed] = [:]
    /// The sources of the feeds, in order.
    private var followed: [LogSource] = []
    /// Files that had more to read than one burst takes, in order.
    private var unread: [String] = []
    /// Files that somebody waits for, because what was in them at the beginning has not been shown yet, and how much of that is left at most.
    private var opening: [String: Int] = [:]
    private var restEnd: ContinuousClock.Instant?

    /// The sources whose times are read, and the readers.
    private var times: [(source: LogSource, path: String, reader: OutputTimes)] = []

    init(_ secrets: KnownSecrets) throws {
        follower = try LogFollower()
        self.secrets = secrets
    }

    /// What to poll; nil while it rests or has to read anyway.
    func interest(at now: ContinuousClock.Instant) -> Poller.Interest? {
        wait(at: now) == nil ? Poller.Interest(follower.descriptor) : nil
    }

    /// The time until ``read(at:)`` is due without being polled for; nil: only ``interest(at:)`` tells.
    func wait(at now: ContinuousClock.Instant) -> Duration? {
        if unread.contains(where: { opening[$0] != nil }) { return .zero }
        guard let restEnd, restEnd > now else { return unread.isEmpty ? nil : .zero }
        return restEnd - now
    }

    /// Follows exactly these files, each from its end back as far as a pane remembers.
    /// - Returns: what begins anew.
    mutating func show(_ wanted: [LogSource]) throws -> [BoardInput] {
        guard wanted.count != feeds.count || wanted.contains(where: { feeds[$0] == nil }) else { return [] }
        for source in feeds.keys where !wanted.contains(source) {
            feeds[source] = nil
            if !wanted.contains(where: { $0.path == source.path }) { forget(source.path) }
        }
        followed = wanted
        var inputs: [BoardInput] = []
        for source in wanted where feeds[source] == nil {
            // A second view of a file begins where the first did, so both begin again.
            forget(source.path)
            for sharing in wanted where sharing.path == source.path && (feeds[sharing] != nil || sharing == source) {
                feeds[sharing] = TranscriptFeed(sharing, secrets)
                inputs.append(.outputBegan(sharing))
            }
            try follower.follow(source.path, tailBytesMax: Self.tailBytesMax)
            unread.append(source.path)
            opening[source.path] = Self.tailBytesMax
        }
        return inputs
    }

    /// Reads what was noted of the times of exactly these files, each from the beginning.
    mutating func showTimes(of wanted: [LogSource]) {
        let timed = wanted.filter { OutputTimes.path(of: $0.path) != nil }
        guard timed != times.map(\.source) else { return }
        for path in times.map(\.path) { forget(path) }
        times = timed.compactMap { source in
            guard let path = OutputTimes.path(of: source.path), let reader = OutputTimes(of: source.path) else {
                return nil
            }
            return (source, path, reader)
        }
        for path in times.map(\.path) where !unread.contains(path) {
            // Whose directory is gone has no times, and that is all.
            guard (try? follower.follow(path, tailBytesMax: Self.tailBytesMax)) != nil else { continue }
            unread.append(path)
        }
    }

    /// One burst of each file that has changed or has not been read to its end.
    mutating func read(at now: ContinuousClock.Instant) -> [BoardInput] {
        let paths = unread + follower.takeChanges().filter { !unread.contains($0) }
        unread = []
        var inputs: [BoardInput] = []
        let share = Self.burstBytesMax / max(paths.count, 1)
        let bytesMax = min(max(share, Self.fileBurstBytes.lowerBound), Self.fileBurstBytes.upperBound)
        for path in paths {
            leaveOutWhatNobodySaw(of: path)
            let bytes = follower.readNew(path, bytesMax: bytesMax)
            let offset = follower.offset(in: path) - bytes.count
            let left = (opening[path] ?? 0) - bytes.count
            opening[path] = bytes.count == bytesMax && left > 0 ? left : nil
            if bytes.count == bytesMax { unread.append(path) }
            guard !bytes.isEmpty else { continue }
            for source in followed where source.path == path {
                guard let text = feeds[source]?.render(bytes, at: offset) else { continue }
                inputs.append(.output(source, text))
            }
            for index in times.indices where times[index].path == path {
                let notes = times[index].reader.read(bytes).map {
                    LogTimes.Note(offset: $0.offset, time: Timestamp(milliseconds: $0.milliseconds))
                }
                if !notes.isEmpty { inputs.append(.times(times[index].source, notes)) }
            }
        }
        restEnd = now + Self.restInterval
        return inputs
    }

    /// Events are never left out: each is read in the light of those before it.
    private mutating func leaveOutWhatNobodySaw(of path: String) {
        let sources = followed.filter { $0.path == path }
        guard opening[path] == nil, !sources.isEmpty, !sources.contains(where: { $0.form == .transcript }) else {
            return
        }
        guard follower.skip(path, lagBytesMax: Self.lagBytesMax, tailBytesMax: Self.fileBurstBytes.upperBound) else {
            return
        }
        for source in sources { feeds[source] = TranscriptFeed(source, secrets) }
    }

    private mutating func forget(_ path: String) {
        follower.unfollow(path)
        unread.removeAll { $0 == path }
        opening[path] = nil
    }
}
