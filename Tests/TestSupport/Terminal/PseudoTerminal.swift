import Glibc
import Synchronization

/// A terminal without a window: what a program writes to it is read here.
///
/// No program that another test starts meanwhile gets its descriptors, for the window is closed only with the last of them.
package final class PseudoTerminal: Sendable {
    /// The window's own end, which never waits.
    private let master: Int32
    private let isOpen = Atomic(true)
    /// The program's end.
    package let slave: Int32
    /// The slave once more, for ``output()``; it never waits.
    private let probe: Int32
    /// The slave's name, for another process.
    package let path: String

    /// Why there is no terminal.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// Written after what was written before, and never by a screen: where this arrives, everything else has.
    private static let mark: UInt8 = 0x1E
    /// `TIOCSPTLCK` and `TIOCGPTN`, which Swift does not see.
    private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    /// How long, in milliseconds, the kernel may take to hand bytes over.
    private static let patience: Int32 = 60_000

    /// Opens a window of a size.
    package init(columns: Int = 80, rows: Int = 24) throws {
        // Not by openpty(3), whose descriptors a program that is started in the same moment would get as well.
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        var (lock, number): (Int32, Int32) = (0, -1)
        guard ioctl(master, Self.setLock, &lock) == 0, ioctl(master, Self.getNumber, &number) == 0 else {
            throw Missing(description: "/dev/ptmx gives no terminal: error \(errno)")
        }
        path = "/dev/pts/\(number)"
        slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        probe = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        guard slave >= 0, probe >= 0 else { throw Missing(description: "\(path) cannot be opened: error \(errno)") }
        resize(columns: columns, rows: rows)
    }

    deinit {
        hangUp()
        close(slave)
        close(probe)
    }

    /// Closes the window.
    package func hangUp() {
        if isOpen.exchange(false, ordering: .acquiringAndReleasing) { close(master) }
    }

    /// Gives the window another size; what runs in it is told by SIGWINCH.
    package func resize(columns: Int, rows: Int) {
        guard isOpen.load(ordering: .acquiring) else { return }
        var size = winsize(
            ws_row: UInt16(clamping: rows),
            ws_col: UInt16(clamping: columns),
            ws_xpixel: 0,
            ws_ypixel: 0
        )
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// The process group that has the keyboard: the number of a program that was started in a session of its own.
    package var foregroundGroup: Int32 { tcgetpgrp(master) }

    /// Everything that has been written and not read.
    package func output() -> String { String(decoding: outputBytes(), as: UTF8.self) }

    /// As ``output()``, in bytes.
    package func outputBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        var isMarked = false
        while true {
            // Where there is no room for the mark there is something to be read first.
            if !isMarked { isMarked = withUnsafeBytes(of: Self.mark) { write(probe, $0.baseAddress, 1) } == 1 }
            let more = read(within: Self.patience)
            guard !more.isEmpty else { break }
            bytes += more
            if isMarked, bytes.last == Self.mark { break }
        }
        return bytes.filter { $0 != Self.mark }
    }

    /// The next bytes that come within so many milliseconds; none after that time, and where nobody has the terminal any more.
    package func read(within milliseconds: Int32) -> [UInt8] {
        guard isOpen.load(ordering: .acquiring) else { return [] }
        var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = max(0, Glibc.read(master, buffer.baseAddress, buffer.count))
        }
    }

    /// Sends what a person's keys would send.
    package func type(_ text: String) {
        guard isOpen.load(ordering: .acquiring) else { return }
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// The settings as text that can be compared.
    package func settings() -> String {
        var settings = termios()
        _ = tcgetattr(slave, &settings)
        return "\(settings.c_iflag) \(settings.c_oflag) \(settings.c_cflag) \(settings.c_lflag) \(settings.c_cc)"
    }
}
