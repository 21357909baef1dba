import FoundationEssentials
import Glibc
import StrettoBoard
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// tmux, whose pane shows what comes out of a fifo.
final class TmuxEmulator {
    private let scene: Scene
    private let fifo: Descriptor
    private let state = Lock(0)

    init(in scene: Scene) async throws {
        self.scene = scene
        let path = scene.place.appending("bytes")
        try #require(mkfifo(path, 0o600) == 0)
        fifo = try Descriptor.open(path, O_RDWR)
        try await tmux("-f", "/dev/null", "new-session", "-d", "-s", "d", "stty raw -echo; exec cat '\(path)'")
        try await tmux("set-option", "-g", "window-size", "manual")
    }

    func end() async throws { try await tmux("kill-server") }

    func resize(to size: Size) async throws {
        // The old bytes belong to the old size.
        try await settle()
        try await tmux("resize-window", "-t", "d", "-x", "\(size.columns)", "-y", "\(size.rows)")
    }

    /// Gives it what a program wrote.
    func feed(_ bytes: [UInt8]) async throws { try fifo.writeAll(bytes) }

    /// What it shows, once it has taken everything.
    func shown(_ size: Size) async throws -> TerminalModel {
        try await settle()
        let text = try await tmux("capture-pane", "-p", "-e", "-N", "-t", "d")
        // A torn corner makes the last line a column longer, which must not scroll the others away.
        var model = TerminalModel(columns: size.columns, rows: size.rows + 1) { Width.of($0) }
        for (row, line) in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(size.rows).enumerated()
        {
            model.feed(Array("\u{1B}[\(row + 1);1H\(line)".utf8))
        }
        return model
    }

    /// A title comes behind everything else.
    private func settle() async throws {
        let number = state.withLock { state in
            state += 1
            return state
        }
        try fifo.writeAll(Array("\u{1B}]2;settled \(number)\u{1B}\\".utf8))
        try await waitUntil("title") {
            try await tmux("display-message", "-p", "-t", "d", "#{pane_title}").hasPrefix("settled \(number)")
        }
    }

    @discardableResult
    private func tmux(_ arguments: String...) async throws -> String {
        let output = try await ChildProcess.run(
            ProcessCommand(
                arguments: ["tmux", "-L", "d"] + arguments,
                directory: scene.repository,
                environment: scene.environment
            )
        )
        guard output.status == .code(0) else { throw Overdue(description: "tmux: \(output.errorText)") }
        return output.text
    }
}
