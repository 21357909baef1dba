import FoundationEssentials
import Glibc
import StrettoBoard
import StrettoProcess

/// `stretto-bench board [quick] [PART ...]`: every figure that the board promises, measured from outside in a terminal.
///
/// `quick` is for tests: it tries everything with little of each, and its figures mean nothing. Parts are those of ``Part``.
struct BoardBench {
    /// How much of everything is done.
    struct Amounts: Sendable {
        var keyCount = 500
        var loadedKeyCount = 300
        var peerKeyCount = 300
        var quietTime = Duration.seconds(10)
        var loadTime = Duration.seconds(10)
        var stormCount = 100
        var workers = 8
        var loadRate = 1_000_000
        var floodRate = 10_000_000
        var floodBytes = 100_000_000
        var longPlan = 5_000
        var startCount = 7

        static let quick = Amounts(
            keyCount: 6,
            loadedKeyCount: 6,
            peerKeyCount: 3,
            quietTime: .milliseconds(300),
            loadTime: .milliseconds(500),
            stormCount: 10,
            workers: 2,
            floodBytes: 1_000_000,
            longPlan: 100,
            startCount: 1
        )
    }

    /// What can be measured by itself.
    enum Part: String, CaseIterable {
        case peers, quiet, load, flood, starts
    }

    let amounts: Amounts
    var table = BoardTable()

    /// Measures everything and prints the table.
    /// - Returns: whether all that was asked at least holds.
    static func run(_ words: [String]) async throws -> Bool {
        let isQuick = words.contains("quick")
        let parts = words.filter { $0 != "quick" }
        if let unknown = parts.first(where: { Part(rawValue: $0) == nil }) {
            let names = Part.allCases.map(\.rawValue).joined(separator: ", ")
            throw Bench.Failure(text: "the board has no part '\(unknown)': quick, \(names) can be asked for")
        }
        var bench = BoardBench(amounts: isQuick ? .quick : Amounts())
        let load = ProcessFacts.load
        let clock = ContinuousClock()
        let begin = clock.now
        for part in Part.allCases where parts.isEmpty || parts.contains(part.rawValue) { try await bench.measure(part) }
        print(bench.table.text)
        print(
            "\(Int((clock.now - begin).nanoseconds / 1_000_000_000)) s; load of the machine before \(load), "
                + "after \(ProcessFacts.load)"
        )
        return bench.table.ships || isQuick
    }

    /// The key times of `tig`, against which those of the board stand.
    private var tigP99: Double?

    init(amounts: Amounts) { self.amounts = amounts }

    private mutating func measure(_ part: Part) async throws {
        switch part {
        case .peers: try await measurePeers()
        case .quiet: try await measureQuiet()
        case .load: try await measureLoad()
        case .flood: try await measureFlood()
        case .starts:
            try await measureStarts()
            try measureCell()
        }
    }

    // MARK: Others

    /// What programs of this kind do that somebody has installed, in the same terminal.
    private mutating func measurePeers() async throws {
        let stage = try await BoardStage("peers", plan: BoardStage.plan(["true"]))
        for number in 0..<100 {
            try await stage.run(
                ["git", "-c", "user.name=Bench", "-c", "user.email=bench@localhost", "commit", "--quiet"]
                    + ["--allow-empty", "--message=Commit \(number)"]
            )
        }
        for (name, keys) in [
            ("tig", ["j", "k"]), ("htop", ["\u{1B}OB", "\u{1B}OA"]), ("btop", ["\u{1B}[B", "\u{1B}[A"]),
        ] {
            let peer = try? await Peer.measure(name, keys: keys, in: stage, amounts)
            table.add(
                "\(name): key to first byte, median",
                peer?.keys.median,
                "ms",
                note: peer == nil ? "not here" : ""
            )
            table.add("\(name): the same, p99", peer?.keys.p99, "ms")
            table.add("\(name): bytes when idle", peer?.idleBytes, "B/s")
            if name == "tig" { tigP99 = peer?.keys.p99 }
        }
        await stage.end()
    }

    /// How many times as long as tig's a time is.
    private func ratio(_ value: Double?) -> String {
        guard let value, let tigP99, tigP99 > 0 else { return "" }
        return "\(BoardTable.figure(value / tigP99)) times tig's idle p99"
    }

    // MARK: Nothing to do

    private struct Quiet: Sendable {
        var keys = Sample()
        var idle = Idle()
        var repaint = 0
    }

    /// A board at a plan gate: nothing runs.
    private mutating func measureQuiet() async throws {
        let stage = try await BoardStage("quiet", plan: BoardStage.longPlan(50))
        let amounts = amounts
        let quiet = try await BoardWindow.open(
            [BoardStage.strettoPath, "run", "plan.yaml"],
            directory: stage.repository,
            environment: stage.environment
        ) { window in
            try window.wait(for: "Task number 5")
            window.settle()
            var quiet = Quiet()
            for number in 0..<amounts.keyCount {
                window.pump(for: .milliseconds(number % 7 + 3))
                quiet.keys.add(window.time(number % 2 == 0 ? "j" : "k"))
                window.pump(within: 0)
            }
            window.settle()
            let before = window.byteCount
            // On a busy machine the frame begins later than the window counts as settled.
            _ = window.time("\u{0C}")
            window.settle()
            quiet.repaint = window.byteCount - before
            quiet.idle = Idle.watch(window, for: amounts.quietTime)
            return quiet
        }
        await stage.end()
        table.add("key to first byte, idle, median", quiet.keys.median, "ms", ship: 2, moonshot: 1)
        table.add(
            "key to first byte, idle, p99",
            quiet.keys.p99,
            "ms",
            ship: 8,
            moonshot: 3,
            note: ratio(quiet.keys.p99)
        )
        table.add("idle, nothing running: processor", quiet.idle.percent, "%", ship: 0.1)
        table.add("idle, nothing running: output", quiet.idle.bytesPerSecond, "B/s", ship: 0)
        table.add(
            "idle, nothing running: wake-ups in 10 s",
            quiet.idle.wakeUps(in: 10),
            "",
            moonshot: 0,
            note: quiet.idle.runtimeNote
        )
        table.add("bytes of a full repaint, 200x50", Double(quiet.repaint), "B", ship: 24_000, moonshot: 16_000)
    }

    // MARK: Load

    private mutating func measureLoad() async throws {
        let amounts = amounts
        let commands = (0..<amounts.workers).map { worker in
            Emitter.command(.clock, worker: worker, bytesPerSecond: amounts.loadRate, bytesMax: 1 << 40)
        }
        let stage = try await BoardStage("load", plan: BoardStage.plan(commands))
        let load = try await BoardWindow.open(
            [BoardStage.strettoPath, "run", "plan.yaml"],
            directory: stage.repository,
            environment: stage.environment
        ) { window in
            try BoardLoad.measure(window, stage, amounts)
        }
        let keys = load.keys
        table.add("key to its effect under load, median", keys.median, "ms", ship: 8, moonshot: 4)
        let allowed = max(16, (tigP99 ?? 0) * 10)
        table.add(
            "key to its effect under load, p99",
            keys.p99,
            "ms",
            ship: 33,
            moonshot: allowed,
            note: ratio(keys.p99)
        )
        table.add("key to its effect under load, longest", keys.max, "ms", moonshot: 50)
        table.add(
            "lag of the followed pane, p99",
            load.lag.p99,
            "ms",
            ship: 100,
            moonshot: 40,
            note: "median \(load.lagMedian)"
        )
        table.add("processor under load, of one core", load.board.percent, "%", ship: 25, moonshot: 10)
        table.add("the same, the engine", load.enginePercent, "%")
        table.add("frames a second under load", load.frameRate, "", ship: 29, moonshot: 29, isFloor: true)
        table.add("frames a second, 60 keys a second", load.keyFrameRate, "", moonshot: 58, isFloor: true)
        table.add("frame time under load, p99", load.frames.p99, "ms", ship: 8, moonshot: 3)
        table.add("output under load", load.board.bytesPerSecond / 1_000, "KB/s", ship: 100, moonshot: 60)
        table.add("writes for a frame", load.writesPerFrame, "", ship: 3, moonshot: 1, note: load.writesNote)
        table.add("resize to a correct frame, longest", load.resize.max, "ms", ship: 80)
        table.add(
            "\(amounts.stormCount) sizes in a second, then a correct frame",
            load.storm,
            "ms",
            ship: 80,
            moonshot: 33
        )
        await stage.end()
    }

    // MARK: Floods

    private mutating func measureFlood() async throws {
        let amounts = amounts
        let commands = (0..<amounts.workers).map { worker in
            Emitter.command(
                worker == 1 ? .colour : .plain,
                worker: worker,
                bytesPerSecond: amounts.floodRate,
                bytesMax: amounts.floodBytes
            )
        }
        let stage = try await BoardStage("flood", plan: BoardStage.plan(commands))
        let flood = try await BoardWindow.open(
            [BoardStage.strettoPath, "run", "plan.yaml"],
            directory: stage.repository,
            environment: stage.environment
        ) { window in
            try BoardFlood.measure(window, stage, amounts)
        }
        let mebibyte = Double(1 << 20)
        table.add(
            "bytes lost of \(amounts.workers) x \(amounts.floodBytes / 1_000_000) MB",
            Double(flood.lostBytes),
            "",
            ship: 0
        )
        table.add(
            "memory for each pane",
            Double(flood.growth) / Double(amounts.workers) / mebibyte,
            "MiB",
            ship: 6,
            moonshot: 4
        )
        table.add("memory of the board after that", Double(flood.boardBytes) / mebibyte, "MiB", ship: 90, moonshot: 64)
        table.add(
            "the same, with the engine",
            Double(flood.boardBytes + flood.engineBytes) / mebibyte,
            "MiB",
            ship: 90,
            moonshot: 64
        )
        table.add("idle, silent workers: processor", flood.idle.percent, "%", ship: 0.3, moonshot: 0.1)
        table.add("idle, silent workers: wake-ups in 10 s", flood.idle.wakeUps(in: 10), "", note: "one clock: 10 or 11")
        table.add("bytes of a pane that scrolls, 200x50", Double(flood.scrollBytes), "B", ship: 4_000, moonshot: 2_700)
        for (name, search) in [("plain", flood.plain), ("coloured", flood.coloured)] {
            table.add("search of the \(name) log, first hit", search?.first, "ms", ship: 100)
            table.add("search of the \(name) log, all of it", search?.whole, "ms", ship: 1_500, moonshot: 400)
        }
        await stage.end()
    }
}
