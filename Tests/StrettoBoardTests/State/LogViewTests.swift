import Testing

@testable import StrettoBoard

/// Reading in a log of which only the end is at hand.
@Suite struct LogViewTests {
    /// A log of numbered lines, and a view that has seen all of them go by.
    private static func longLog(lines: Int = LogWindow.linesMax + 30_000) -> (log: PaperLog, view: LogView) {
        var log = PaperLog()
        var view = LogView()
        for number in 0..<lines { log.append("line \(number)\n") }
        view.append(LogText(verbatim: log.bytes, offset: 0))
        return (log, view)
    }

    private func top(of view: LogView) -> String { view.visible(rows: 10).first?.line.text ?? "" }

    /// Gives the view what it asks for, as long as it asks.
    private func read(_ log: PaperLog, for view: inout LogView) {
        while let place = view.nextRequest() { view.take(log.window(around: place)) }
    }

    @Test func `the top of a log is that of its file, however long it is`() {
        var (log, view) = Self.longLog()
        view.scroll(.top, rows: 10)
        read(log, for: &view)

        #expect(top(of: view) == "line 0")
        #expect(!view.isFollowing)
        #expect(view.linesBelow(rows: 10) == nil, "nobody has counted them")
        #expect(view.percentAbove(rows: 10) == 0)
    }

    @Test(arguments: [Step.pageUp, .halfUp]) func `every line passes by on the way up`(step: Step) {
        let count = LogWindow.linesMax + 3_000
        var (log, view) = Self.longLog(lines: count)
        var seen = count - 10
        for _ in 0..<6_000 where seen > 0 {
            view.scroll(step, rows: 10)
            read(log, for: &view)
            let rows = view.visible(rows: 10).compactMap { Int($0.line.text.dropFirst(5)) }
            #expect(rows == Array(rows[0]..<rows[0] + 10))
            #expect(rows[9] >= seen - 1, "a step leaves nothing out")
            seen = rows[0]
        }
        #expect(seen == 0)
    }

    @Test func `every line passes by on the way down, and the end is followed again`() {
        var (log, view) = Self.longLog(lines: LogWindow.linesMax + 3_000)
        view.scroll(.top, rows: 10)
        read(log, for: &view)
        var last = -1
        for _ in 0..<6_000 where !view.isFollowing {
            let rows = view.visible(rows: 10).compactMap { Int($0.line.text.dropFirst(5)) }
            #expect(rows[0] <= last + 1, "a step leaves nothing out")
            last = rows[9]
            view.scroll(.pageDown, rows: 10)
            read(log, for: &view)
        }
        #expect(view.isFollowing)
        #expect(view.excerpt == nil, "what is not looked at is not kept")
    }

    @Test func `a reader stays at his line when the window leaves it behind`() {
        var log = PaperLog()
        var view = LogView()
        func grow(from first: Int, to end: Int) {
            let start = log.bytes.count
            for number in first..<end { log.append("line \(number)\n") }
            view.append(LogText(verbatim: Array(log.bytes[start...]), offset: start))
            read(log, for: &view)
        }
        grow(from: 0, to: 100)
        view.scroll(.halfUp, rows: 10)
        let place = top(of: view)

        for round in 1...30 { grow(from: round * 1_000 - 900, to: round * 1_000 + 100) }

        #expect(place == "line 85")
        #expect(top(of: view) == place)
        #expect(view.newCount == 30_000)
    }

    @Test func `a reader stays at his line when output is left out, and is told that the count is not whole`() {
        var log = PaperLog()
        var view = LogView()
        for number in 0..<100 { log.append("line \(number)\n") }
        view.append(LogText(verbatim: log.bytes, offset: 0))
        view.scroll(.halfUp, rows: 10)
        let place = top(of: view)
        for number in 100..<9_000 { log.append("line \(number)\n") }
        let start = log.bytes.count
        for number in 9_000..<9_100 { log.append("line \(number)\n") }
        view.append(LogText(verbatim: Array(log.bytes[start...]), offset: start))

        #expect(top(of: view) == place)
        #expect(view.newCount == 100 && view.hasUncounted)
        #expect(view.linesBelow(rows: 10) == nil, "nobody has counted them")

        var last = Int(place.dropFirst(5)) ?? 0
        for _ in 0..<2_000 where !view.isFollowing {
            view.scroll(.pageDown, rows: 10)
            read(log, for: &view)
            let rows = view.visible(rows: 10).compactMap { Int($0.line.text.dropFirst(5)) }
            #expect(rows[0] <= last + 10, "what was left out is read from the file")
            last = rows[0]
        }
        #expect(view.isFollowing && last == 9_090)
        #expect(!view.hasUncounted || view.newCount == 0)
    }

    @Test func `who follows sees the newest output when some is left out`() {
        var view = LogView()
        view.append(LogText(verbatim: Array("one\ntwo\n".utf8), offset: 0))
        view.append(LogText(verbatim: Array("nine\nten\n".utf8), offset: 5_000))

        #expect(view.visible(rows: 10).map(\.line.text) == ["nine", "ten"])
        #expect(view.newCount == 0 && !view.hasUncounted)
        view.scroll(.up, rows: 1)
        #expect(top(of: view) == "nine")
        #expect(view.nextRequest() == 5_000, "what was left out is read when somebody comes near")
    }

    @Test func `what cannot be read leaves the reader where he is`() {
        var (_, view) = Self.longLog()
        view.scroll(.halfUp, rows: 10)
        let place = top(of: view)
        view.scroll(.top, rows: 10)
        #expect(view.nextRequest() == 0)
        view.take(nil)

        #expect(top(of: view) == place)
        #expect(view.nextRequest() == nil, "it is not asked for again and again")
    }

    @Test func `lines of one event have places of their own`() {
        var text = LogText(renderedFrom: 0)
        text.append(Array("one\ntwo\n".utf8), offset: 0, end: 500)
        text.append([], offset: 500, end: 700)
        text.append(Array("three\n".utf8), offset: 700, end: 900)
        var window = LogWindow()
        window.append(text)

        #expect(window.lineNumbers.map { window.start(of: $0) } == [0, 1, 700])
        #expect(window.end == 900)
        #expect(window.number(at: 699) == 1)
        #expect(window.number(at: 5_000) == 2)
    }

    @Test(arguments: 1...9) func `places do not depend on how the bytes were cut`(size: Int) {
        let bytes = Array("one\n\u{1B}[31mtwo\u{1B}[0m\n\nfour\u{C2}\u{A0}\r\nfi\tve".utf8)
        var whole = LogWindow()
        whole.append(bytes)
        var pieces = LogWindow()
        for start in stride(from: 0, to: bytes.count, by: size) {
            pieces.append(Array(bytes[start..<min(start + size, bytes.count)]))
        }

        let starts = whole.lineNumbers.map { whole.start(of: $0) }
        #expect(starts == [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 })
        #expect(pieces.lineNumbers.map { pieces.start(of: $0) } == starts)
        #expect(pieces.end == bytes.count)
    }

    @Test func `a line that is too long is cut, and its rest has a place of its own`() {
        var window = LogWindow()
        window.append([UInt8](repeating: 0x78, count: SGRParser.lineBytesMax * 2 + 10) + [0x0A, 0x79, 0x0A])

        let max = SGRParser.lineBytesMax
        #expect(window.lineNumbers.map { window.start(of: $0) } == [0, max, 2 * max, 2 * max + 11])
    }
}
