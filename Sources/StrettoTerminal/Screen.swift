internal import CNcurses
internal import CStrettoTerminal
internal import Glibc
package import StrettoBoard

/// What one frame cost.
package struct FrameStatistics: Hashable, Sendable {
    /// How many bytes it has.
    package let bytes: Int
    /// How many rows differed from the frame before.
    package let changedRows: Int
    /// Nothing was drawn, because the terminal has not taken all of the frame before: draw the newest state when it is writable.
    package let isSkipped: Bool
}

/// The terminal, in full-screen mode for as long as this lives; one at a time, on one thread.
///
/// Each frame is one `write`. A terminal that is slow gets fewer frames, never a queue of them. Whatever ends the program, the terminal is put back:
/// see ``Signals`` for the ways that need its help.
package struct Screen: ~Copyable {
    /// The terminal, opened once more so that not blocking is our own affair and not the shell's.
    private let terminal: Int32
    private let isOwned: Bool
    private let curses: Curses
    /// Where standard error goes meanwhile: a file in memory, or nil where there was no room for one.
    private let errorLog: Int32?
    var painter: Painter
    /// What the terminal has not taken of the last frame.
    private var unsent: ArraySlice<UInt8> = []
    private var frame: [UInt8] = []
    private var modes = Modes()
    /// The screen's size as it is drawn; change it by ``resize(to:)``.
    package private(set) var size: Size
    /// Whether frames are marked so that the terminal shows each at once; on when it says that it can.
    package var synchronizesUpdates = false

    private struct Modes: Hashable {
        var mouse = false
        var isOn = false
        var isAside = false
    }

    /// How colours come out, after what the terminal's description allows.
    package var depth: ColorDepth { painter.depth }

    /// Takes the terminal over and shows an empty screen with the first frame.
    ///
    /// `term` is the value of `TERM`, and `isInTmux` tells of a terminal that tmux draws. Only
    /// ASCII reaches one that is not `isUTF8`. `depth` is the most that is painted: without a description for truecolor it becomes 256, and so on down.
    /// Where standard error is a terminal it goes to memory, and its last 16 KiB are shown when the terminal has been put back.
    package init(
        input: Int32 = 0,
        output: Int32 = 1,
        term: String,
        isInTmux: Bool = false,
        isUTF8: Bool = true,
        theme: Theme,
        depth: ColorDepth
    ) throws(TerminalError) {
        guard isatty(input) == 1, isatty(output) == 1 else { throw .notATerminal }
        let hasUTF8 = stretto_use_utf8()
        let names = Self.descriptions(of: term, depth: depth, isInTmux: isInTmux)
        let curses = try Curses(names: names, usesColor: depth > .mono)
        let painter = Painter(
            theme: theme,
            depth: min(depth, Self.depth(ofColorCount: curses.colorCount)),
            isDirect: curses.colorCount > 256,
            isUTF8: isUTF8 && hasUTF8
        )
        let (terminal, isOwned) = Self.reopen(output)
        let memory = stretto_memory_file()
        let errorLog = memory < 0 ? nil : memory
        do throws(TerminalError) {
            try Self.take(terminal, errorLog: errorLog)
        } catch {
            if isOwned { close(terminal) }
            if let errorLog { close(errorLog) }
            throw error
        }
        self.init(curses: curses, painter: painter, terminal: terminal, isOwned: isOwned, errorLog: errorLog)
    }

    private init(
        curses: consuming Curses,
        painter: Painter,
        terminal: Int32,
        isOwned: Bool,
        errorLog: Int32?
    ) {
        self.errorLog = errorLog
        self.curses = curses
        self.painter = painter
        self.terminal = terminal
        self.isOwned = isOwned
        size = Self.size(of: terminal)
        modes.isOn = true
        resize(to: size)
        // Nothing has been sent before, so whoever is gone already is noticed at the first frame.
        unsent = Array(Self.enterText.utf8)[...]
    }

    deinit {
        stretto_terminal_restore()
        if isOwned { close(terminal) }
        if let errorLog { close(errorLog) }
    }

    /// The descriptor to wait on for keys, and for room where ``wantsToWrite``.
    package var descriptor: Int32 { terminal }

    /// Whether a part of the last frame waits until the terminal is writable; then call ``flush()``.
    package var wantsToWrite: Bool { !unsent.isEmpty }

    /// The size that the terminal has now.
    package func currentSize() -> Size { Self.size(of: terminal) }

    /// Other colours from the next frame on.
    package mutating func use(_ theme: Theme) {
        painter = Painter(theme: theme, depth: painter.depth, isDirect: painter.isDirect, isUTF8: painter.isUTF8)
    }

    /// Draws later frames in another size; the next one repaints everything.
    package mutating func resize(to size: Size) {
        self.size = size
        resize_term(Int32(size.rows), Int32(size.columns))
        repaint()
    }

    /// Has the next frame repaint everything, for when something else wrote to the terminal.
    package mutating func repaint() {
        painter.forget()
        stretto_repaint_all()
    }

    /// Shows a frame; one of another size than ``size`` is cut or filled up with blanks.
    ///
    /// Throws ``TerminalError/hungUp`` when nobody is there.
    @discardableResult
    package mutating func draw(_ buffer: CellBuffer) throws(TerminalError) -> FrameStatistics {
        try flush()
        guard unsent.isEmpty, modes.isOn, !modes.isAside else {
            return FrameStatistics(bytes: 0, changedRows: 0, isSkipped: true)
        }
        let changedRows = painter.paint(buffer, size: size)
        stretto_update()
        // One row comes at once anyhow, and is mostly shorter than the marks.
        let marks = synchronizesUpdates && changedRows > 1 ? (Self.beginUpdate, Self.endUpdate) : ([], [])
        try curses.take(into: &frame, between: marks)
        let statistics = FrameStatistics(bytes: frame.count, changedRows: changedRows, isSkipped: false)
        try send(frame[...])
        return statistics
    }

    /// Sends what the terminal had no room for.
    package mutating func flush() throws(TerminalError) {
        if !unsent.isEmpty { try send(unsent) }
    }

    /// Asks the terminal something, or tells it something; behind a frame that is still on its way.
    package mutating func send(_ request: TerminalRequest) throws(TerminalError) {
        if case .mouse(let isOn) = request { modes.mouse = isOn }
        // The mouse belongs to the terminal while the board is aside.
        if modes.isAside, case .mouse = request { return }
        try put(request.bytes)
    }

    /// Shows the shell's own screen with everything on it, while keys go on coming one by one; for ``write(line:)``.
    package mutating func stepAside() throws(TerminalError) {
        guard modes.isOn, !modes.isAside else { return }
        modes.isAside = true
        try put(Array(Self.asideText.utf8))
    }

    /// Comes back from ``stepAside()``; everything is repainted.
    package mutating func stepBack() throws(TerminalError) {
        guard modes.isOn, modes.isAside else { return }
        modes.isAside = false
        try put(Array(Self.backText.utf8) + (modes.mouse ? TerminalRequest.mouse(true).bytes : []))
        resize(to: currentSize())
    }

    /// Writes a line of text, in which only SGR sequences may be, behind what is on the shell's screen; for ``stepAside()``.
    package mutating func write(line: String) throws(TerminalError) {
        guard modes.isAside else { return }
        try put(Array((line + "\r\n").utf8))
    }

    /// Sends bytes, behind what is still on its way; a terminal that does not listen loses them.
    private mutating func put(_ bytes: [UInt8]) throws(TerminalError) {
        guard modes.isOn else { return }
        if unsent.isEmpty { try send(bytes[...]) } else if unsent.count < Self.unsentMax { unsent += bytes }
    }

    /// The bytes that have come, at most 64 KiB; none when none have.
    ///
    /// Throws ``TerminalError/hungUp`` at the end of input: whoever read on would do so for ever.
    package func read() throws(TerminalError) -> [UInt8] {
        var descriptor = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        // Where the terminal could not be opened once more, reading without asking would block.
        guard unsafe poll(&descriptor, 1, 0) > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(terminal, $0.baseAddress, $0.count) }
        if count > 0 { return Array(bytes[..<count]) }
        if count < 0, [EAGAIN, EINTR].contains(errno) { return [] }
        throw .hungUp
    }

    /// Gives the terminal back as it was, for a while: for Ctrl-Z, an editor, a shell.
    package mutating func suspend() {
        modes.isOn = false
        modes.isAside = false
        unsent = []
        stretto_terminal_restore()
    }

    /// Takes the terminal again after ``suspend()``, or after the program was stopped and went on; everything is repainted, in the present size.
    ///
    /// In the background it waits, stopped as a shell's job, until the terminal is its own. Beside the board only its settings are taken.
    package mutating func resume() throws(TerminalError) {
        var enterText = Self.backText
        if modes.isOn {
            stretto_await_foreground(terminal)
            let code = stretto_terminal_raw()
            guard code == 0 else { throw .system(call: "tcsetattr", code: code) }
            if modes.isAside { return }
        } else {
            try Self.take(terminal, errorLog: errorLog)
            enterText = Self.enterText
        }
        modes.isOn = true
        resize(to: currentSize())
        try flush()
        unsent += Array(enterText.utf8) + (modes.mouse ? TerminalRequest.mouse(true).bytes : [])
    }

    /// One `write`; what does not fit is kept, and replaces nothing.
    private mutating func send(_ bytes: ArraySlice<UInt8>) throws(TerminalError) {
        // A fatal signal on another thread has given the terminal back while this one goes on for a moment.
        guard !bytes.isEmpty, stretto_terminal_is_ours() != 0 else { return }
        var count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(terminal, $0.baseAddress, $0.count) }
        if count < 0 {
            guard [EAGAIN, EINTR].contains(errno) else {
                unsent = []
                throw .hungUp
            }
            count = 0
        }
        unsent = bytes.dropFirst(count)
    }
}

extension Screen {
    /// How much may wait in all before requests are dropped, in bytes: the terminal is not listening.
    private static let unsentMax = 1 << 20
    private static let beginUpdate = Array("\u{1B}[?2026h".utf8)
    private static let endUpdate = Array("\u{1B}[?2026l".utf8)
    /// Title kept, other screen, no cursor, focus and paste reported.
    private static let enterText = "\u{1B}[22;2t" + backText
    /// Other screen, no cursor, focus and paste reported.
    private static let backText = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?1004h\u{1B}[?2004h"
    /// The way back from that, without the terminal's settings: keys still come one by one.
    private static let asideText =
        "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l\u{1B}[?1004l\u{1B}[?2004l\u{1B}[0m\u{1B}[?1049l\u{1B}[?25h"

    /// Which descriptions of a terminal to try: for truecolor the one that ends in `-direct`, where it is installed.
    static func descriptions(of term: String, depth: ColorDepth, isInTmux: Bool = false) -> [String] {
        let family = String(term.prefix { $0 != "-" })
        let isOfTmux = ["screen", "tmux"].contains(family)
        // Of the kinds of xterm Debian describes most in a package that few have installed.
        var named = term.hasPrefix("xterm-") && term != "xterm-256color" ? [term, "xterm-256color"] : [term]
        // Whatever TERM says: by the description of an xterm, ncurses erases cells by number, and of a wide character that is half erased so,
        // tmux (seen with 3.3a) takes the background away when something is written over its other half.
        if isInTmux, !isOfTmux { named = ["tmux-256color", "screen-256color"] + named }
        guard depth == .truecolor, !term.hasSuffix("-direct") else { return named }
        return [isOfTmux || isInTmux ? "tmux-direct" : family + "-direct", "xterm-direct"] + named
    }

    /// Whether this machine has a description of a terminal with true colours; without one the board paints 256.
    package static var hasTrueColor: Bool { Curses.knows(oneOf: ["xterm-direct"]) }

    /// Whether a screen can be made for a terminal of this name, asked before anything else is begun.
    package static func check(term: String) throws(TerminalError) {
        guard Curses.knows(oneOf: descriptions(of: term, depth: .colors256)) else { throw .unknownTerminal(term) }
    }

    /// Makes the terminal ours, and its old state what every way out goes back to.
    private static func take(_ terminal: Int32, errorLog: Int32?) throws(TerminalError) {
        // What a shell in front of us does with the terminal is not the state to go back to.
        stretto_await_foreground(terminal)
        var code = stretto_terminal_begin(terminal)
        var call = "tcgetattr"
        if code == 0, let errorLog, isatty(STDERR_FILENO) == 1 {
            code = stretto_terminal_divert_errors(errorLog)
            call = "dup2"
        }
        if code == 0 {
            code = stretto_terminal_raw()
            call = "tcsetattr"
        }
        guard code == 0 else {
            stretto_terminal_restore()
            throw .system(call: call, code: code)
        }
    }

    private static func depth(ofColorCount count: Int) -> ColorDepth {
        switch count {
        case ..<8: .mono
        case ..<256: .colors16
        case ..<65_536: .colors256
        default: .truecolor
        }
    }

    private static func size(of descriptor: Int32) -> Size {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return Size(columns: 80, rows: 24) }
        return Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// The terminal behind a descriptor once more, not blocking; the descriptor itself where that cannot be.
    private static func reopen(_ descriptor: Int32) -> (descriptor: Int32, isOwned: Bool) {
        var name = [CChar](repeating: 0, count: 256)
        let code = unsafe ttyname_r(descriptor, &name, name.count)
        guard code == 0 else { return (descriptor, false) }
        let own = unsafe open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        return own < 0 ? (descriptor, false) : (own, true)
    }
}
