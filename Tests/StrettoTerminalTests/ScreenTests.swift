import Glibc
import StrettoBoard
import StrettoTerminal
import TestSupport
import Testing

/// One screen at a time: ncurses and signal handlers belong to the process.
@Suite(.serialized) struct ScreenTests {
    static let leave =
        "\u{1B}\\\u{1B}[?2026l\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l\u{1B}[?1004l\u{1B}[?2004l"
        + "\u{1B}[?7h\u{1B}[0m\u{1B}[?1049l\u{1B}[?25h\u{1B}[23;2t"
    static let enter = "\u{1B}[22;2t\u{1B}[?1049h\u{1B}[?25l\u{1B}[?1004h\u{1B}[?2004h"

    private func screen(
        _ terminal: PseudoTerminal,
        depth: ColorDepth = .colors256,
        isInTmux: Bool = false
    ) throws -> Screen {
        try Screen(
            input: terminal.slave,
            output: terminal.slave,
            term: "xterm-256color",
            isInTmux: isInTmux,
            theme: .slateHarbor,
            depth: depth
        )
    }

    private func frame(_ lines: [String], columns: Int = 80, rows: Int = 24, style: Style = Style()) -> CellBuffer {
        var buffer = CellBuffer(Size(columns: columns, rows: rows))
        for (row, line) in lines.enumerated() { buffer.write(line, column: 0, row: row, style: style) }
        return buffer
    }

    @Test func `the terminal is entered, drawn on, and left as it was`() throws {
        let terminal = try PseudoTerminal()
        let before = terminal.settings()

        do {
            var screen = try screen(terminal)
            #expect(terminal.settings() != before)
            let statistics = try screen.draw(frame(["hello 漢字 é"]))
            let output = terminal.output()
            #expect(output.hasPrefix(Self.enter))
            #expect(output.contains("hello 漢字 é"))
            #expect(output.utf8.count == Self.enter.utf8.count + statistics.bytes)
            #expect(statistics.changedRows == 24)
        }
        #expect(terminal.output() == Self.leave)
        #expect(terminal.settings() == before)
    }

    @Test(arguments: [false, true])
    func `in tmux blanks are written, and cells are not erased by number, whatever TERM says`(isInTmux: Bool) throws {
        let terminal = try PseudoTerminal()
        var screen = try screen(terminal, isInTmux: isInTmux)
        let ground = Style(.text, ground: .select)
        try screen.draw(frame(["start 漢字漢字漢字漢字漢字漢字漢字漢字 end"], style: ground))
        _ = terminal.output()

        try screen.draw(frame(["start                                  end"], style: ground))
        let output = terminal.output()
        #expect(output.contains("\u{1B}[32X") == !isInTmux)
        #expect(output.contains(String(repeating: " ", count: 32)) == isInTmux)
    }

    @Test func `a frame that changes one cell is small, and one that changes nothing is nothing`() throws {
        let terminal = try PseudoTerminal(columns: 200, rows: 50)
        var screen = try screen(terminal)
        var buffer = frame(["● running"], columns: 200, rows: 50)
        try screen.draw(buffer)
        _ = terminal.output()

        let nothing = try screen.draw(buffer)
        #expect(nothing.bytes == 0 && nothing.changedRows == 0 && !nothing.isSkipped)
        #expect(terminal.output().isEmpty)
        buffer.write("✓", column: 120, row: 30, style: Style(.ok))
        let one = try screen.draw(buffer)
        #expect(one.changedRows == 1)
        #expect(one.bytes <= 60)
        #expect(terminal.output().contains("✓"))
    }

    @Test func `a synchronized frame of several rows is marked at both ends`() throws {
        let terminal = try PseudoTerminal()
        var screen = try screen(terminal)
        screen.synchronizesUpdates = true
        try screen.draw(frame(["one", "and"]))
        _ = terminal.output()

        try screen.draw(frame(["two", "more"]))
        let output = terminal.output()
        #expect(output.hasPrefix("\u{1B}[?2026h"))
        #expect(output.hasSuffix("\u{1B}[?2026l"))
        try screen.draw(frame(["two", "mere"]))
        #expect(!terminal.output().contains("2026"))
    }

    @Test func `a screen that steps aside leaves the shell's own with lines on it, and comes back whole`() throws {
        let terminal = try PseudoTerminal()
        var screen = try screen(terminal)
        try screen.send(.mouse(true))
        try screen.draw(frame(["kept"]))
        let settings = terminal.settings()
        _ = terminal.output()

        try screen.stepAside()
        let left = terminal.output()
        #expect(left.contains("\u{1B}[?1000l") && left.contains("\u{1B}[?1049l") && left.hasSuffix("\u{1B}[?25h"))
        let skipped = try screen.draw(frame(["not now"]))
        #expect(skipped.isSkipped)
        try screen.write(line: "one")
        try screen.send(.mouse(true))
        #expect(terminal.output() == "one\r\n")
        #expect(terminal.settings() == settings, "keys come one by one")

        try screen.stepBack()
        try screen.draw(frame(["kept"]))
        let back = terminal.output()
        #expect(back.hasPrefix("\u{1B}[?1049h") && back.contains("\u{1B}[?1000h") && back.contains("kept"))
        try screen.write(line: "never")
        #expect(terminal.output().isEmpty)
    }

    @Test func `a suspended terminal is as it was, and resuming repaints everything`() throws {
        let terminal = try PseudoTerminal()
        let before = terminal.settings()
        var screen = try screen(terminal)
        try screen.send(.mouse(true))
        try screen.draw(frame(["kept"]))
        _ = terminal.output()

        screen.suspend()
        #expect(terminal.output() == Self.leave)
        #expect(terminal.settings() == before)
        let skipped = try screen.draw(frame(["not now"]))
        #expect(skipped.isSkipped)
        #expect(terminal.output().isEmpty)

        try screen.resume()
        try screen.draw(frame(["kept"]))
        let output = terminal.output()
        #expect(output.hasPrefix(Self.enter + "\u{1B}[?1000h"))
        #expect(output.contains("kept"))
        #expect(terminal.settings() != before)
    }

    @Test func `another size repaints everything in that size`() throws {
        let terminal = try PseudoTerminal()
        var screen = try screen(terminal)
        try screen.draw(frame(["first"]))
        _ = terminal.output()

        terminal.resize(columns: 30, rows: 5)
        let size = screen.currentSize()
        #expect(size == Size(columns: 30, rows: 5))
        screen.resize(to: size)
        let statistics = try screen.draw(frame(["narrow"], columns: 30, rows: 5))
        #expect(statistics.changedRows == 5)
        #expect(terminal.output().contains("narrow"))
        // A late view of the old size is cut.
        try screen.draw(frame([String(repeating: "x", count: 80)]))
        #expect(terminal.output().filter { $0 == "x" }.count <= 30)
    }

    @Test func `a terminal of no size is one cell`() throws {
        let terminal = try PseudoTerminal(columns: 0, rows: 0)
        var screen = try screen(terminal)

        let size = screen.size
        #expect(size == Size(columns: 1, rows: 1))
        try screen.draw(frame(["x"], columns: 1, rows: 1))
        #expect(terminal.output().contains("x"))
    }

    @Test func `keys are read as they come, and a closed window is told`() throws {
        let terminal = try PseudoTerminal()
        var screen = try screen(terminal)

        #expect(try screen.read().isEmpty)
        terminal.type("q\u{3}")
        #expect(Poller().wait(for: [.init(screen.descriptor)], timeout: .seconds(5)).first?.isReadable == true)
        #expect(try screen.read() == [0x71, 3])
        terminal.hangUp()
        var error: TerminalError?
        do { _ = try screen.read() } catch let thrown { error = thrown }
        #expect(error == .hungUp)
        error = nil
        do { try screen.draw(frame(["x"])) } catch let thrown { error = thrown }
        #expect(error == .hungUp)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a slow terminal gets fewer frames, and the newest in the end`() throws {
        let terminal = try PseudoTerminal(columns: 200, rows: 50)
        var screen = try screen(terminal)
        var skippedCount = 0
        for number in 0..<40 {
            let row = String(repeating: "\(number % 10)", count: 200)
            if try screen.draw(frame(Array(repeating: row, count: 50), columns: 200, rows: 50)).isSkipped {
                skippedCount += 1
            }
        }

        #expect(skippedCount > 10)
        let isWaiting = screen.wantsToWrite
        #expect(isWaiting)
        while screen.wantsToWrite {
            _ = terminal.output()
            try screen.flush()
        }
        _ = terminal.output()
        let last = try screen.draw(frame(["newest"], columns: 200, rows: 50))
        #expect(!last.isSkipped)
        #expect(terminal.output().contains("newest"))
    }

    @Test func `truecolor comes out as it is where a description has it`() throws {
        let terminal = try PseudoTerminal()
        var screen = try screen(terminal, depth: .truecolor)
        try screen.draw(frame(["x"], style: Style(foreground: .rgb(1, 2, 3))))

        let output = terminal.output()
        let depth = screen.depth
        #expect(output.contains(depth == .truecolor ? "38:2::1:2:3" : "38;5;"))
    }

    @Test func `without colour no colour is written`() throws {
        let terminal = try PseudoTerminal()
        var screen = try screen(terminal, depth: .mono)
        try screen.draw(frame(["x"], style: Style(.bad, foreground: .indexed(3))))

        let attributes = terminal.output().split(separator: "\u{1B}[").compactMap { sequence -> [Int]? in
            let parameters = sequence.prefix { $0.isNumber || $0 == ";" }
            guard sequence.dropFirst(parameters.count).first == "m" else { return nil }
            return parameters.split(separator: ";").compactMap { Int($0) }
        }
        #expect(attributes.joined().contains(1))
        #expect(attributes.joined().contains(4))
        #expect(attributes.joined().allSatisfy { !(30...49).contains($0) && $0 < 90 })
    }

    @Test func `more colours than there are pairs do not mix`() throws {
        let terminal = try PseudoTerminal()
        var screen = try screen(terminal)
        var random = SplitMix64(seed: 1)

        for _ in 0..<5 {
            var buffer = CellBuffer(Size(columns: 80, rows: 24))
            for row in 0..<24 {
                for column in 0..<80 {
                    let style = Style(
                        foreground: .indexed(UInt8.random(in: 0...255, using: &random)),
                        background: .indexed(UInt8.random(in: 0...255, using: &random))
                    )
                    buffer.write("#", column: column, row: row, style: style)
                }
            }
            try screen.draw(buffer)
            while screen.wantsToWrite {
                _ = terminal.output()
                try screen.flush()
            }
            _ = terminal.output()
        }
        try screen.draw(frame(["plain"], style: Style(foreground: .indexed(201), background: .indexed(17))))
        let output = terminal.output()
        #expect(output.contains("38;5;201"))
        #expect(output.contains("48;5;17"))
    }

    @Test(arguments: ["linux", "putty", "xterm"])
    func `a terminal whose description has no size gets a screen as well`(term: String) throws {
        // Debian describes PuTTY in a package of its own.
        guard (try? Screen.check(term: term)) != nil else { return }
        let terminal = try PseudoTerminal()
        var screen = try Screen(
            input: terminal.slave,
            output: terminal.slave,
            term: term,
            theme: .slateHarbor,
            depth: .mono
        )
        try screen.draw(frame(["hello"]))
        #expect(terminal.output().contains("hello"))
    }

    @Test func `a terminal without UTF-8 gets ASCII, and one with it the text as it is`() throws {
        for isUTF8 in [true, false] {
            let terminal = try PseudoTerminal()
            var screen = try Screen(
                input: terminal.slave,
                output: terminal.slave,
                term: "xterm",
                isUTF8: isUTF8,
                theme: .slateHarbor,
                depth: .mono
            )
            try screen.draw(frame(["漢●"]))
            #expect(terminal.output().contains("漢●") == isUTF8)
            #expect(terminal.output().utf8.allSatisfy { $0 < 0x80 } || isUTF8)
        }
    }

    @Test func `what is no terminal, or no known one, is refused with a way out`() throws {
        let terminal = try PseudoTerminal()
        var pipes: [Int32] = [0, 0]
        try #require(pipe(&pipes) == 0)
        defer { pipes.forEach { close($0) } }
        let (reader, slave) = (pipes[0], terminal.slave)

        #expect(throws: TerminalError.notATerminal) {
            _ = try Screen(input: reader, output: slave, term: "xterm", theme: .slateHarbor, depth: .mono)
        }
        #expect(throws: TerminalError.unknownTerminal("no-such-terminal")) {
            _ = try Screen(input: slave, output: slave, term: "no-such-terminal", theme: .slateHarbor, depth: .mono)
        }
        #expect(terminal.output().isEmpty)
    }

    @Test func `signals come as bytes, in order`() throws {
        let signals = try Signals()

        raise(SIGWINCH)
        raise(SIGTERM)
        raise(SIGCONT)
        let ready = Poller().wait(for: [.init(signals.descriptor)], timeout: .seconds(5))
        #expect(ready.count == 1)
        #expect(signals.read() == [SIGWINCH, SIGTERM, SIGCONT])
        #expect(signals.read().isEmpty)
    }

    @Test func `waiting ends in time`() {
        let start = ContinuousClock.now

        #expect(Poller().wait(for: [], timeout: .milliseconds(20)).isEmpty)
        #expect(ContinuousClock.now - start >= .milliseconds(20))
    }

    @Test func `requests carry nothing that a terminal would obey`() {
        let title = TerminalRequest.title("◆1 a\u{1B}]52;c;x\u{7}b\u{202E}\u{9C}").bytes
        #expect(String(decoding: title, as: UTF8.self) == "\u{1B}]2;◆1 a]52,c,xb\u{1B}\\")
        let copies = ["", "f", "fo", "foo", "foob"].map {
            String(decoding: TerminalRequest.copy($0).bytes, as: UTF8.self)
        }
        #expect(copies == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="].map { "\u{1B}]52;c;\($0)\u{1B}\\" })
    }
}
