import Glibc
import Testing

/// A terminal without a window: what a screen writes to ``slave`` is read here.
///
/// No program that another test starts meanwhile gets its descriptors, for the window is closed only with the last of them.
final class PseudoTerminal {
    private(set) var master: Int32
    let slave: Int32
    /// The slave once more, for ``output()``; it never waits.
    private let probe: Int32
    /// The slave's name, for another process.
    let path: String

    /// Written after what was written before, and never by a screen: where this arrives, everything else has.
    private static let mark: UInt8 = 0x1E
    /// `TIOCSPTLCK` and `TIOCGPTN`, which Swift does not see.
    private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    /// How long, in milliseconds, the kernel may take to hand bytes over.
    private static let patience: Int32 = 60_000

    init(columns: UInt16 = 80, rows: UInt16 = 24) throws {
        // Not by openpty(3), whose descriptors a program that is started in the same moment would get as well.
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        var (lock, number): (Int32, Int32) = (0, -1)
        try #require(ioctl(master, Self.setLock, &lock) == 0 && ioctl(master, Self.getNumber, &number) == 0)
        path = "/dev/pts/\(number)"
        slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        probe = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        try #require(slave >= 0 && probe >= 0)
        resize(columns: columns, rows: rows)
    }

    deinit {
        hangUp()
        close(slave)
        close(probe)
    }

    /// Closes the window.
    func hangUp() {
        if master >= 0 { close(master) }
        master = -1
    }

    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Everything that has been written and not read.
    func output() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var isMarked = false
        while true {
            // Where there is no room for the mark there is something to be read first.
            if !isMarked { isMarked = withUnsafeBytes(of: Self.mark) { write(probe, $0.baseAddress, 1) } == 1 }
            var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, Self.patience) > 0 else { break }
            let count = read(master, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
            if isMarked, bytes.last == Self.mark { break }
        }
        return String(decoding: bytes.filter { $0 != Self.mark }, as: UTF8.self)
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// The settings as text that can be compared.
    func settings() -> String {
        var settings = termios()
        _ = tcgetattr(slave, &settings)
        return "\(settings.c_iflag) \(settings.c_oflag) \(settings.c_cflag) \(settings.c_lflag) \(settings.c_cc)"
    }
}
