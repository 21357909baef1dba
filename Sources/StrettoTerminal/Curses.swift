internal import CNcurses
internal import CStrettoTerminal
internal import Glibc
internal import StrettoBoard

/// ncurses, which draws into a file in memory: it finds what differs between two frames, and never meets the terminal.
@safe struct Curses: ~Copyable {
    private let screen: OpaquePointer
    private let stream: UnsafeMutablePointer<FILE>
    /// How many colours the terminal's description has; a direct one has 16 777 216.
    let colorCount: Int

    /// Tries the descriptions of the given names, in order.
    init(names: [String], usesColor: Bool) throws(TerminalError) {
        let file = stretto_memory_file()
        guard file >= 0 else { throw .system(call: "memfd_create", code: -file) }
        guard let stream = unsafe stretto_stream(file) else {
            close(file)
            throw .system(call: "fdopen", code: ENOMEM)
        }
        // ncurses would take signals that are ours.
        stretto_signals_keep()
        defer { stretto_signals_put_back() }
        var screen: OpaquePointer?
        for name in names where unsafe screen == nil { unsafe screen = stretto_new_screen(name, stream, usesColor) }
        guard let screen = unsafe screen else {
            unsafe fclose(stream)
            throw .unknownTerminal(names.last ?? "")
        }
        unsafe self.screen = screen
        unsafe self.stream = stream
        colorCount = Int(stretto_color_count())
        // What it wrote to set a terminal up is ours to do.
        discard()
    }

    /// Whether one of the descriptions is installed.
    static func knows(oneOf names: [String]) -> Bool { names.contains { unsafe stretto_knows_terminal($0) } }

    deinit {
        endwin()
        unsafe delscreen(screen)
        unsafe fclose(stream)
    }

    /// The frame that ncurses wrote, put between two texts, into `frame`; nothing at all where it wrote nothing.
    func take(into frame: inout [UInt8], between marks: (begin: [UInt8], end: [UInt8])) throws(TerminalError) {
        let file = unsafe fileno(stream)
        let count = Int(lseek(file, 0, SEEK_CUR))
        frame.removeAll(keepingCapacity: true)
        guard count > 0 else { return }
        frame.append(contentsOf: marks.begin)
        let start = frame.count
        frame.append(contentsOf: repeatElement(0, count: count))
        let length = unsafe frame.withUnsafeMutableBytes { bytes in
            unsafe pread(file, bytes.baseAddress?.advanced(by: start), count, 0)
        }
        guard length == count else { throw .system(call: "pread", code: errno) }
        frame.append(contentsOf: marks.end)
        discard()
    }

    /// Forgets what ncurses wrote.
    func discard() {
        let file = unsafe fileno(stream)
        ftruncate(file, 0)
        lseek(file, 0, SEEK_SET)
    }
}
