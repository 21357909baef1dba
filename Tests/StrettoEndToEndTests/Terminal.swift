import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// A real terminal with a shell in it: keys go in, the screen is read.
struct Terminal {
    private let scene: Scene

    /// Why there is none on this machine; nil where there is.
    static let isMissing: Bool = {
        let path = Environment.current()["PATH"] ?? ""
        return !path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: $0 + "/tmux") }
    }()
    static let reason: Comment = "tmux is not on PATH"

    /// What the person sees, line by line.
    func screen() async throws -> String { try await tmux("capture-pane", "-p", "-t", "e2e") }

    /// Opens the terminal, lets `body` use it, and closes it.
    static func open(
        in scene: Scene,
        columns: Int = 120,
        rows: Int = 36,
        _ body: (Terminal) async throws -> Void
    ) async throws {
        let terminal = Terminal(scene: scene)
        try await terminal.tmux(
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-s",
            "e2e",
            "-x",
            "\(columns)",
            "-y",
            "\(rows)",
            "sh"
        )
        do {
            try await terminal.wait(for: "prompt", within: .seconds(20)) { !$0.allSatisfy(\.isWhitespace) }
            try await body(terminal)
        } catch {
            _ = try? await terminal.tmux("kill-server")
            throw error
        }
        try await terminal.tmux("kill-server")
    }

    @discardableResult
    func tmux(_ arguments: String...) async throws -> String {
        let output = try await ChildProcess.run(
            ProcessCommand(
                // The name need not be unique: the socket lies in the scene's own directory.
                arguments: ["tmux", "-L", "e2e"] + arguments,
                directory: scene.repository,
                environment: scene.environment
            )
        )
        guard output.status == .code(0) else {
            throw Overdue(description: "tmux \(arguments.first ?? ""): \(output.errorText)")
        }
        return output.text
    }

    // MARK: Reading

    /// Returns the screen once it shows all the texts.
    @discardableResult
    func see(_ texts: String..., within limit: Duration = .seconds(12)) async throws -> String {
        try await wait(for: "screen with \(texts)", within: limit) { screen in texts.allSatisfy(screen.contains) }
    }

    @discardableResult
    private func wait(
        for what: String,
        within limit: Duration,
        _ isRight: (String) -> Bool
    ) async throws -> String {
        var last = ""
        do {
            return try await waitFor(what, within: limit) {
                last = try await screen()
                return isRight(last) ? last : nil
            }
        } catch let error as Overdue {
            throw Overdue(description: error.description + last)
        }
    }

    /// A variable of the terminal, such as `alternate_on`.
    func value(_ name: String) async throws -> String {
        try await tmux("display-message", "-p", "-t", "e2e", "#{\(name)}").filter { $0 != "\n" }
    }

    // MARK: Typing

    /// Presses keys by their tmux names: `a`, `Enter`, `Escape`, `C-c`.
    func press(_ keys: String...) async throws {
        for key in keys { try await tmux("send-keys", "-t", "e2e", key) }
    }

    /// Presses a key until the screen shows the text: a dialog that has just come takes no keys yet.
    func press(_ key: String, until text: String) async throws {
        for _ in 0..<20 {
            try await press(key)
            if (try? await see(text, within: .milliseconds(700))) != nil { return }
        }
        throw Overdue(description: "'\(key)' did not bring '\(text)':\n\(try await screen())")
    }

    /// Presses a key until the screen shows the text no more.
    func press(_ key: String, untilGone text: String) async throws {
        for _ in 0..<20 {
            try await press(key)
            let isGone = try? await wait(for: "end", within: .milliseconds(700)) { !$0.contains(text) }
            if isGone != nil { return }
        }
        throw Overdue(description: "'\(key)' did not take '\(text)' away:\n\(try await screen())")
    }

    /// Types a command line for the shell.
    func type(_ line: String) async throws {
        try await tmux("send-keys", "-t", "e2e", "-l", line)
        try await press("Enter")
    }

    /// Runs a command line, whose exit code the shell prints afterwards as `exit=N`.
    func start(_ line: String) async throws { try await type(line + "; echo exit=$?") }

    func resize(columns: Int, rows: Int) async throws {
        try await tmux("resize-window", "-t", "e2e", "-x", "\(columns)", "-y", "\(rows)")
    }
}
