import Glibc
import StrettoBoard
import StrettoCore
import StrettoProcess
import TestSupport

/// What a program costs while nobody does anything with it.
struct Idle: Sendable {
    private var seconds = 1.0
    private var facts = (processorTime: 0, sleepCount: 0, runtimeSleepCount: 0)
    private var byteCount = 0

    static func watch(_ window: BoardWindow, for duration: Duration) -> Idle {
        var idle = Idle()
        let (pid, bytes) = (window.pid, window.byteCount)
        let before = ProcessFacts(of: pid)
        let begin = monotonicNanoseconds()
        window.pump(for: duration)
        let after = ProcessFacts(of: pid)
        idle.seconds = Double(monotonicNanoseconds() - begin) / 1e9
        idle.facts = (
            after.processorTime - before.processorTime,
            max(0, after.sleepCount - before.sleepCount),
            max(0, after.runtimeSleepCount - before.runtimeSleepCount)
        )
        idle.byteCount = window.byteCount - bytes
        return idle
    }

    /// Of one core.
    var percent: Double { Double(facts.processorTime) / 1e9 / seconds * 100 }
    var bytesPerSecond: Double { Double(byteCount) / seconds }

    func wakeUps(in time: Double) -> Double { Double(facts.sleepCount) / seconds * time }

    /// What the Swift runtime does beside that.
    var runtimeNote: String { "and \(facts.runtimeSleepCount) of the Swift runtime's timer thread" }
}

/// The board while every worker floods its output.
struct BoardLoad: Sendable {
    var keys = Sample()
    var lag = Sample()
    var board = Idle()
    var enginePercent: Double?
    var frames = Sample()
    var frameRate = 0.0
    var keyFrameRate = 0.0
    var writesPerFrame: Double?
    var writesNote = ""
    var resize = Sample()
    var storm: Double?

    var lagMedian: String { lag.median.map { BoardTable.figure($0) } ?? "?" }

    static func measure(
        _ window: BoardWindow,
        _ stage: BoardStage,
        _ amounts: BoardBench.Amounts
    ) throws -> BoardLoad {
        var load = BoardLoad()
        try window.wait(for: "●\(amounts.workers)")
        try window.wait("output") { newest(in: $0) != nil }
        window.pump(for: amounts.quietTime / 5)
        load.measureKeys(window, amounts)
        load.measureRest(window, stage, amounts)
        load.measureWrites(window, stage)
        load.measureKeyFrames(window, stage, amounts)
        try load.measureSizes(window, amounts)
        return load
    }

    private mutating func measureKeys(_ window: BoardWindow, _ amounts: BoardBench.Amounts) {
        for number in 0..<amounts.loadedKeyCount {
            window.pump(for: .milliseconds(number % 41 + 20))
            // Down and up through all of the tasks; the bar that marks the selected one moves.
            let isDown = number / (amounts.workers - 1) % 2 == 0
            keys.add(window.time(isDown ? "j" : "k", until: "▌"))
        }
    }

    /// Nobody presses anything: what the output alone costs, and how old it is when it is seen.
    private mutating func measureRest(_ window: BoardWindow, _ stage: BoardStage, _ amounts: BoardBench.Amounts) {
        var ages = Sample()
        var last = 0
        window.watch = { window, now in
            // A frame that brought nothing newer is no measurement.
            guard let newest = Self.newest(in: window.model), newest > last else { return }
            last = newest
            ages.add(milliseconds: Double(now) / 1e6 - Double(newest))
        }
        let engine = stage.enginePID
        let frameCount = stage.frames.count
        let engineBefore = engine.map { ProcessFacts(of: $0).processorTime } ?? 0
        let begin = monotonicNanoseconds()
        board = Idle.watch(window, for: amounts.loadTime)
        let seconds = Double(monotonicNanoseconds() - begin) / 1e9
        if let engine {
            enginePercent = Double(ProcessFacts(of: engine).processorTime - engineBefore) / 1e7 / seconds
        }
        window.watch = nil
        lag = ages
        let drawn = stage.frames.dropFirst(frameCount)
        frameRate = Double(drawn.count) / seconds
        for frame in drawn { frames.add(milliseconds: frame.milliseconds) }
    }

    /// The newest time that a line in sight bears, in milliseconds.
    private static func newest(in model: TerminalModel) -> Int? {
        var newest: Int?
        for row in 0..<model.rows {
            let line = Array(model.line(row).utf8)
            var index = 0
            while index + 11 < line.count {
                let digits = line[(index + 1)...(index + 10)]
                if line[index] == UInt8(ascii: "T"), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                    let time = Int(String(decoding: digits, as: UTF8.self))
                {
                    newest = max(newest ?? 0, time)
                    index += 11
                } else {
                    index += 1
                }
            }
        }
        return newest
    }

    /// Counts the writes to the terminal, with `strace` where somebody has it.
    private mutating func measureWrites(_ window: BoardWindow, _ stage: BoardStage) {
        let log = stage.folder + "/strace"
        let strace = "timeout 3 strace -f -y -e trace=write,writev -o '\(log)' -p \(window.pid) 2>/dev/null"
        let command = "\(strace); test -s '\(log)'"
        let status = try? Foreground.run(command, directory: stage.folder)
        guard status == .code(0), let file = try? Descriptor.open(log, O_RDONLY),
            let bytes = try? file.read(64 << 20, at: 0)
        else {
            writesNote = "strace is not here, or may not look"
            return
        }
        // What nobody read meanwhile is behind the frames that count.
        window.settle(20)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let writes = lines.count { $0.contains("/dev/pts/") && !$0.contains("EAGAIN") }
        let frames = lines.count { $0.contains(stage.frameLog) }
        if frames > 0 { writesPerFrame = Double(writes) / Double(frames) }
        writesNote = "\(writes) for \(frames)"
    }

    private mutating func measureKeyFrames(_ window: BoardWindow, _ stage: BoardStage, _ amounts: BoardBench.Amounts) {
        let before = stage.frames.count
        let count = max(6, Int(amounts.loadTime.nanoseconds / 1_000_000_000) * 30)
        let begin = monotonicNanoseconds()
        for number in 0..<count {
            window.press(number / (amounts.workers - 1) % 2 == 0 ? "j" : "k")
            let next = begin + UInt64(number + 1) * 16_666_667
            let now = monotonicNanoseconds()
            if next > now { window.pump(for: .nanoseconds(next - now)) }
        }
        let seconds = Double(monotonicNanoseconds() - begin) / 1e9
        keyFrameRate = Double(stage.frames.count - before) / seconds
    }

    private mutating func measureSizes(_ window: BoardWindow, _ amounts: BoardBench.Amounts) throws {
        for number in 0..<10 {
            let size = Size(columns: 150 + number * 5, rows: 40 + number)
            let begin = monotonicNanoseconds()
            window.resize(to: size)
            try window.wait("footer at \(size)") { Self.isWhole($0) }
            resize.add(.nanoseconds(monotonicNanoseconds() - begin))
            window.pump(for: .milliseconds(100))
        }
        for number in 0..<amounts.stormCount {
            window.resize(to: Size(columns: 60 + number * 37 % 140, rows: 15 + number * 11 % 35))
            window.pump(for: .milliseconds(10))
        }
        let begin = monotonicNanoseconds()
        window.resize(to: BoardWindow.size)
        try window.wait("footer after the storm") { Self.isWhole($0) }
        storm = Double(monotonicNanoseconds() - begin) / 1e6
    }

    /// Whether the last row is the footer, as far as to its right end.
    private static func isWhole(_ model: TerminalModel) -> Bool {
        let last = model.line(model.rows - 1)
        return last.contains("? help") && model.line(0).contains("bench")
            && (model.rows - 1 == 0 || !model.line(model.rows - 2).contains("? help"))
    }
}
