import Glibc

/// `stretto-bench emit KIND WORKER RATE TOTAL`: plays an agent that writes so many bytes a second, then stays silent until it is ended.
enum Emitter {
    /// How often it writes, in milliseconds.
    private static let interval: Int32 = 10

    /// The command line of a plan's task.
    static func command(_ kind: Emission.Kind, worker: Int, bytesPerSecond: Int, bytesMax: Int) -> String {
        "exec \(BoardStage.benchPath) emit \(kind.rawValue) \(worker) \(bytesPerSecond) \(bytesMax)"
    }

    /// - Returns: whether the arguments made sense; it does not return otherwise.
    static func run(_ arguments: [String]) -> Bool {
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        guard let kind = arguments.first.flatMap({ Emission.Kind(rawValue: $0) }), numbers.count == 3 else {
            return false
        }
        var emission = Emission(kind, worker: numbers[0], bytesMax: numbers[2])
        let rate = numbers[1]
        let start = monotonicNanoseconds()
        while !emission.isOver {
            let milliseconds = Int((monotonicNanoseconds() - start) / 1_000_000)
            let due = rate * milliseconds / 1_000 - emission.count
            if due > 0 {
                // Who fell behind catches up a little at a time, as a program does.
                let text = emission.next(min(due, rate / 10))
                guard text.withUnsafeBytes({ write(1, $0.baseAddress, $0.count) }) == text.count else { return true }
            }
            poll(nil, 0, interval)
        }
        while true { poll(nil, 0, -1) }
    }
}
