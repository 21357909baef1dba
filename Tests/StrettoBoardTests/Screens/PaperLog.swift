@testable import StrettoBoard

/// A log's file as a front end would read it, in memory: whole lines of ASCII, and the simplest search there is.
struct PaperLog {
    private(set) var bytes: [UInt8] = []
    /// How many lines are given to each side of a place.
    var excerptLines = 500

    init(_ text: String = "") { bytes = Array(text.utf8) }

    mutating func append(_ text: String) { bytes += Array(text.utf8) }

    /// Where each line begins, and the end.
    var starts: [Int] { [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 } }

    func answers(to request: LogRequest, needle: LogNeedle? = nil, found: Int? = nil) -> [LogAnswer] {
        switch request {
        case .lines(let place): return [.lines(window(around: place))]
        case .find(let needle, let place): return self.found(needle, from: place, isDown: false)
        case .findNext(let isDown, let place):
            return needle.map { self.found($0, from: found ?? place, isDown: isDown) } ?? []
        case .endSearch, .save: return []
        }
    }

    func window(around place: Int) -> LogWindow {
        let starts = starts
        let line = starts.lastIndex { $0 <= place } ?? 0
        let range = starts[max(0, line - excerptLines)]..<starts[min(starts.count - 1, line + excerptLines)]
        var window = LogWindow()
        window.append(LogText(verbatim: Array(bytes[range]), offset: range.lowerBound))
        return window
    }

    private func found(_ needle: LogNeedle, from place: Int, isDown: Bool) -> [LogAnswer] {
        let starts = starts
        let matches = zip(starts, starts.dropFirst()).filter { start, end in
            needle.isIn(String(decoding: bytes[start..<end], as: UTF8.self))
        }.map { $0.0 }
        var tally = LogTally()
        tally.count = matches.count
        tally.isComplete = true
        tally.percent = 100
        let near = isDown ? matches.first { $0 > place } : matches.last { $0 < place }
        guard let offset = near ?? (isDown ? matches.first : matches.last) else { return [.counted(tally, needle)] }
        tally.ordinal = matches.firstIndex(of: offset).map { $0 + 1 }
        let match = LogMatch(offset: offset, restart: near != nil ? nil : isDown ? .top : .bottom)
        return [.found(match, needle), .counted(tally, needle)]
    }
}

extension LogWindow {
    /// Takes the next bytes of a file that is read from its beginning.
    mutating func append(_ bytes: [UInt8]) { append(LogText(verbatim: bytes, offset: end)) }
}

extension BoardState {
    /// Takes output as a follower hands it on: what comes next in its file.
    @discardableResult
    mutating func hear(_ text: String, of source: LogSource) -> [BoardAction] {
        let text = LogText(verbatim: Array(text.utf8), offset: logs[source]?.tail.end ?? 0)
        return handle(.output(source, text), at: now)
    }

    /// Does what the board asks of a log's file, until it asks no more.
    mutating func look(into log: PaperLog, for actions: [BoardAction]) {
        var actions = actions[...]
        while let action = actions.popFirst() {
            guard case .readLog(let source, let request) = action else { continue }
            let search = logs[source]?.search
            for answer in log.answers(to: request, needle: search?.needle, found: search?.found?.offset) {
                actions += handle(.logAnswer(source, answer), at: now)
            }
        }
    }
}
