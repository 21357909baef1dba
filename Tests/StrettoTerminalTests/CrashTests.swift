import Glibc
import StrettoBoard
import StrettoTerminal
import TestSupport
import Testing

/// Every way out gives the terminal back; each is tried by a process of its own, whose terminal is watched from here.
@Suite struct CrashTests {
    /// Opens the screen on a terminal, with standard error there too, as a user's shell would have it.
    private static func open(_ path: String) throws -> Screen {
        let slave = Glibc.open(path, O_RDWR | O_NOCTTY)
        dup2(slave, STDERR_FILENO)
        var screen = try Screen(
            input: slave,
            output: slave,
            term: "xterm-256color",
            theme: .slateHarbor,
            depth: .colors256
        )
        try screen.draw(CellBuffer(screen.size))
        let complaint = Array("a library's complaint\n".utf8)
        _ = write(STDERR_FILENO, complaint, complaint.count)
        return screen
    }

    private func expectRestored(_ terminal: PseudoTerminal, before: String) {
        let output = terminal.output()
        let parts = output.split(separator: ScreenTests.leave)
        #expect(parts.count == 2, "left once, with something to say after it")
        #expect(parts.first?.contains("complaint") == false)
        #expect(parts.last?.contains("a library's complaint") == true)
        #expect(terminal.settings() == before)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS])
    func `a fatal signal gives the terminal back first`(signal: Int32) async throws {
        let terminal = try PseudoTerminal()
        let before = terminal.settings()

        await #expect(processExitsWith: .signal(signal)) {
            [path = terminal.path as String, signal = signal as Int32] in
            let signals = try Signals()
            let screen = try Self.open(path)
            // Threads of the pool block SIGABRT, and abort() knows how to pass that.
            if signal == SIGABRT { abort() }
            raise(signal)
            _ = screen.descriptor + signals.descriptor
        }

        expectRestored(terminal, before: before)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a failed precondition gives the terminal back, and its message is seen`() async throws {
        let terminal = try PseudoTerminal()
        let before = terminal.settings()

        await #expect(processExitsWith: .failure) { [path = terminal.path as String] in
            let signals = try Signals()
            let screen = try Self.open(path)
            fatalError("descriptor \(screen.descriptor + signals.descriptor)")
        }

        expectRestored(terminal, before: before)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an exit in the middle of everything gives the terminal back`() async throws {
        let terminal = try PseudoTerminal()
        let before = terminal.settings()

        await #expect(processExitsWith: .exitCode(3)) { [path = terminal.path as String] in
            let signals = try Signals()
            let screen = try Self.open(path)
            exit(screen.descriptor + signals.descriptor > 0 ? 3 : 4)
        }

        expectRestored(terminal, before: before)
    }
}
