import Glibc
import StrettoBoard
import StrettoCore
import StrettoTerminal
import TestSupport
import Testing

@testable import StrettoFrontEnd

/// Real files, followed as the board follows them.
@Suite struct FollowedLogsTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func source(_ name: String, form: LogSource.Form = .raw, builder: BuilderName = .command) -> LogSource {
        LogSource(path: directory.appending(name), builder: builder, form: form)
    }

    private func append(_ text: String, to source: LogSource) throws {
        let file = open(source.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = Array(text.utf8)
        try #require(write(file, bytes, bytes.count) == bytes.count)
    }

    /// The bytes of one file among some inputs.
    private func bytes(of source: LogSource, in inputs: [BoardInput]) -> [UInt8] {
        inputs.flatMap { input -> [UInt8] in
            if case .output(source, let text) = input { text.bytes } else { [] }
        }
    }

    /// The files that begin among some inputs.
    private func beginnings(in inputs: [BoardInput]) -> [LogSource] {
        inputs.compactMap { if case .outputBegan(let source) = $0 { source } else { nil } }
    }

    /// Where in the file each piece of output begins.
    private func offsets(in inputs: [BoardInput]) -> [Int] {
        inputs.compactMap { if case .output(_, let text) = $0 { text.parts.first?.offset } else { nil } }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what is there is read at once, and what comes later when the descriptor says so`() throws {
        let log = source("log")
        try append("one\n", to: log)
        var logs = try FollowedLogs(.none)
        let start = ContinuousClock.now

        #expect(beginnings(in: try logs.show([log])) == [log])
        #expect(logs.wait(at: start) == .zero)
        #expect(bytes(of: log, in: logs.read(at: start)) == Array("one\n".utf8))
        #expect(try logs.show([log]).isEmpty, "what is followed already does not begin again")

        try append("two\n", to: log)
        let interest = try #require(logs.interest(at: start + .seconds(1)))
        #expect(Poller().wait(for: [interest], timeout: .seconds(10)).count == 1)
        #expect(bytes(of: log, in: logs.read(at: start + .seconds(1))) == Array("two\n".utf8))
    }

    @Test func `after a reading it rests, so that a flood does not wake for each line`() throws {
        let log = source("log")
        var logs = try FollowedLogs(.none)
        let start = ContinuousClock.now
        _ = try logs.show([log])
        _ = logs.read(at: start)

        #expect(logs.interest(at: start) == nil)
        let rest = try #require(logs.wait(at: start))
        #expect(rest > .zero && rest <= .milliseconds(50))
        #expect(logs.interest(at: start + rest) != nil)
        #expect(logs.wait(at: start + rest) == nil, "an idle board has nothing to wake for")
    }

    @Test func `a large file comes in bursts, whole and in order`() throws {
        let log = source("log")
        let text = (0..<60_000).map { "line \($0)\n" }.joined()
        try append(text, to: log)
        var logs = try FollowedLogs(.none)
        let now = ContinuousClock.now
        _ = try logs.show([log])

        var found: [UInt8] = []
        var burstCount = 0
        while logs.wait(at: now + .seconds(burstCount)) == .zero {
            found += bytes(of: log, in: logs.read(at: now + .seconds(burstCount)))
            burstCount += 1
        }
        #expect(burstCount > 1)
        #expect(found == Array(text.utf8))
    }

    @Test func `a file longer than a pane remembers begins near its end, and says where`() throws {
        let log = source("log")
        for _ in 0..<6 { try append(String(repeating: "0123456789abcde\n", count: 1 << 16), to: log) }
        var logs = try FollowedLogs(.none)

        _ = try logs.show([log])
        let first = offsets(in: logs.read(at: .now)).first
        #expect(first == (6 << 20) - (4 << 20))
    }

    @Test func `output that comes faster than anybody reads is left out up to a line near its end`() throws {
        let log = source("log")
        try append("one\n", to: log)
        var logs = try FollowedLogs(.none)
        let now = ContinuousClock.now
        _ = try logs.show([log])
        _ = logs.read(at: now)
        for _ in 0..<5 { try append(String(repeating: "0123456789abcde\n", count: 1 << 16), to: log) }
        let size = 4 + (5 << 20)

        let interest = try #require(logs.interest(at: now + .seconds(1)))
        #expect(Poller().wait(for: [interest], timeout: .seconds(10)).count == 1)
        let inputs = logs.read(at: now + .seconds(1))
        #expect(offsets(in: inputs) == [size - (256 << 10)])
        #expect(bytes(of: log, in: inputs).starts(with: Array("0123456789abcde\n".utf8)))
        #expect(logs.wait(at: now + .seconds(1)) != .zero, "the rest comes after a rest")
    }

    @Test func `a file that grows from the first moment on as fast as it is read is not read for ever`() throws {
        let log = source("log")
        try append("one\n", to: log)
        var logs = try FollowedLogs(.none)
        var now = ContinuousClock.now
        _ = try logs.show([log])

        var readCount = 0
        for _ in 0..<32 {
            try append(String(repeating: "0123456789abcde\n", count: 1 << 16), to: log)
            now += .seconds(1)
            readCount += bytes(of: log, in: logs.read(at: now)).count
        }
        #expect(readCount < 12 << 20, "of 32 MiB")
    }

    @Test func `events are never left out, however fast they come`() throws {
        let log = source("log", form: .transcript, builder: .claude)
        try append("{}\n", to: log)
        var logs = try FollowedLogs(.none)
        let now = ContinuousClock.now
        _ = try logs.show([log])
        _ = logs.read(at: now)
        let event = #"{"type":"assistant","message":{"content":[{"type":"text","text":"Hello"}]}}"# + "\n"
        try append(String(repeating: event, count: 20_000) + event.replacing("Hello", with: "the end"), to: log)

        var text = ""
        for second in 1..<100 where !text.contains("the end") {
            let inputs = logs.read(at: now + .seconds(second))
            text += String(decoding: bytes(of: log, in: inputs), as: UTF8.self)
        }
        #expect(text.split(separator: "\n").count { $0.contains("Hello") } == 20_000)
        #expect(text.contains("the end"))
    }

    @Test func `two views of one file both have all of it`() throws {
        let readable = source("log", form: .transcript, builder: .claude)
        let raw = source("log", builder: .claude)
        try append(#"{"type":"assistant","message":{"content":[{"type":"text","text":"Hello"}]}}"# + "\n", to: raw)
        var logs = try FollowedLogs(.none)
        let now = ContinuousClock.now
        _ = try logs.show([readable])
        _ = logs.read(at: now)

        #expect(beginnings(in: try logs.show([readable, raw])).count == 2)
        let inputs = logs.read(at: now)
        #expect(String(decoding: bytes(of: raw, in: inputs), as: UTF8.self).hasPrefix("{"))
        let text = String(decoding: bytes(of: readable, in: inputs), as: UTF8.self)
        #expect(text.contains("Hello") && !text.contains("{"))
    }
}
