import Glibc
import StrettoBoard
import StrettoCore
import StrettoTerminal
import TestSupport
import Testing

@testable import StrettoFrontEnd

/// Real files, looked through as the board has it done.
@Suite(.timeLimit(.minutes(5))) final class LogReaderTests {
    private let directory: TemporaryDirectory
    private let mail: BoardMail
    private let reader: LogReader
    private var inbox: ArraySlice<BoardInput> = []

    init() throws {
        directory = try TemporaryDirectory()
        mail = try BoardMail()
        reader = try LogReader(mail, .none)
    }

    private func source(_ name: String = "log", _ builder: BuilderName = .command) -> LogSource {
        LogSource(path: directory.appending(name), builder: builder, form: builder == .command ? .raw : .transcript)
    }

    private func append(_ text: String, to source: LogSource) throws {
        let file = open(source.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = Array(text.utf8)
        try #require(write(file, bytes, bytes.count) == bytes.count)
    }

    /// Answers as they come, until `body` makes something of one; what comes after that waits for the next call.
    private func await<Value>(_ body: (LogAnswer) -> Value?) throws -> Value {
        while true {
            while let input = inbox.popFirst() {
                if case .logAnswer(_, let answer) = input, let value = body(answer) { return value }
            }
            let ready = Poller().wait(for: [Poller.Interest(mail.descriptor)], timeout: .seconds(60))
            try #require(!ready.isEmpty, "the reader does not answer")
            inbox += mail.take()
        }
    }

    private func foundOffset() throws -> LogMatch {
        try self.await { if case .found(let match, _) = $0 { match } else { nil } }
    }

    private func wholeTally() throws -> LogTally {
        try self.await { if case .counted(let tally, _) = $0, tally.isComplete { tally } else { nil } }
    }

    private func needle(_ text: String) throws -> LogNeedle { try #require(LogNeedle(text)) }

    /// Lines of which every tenth has a word; larger than several stretches that are read at once.
    private static let lines = (0..<90_000).map { "number \($0)" + ($0 % 10 == 3 ? " with a Needle in it" : "") }

    @Test func `a whole file is searched, from the reader upwards, and counted`() throws {
        let log = source()
        let text = Self.lines.joined(separator: "\n") + "\n"
        try append(text, to: log)
        let starts = Self.lines.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.utf8.count + 1) }

        reader.ask(log, .find(try needle("needle"), before: starts[50_000]))
        let first = try foundOffset()
        #expect(first.restart == nil)
        #expect(starts.lastIndex { $0 <= first.offset } == 49_993)
        let tally = try wholeTally()
        #expect(tally.count == 9_000)
        #expect(tally.ordinal == 5_000)

        reader.ask(log, .findNext(isDown: true, orFrom: 0))
        let next = try foundOffset()
        #expect(starts.lastIndex { $0 <= next.offset } == 50_003)
        #expect(try wholeTally().ordinal == 5_001)
    }

    @Test func `a search goes around both ends, and takes keys that come all at once one by one`() throws {
        let log = source()
        try append("needle 0\nneedle 1\nneedle 2\n", to: log)
        reader.ask(log, .find(try needle("needle"), before: 0))
        #expect(try foundOffset() == LogMatch(offset: 18, restart: .bottom))
        for isDown in [false, false, true, true, true] { reader.ask(log, .findNext(isDown: isDown, orFrom: 0)) }

        let found = try (0..<5).map { _ in try foundOffset() }
        #expect(found.map(\.offset) == [9, 0, 9, 18, 0])
        #expect(found.map(\.restart) == [nil, nil, nil, nil, .top])
    }

    @Test func `what is written later is searched as well, also where it completes a line`() throws {
        let log = source()
        try append("a needle\nhalf a nee", to: log)
        reader.ask(log, .find(try needle("needle"), before: 9))
        #expect(try foundOffset().offset == 2)
        #expect(try wholeTally().count == 1)

        try append("dle\nand a needle", to: log)
        reader.grew(log.path)
        #expect(try wholeTally().count == 3)
        try append("work\n", to: log)
        reader.grew(log.path)
        reader.ask(log, .findNext(isDown: false, orFrom: 0))
        #expect(try foundOffset() == LogMatch(offset: 29, restart: .bottom))
    }

    @Test func `what is not there is told, and so is a file that is not`() throws {
        let log = source()
        try append("hay\n", to: log)
        reader.ask(log, .find(try needle("needle"), before: 4))
        #expect(try wholeTally().count == 0)

        reader.ask(source("absent"), .find(try needle("needle"), before: 0))
        #expect(try wholeTally().count == 0)
        reader.ask(source("absent"), .lines(around: 0))
        let isUnreadable = try self.await { if case .lines(let lines) = $0 { lines == nil } else { nil } }
        #expect(isUnreadable)
    }

    @Test func `lines around a place come with their places`() throws {
        let log = source()
        try append(Self.lines.joined(separator: "\n"), to: log)
        let starts = Self.lines.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.utf8.count + 1) }
        for place in [0, starts[45_000] + 3, starts[89_999]] {
            reader.ask(log, .lines(around: place))
            let window = try #require(try self.await { if case .lines(let lines) = $0 { lines } else { nil } })
            let number = window.number(at: place)
            let line = try #require(starts.lastIndex { $0 <= place })
            #expect(window[number]?.text == Self.lines[line])
            #expect(window.start(of: number) == starts[line])
            #expect(number - window.lineNumbers.lowerBound >= min(line, 1_000))
            #expect(window.lineNumbers.upperBound - number >= min(90_000 - line, 1_000))
            #expect(window.lineNumbers.count < 30_000, "memory is bounded")
        }
    }

    @Test func `a transcript is searched as it is shown`() throws {
        let log = source("stream", .claude)
        let event = { (text: String) in
            #"{"type":"assistant","message":{"content":[{"type":"text","text":"\#(text)"}]}}"# + "\n"
        }
        let texts = (0..<4_000).map { event("first \($0)\\nsecond \($0) \\u006eeedle\\nthird") }
        try append(texts.joined(), to: log)
        let starts = texts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.utf8.count) }

        reader.ask(log, .find(try needle("assistant"), before: .max))
        #expect(try wholeTally().count == 0, "the wrapping of an event is not shown")
        reader.ask(log, .find(try needle("99 needle"), before: .max))
        let match = try foundOffset()
        #expect(match.offset == starts[3_999] + 1, "the second line of its event")
        #expect(try wholeTally().count == 40)

        reader.ask(log, .lines(around: match.offset))
        let window = try #require(try self.await { if case .lines(let lines) = $0 { lines } else { nil } })
        #expect(window[window.number(at: match.offset)]?.text == "second 3999 needle")
    }

    @Test func `a line without an end is searched in parts`() throws {
        let log = source()
        try append(String(repeating: "x", count: 3 << 20) + "needle", to: log)
        reader.ask(log, .find(try needle("needle"), before: .max))
        #expect(try foundOffset().offset > 2 << 20)
        #expect(try wholeTally().count == 1)
    }

    @Test func `a new search takes the place of the old one`() throws {
        let log = source()
        try append("one\ntwo\n", to: log)
        reader.ask(log, .find(try needle("one"), before: 8))
        reader.ask(log, .find(try needle("two"), before: 8))
        let offset = try self.await { answer -> Int? in
            if case .found(let match, let needle) = answer, needle.text == "two" { match.offset } else { nil }
        }
        #expect(offset == 4)
        reader.ask(log, .endSearch)
        reader.grew(log.path)
        reader.ask(log, .lines(around: 0))
        let isLines = try self.await { if case .lines = $0 { true } else { nil } }
        #expect(isLines)
        #expect(inbox.isEmpty && mail.isEmpty)
    }

    @Test(.enabled(if: Torture.isThorough, "only with STRETTO_TORTURE")) func `a hundred megabytes are searched`()
        throws
    {
        let log = source()
        let block = Self.lines.joined(separator: "\n") + "\n"
        var size = 0
        while size < 100 << 20 {
            try append(block, to: log)
            size += block.utf8.count
        }
        for text in ["needle", "Needle", "number 4242 ", "absent everywhere"] {
            let start = ContinuousClock.now
            reader.ask(log, .find(try needle(text), before: size))
            var first: Duration?
            let tally = try self.await { answer -> LogTally? in
                if case .found = answer { first = first ?? start.duration(to: .now) }
                if case .counted(let tally, _) = answer, tally.isComplete { return tally }
                return nil
            }
            let word = first.map { "first match after \($0), " } ?? ""
            print("search of 100 MB for '\(text)': \(word)all \(tally.count) after \(start.duration(to: .now))")
            #expect(tally.percent == 100)
        }
    }
}
