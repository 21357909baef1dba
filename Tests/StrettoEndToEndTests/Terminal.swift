import FoundationEssentials
import StrettoCore
import TestSupport
import Testing

@testable import StrettoProcess

/// A real terminal with a shell in it: keys go in, the screen is read.
struct Terminal {
    private let scene: Scene
    /// What tmux calls it.
    private var window = "e2e:0"

    private init(scene: Scene) { self.scene = scene }

    /// Why there is none on this machine; nil where there is.
    static let isMissing: Bool = {
        let path = Environment.current()["PATH"] ?? ""
        return !path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: $0 + "/tmux") }
    }()
    static let reason: Comment = "tmux is not on PATH"

    /// What the person sees, line by line.
    func screen() async throws -> String { try await tmux("capture-pane", "-p", "-t", window) }

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
            try await terminal.wait(for: "prompt", within: .seconds(60)) { !$0.allSatisfy(\.isWhitespace) }
            try await body(terminal)
        } catch {
            _ = try? await terminal.tmux("kill-server")
            throw error
        }
        try await terminal.tmux("kill-server")
    }

    /// A second terminal with a shell, beside this one.
    func another() async throws -> Terminal {
        var other = self
        other.window = "e2e:1"
        try await tmux("new-window", "-d", "-t", other.window, "sh")
        try await other.wait(for: "prompt", within: .seconds(60)) { !$0.allSatisfy(\.isWhitespace) }
        return other
    }

    /// Closes the window, as a person does who has had enough; another one must be there.
    func close() async throws { try await tmux("kill-window", "-t", window) }

    /// The program that reads what is written to this terminal.
    func reader() async throws -> Int32 { try #require(Int32(try await value("pid"))) }

    @discardableResult
    func tmux(_ arguments: String...) async throws -> String { try await tmux(arguments) }

    @discardableResult
    private func tmux(_ arguments: [String]) async throws -> String {
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
    func see(_ texts: String..., within limit: Duration = .seconds(60)) async throws -> String {
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
        try await tmux("display-message", "-p", "-t", window, "#{\(name)}").filter { $0 != "\n" }
    }

    // MARK: Typing

    /// Presses keys by their tmux names: `a`, `Enter`, `Escape`, `C-c`.
    func press(_ keys: String...) async throws {
        for key in keys { try await tmux("send-keys", "-t", window, key) }
    }

    /// How long a screen is waited for before a key is pressed once more: seldom the same key twice, for on a slow machine it would act twice.
    static let patiences: [Duration] = [.seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30)]

    /// Presses a key until the screen shows the text.
    func press(_ key: String, until text: String, patiences: [Duration] = patiences) async throws {
        try await press(key, toBring: "screen with '\(text)'", patiences) { $0.contains(text) }
    }

    /// Writes text as a person types it.
    func write(_ text: String) async throws { try await tmux("send-keys", "-t", window, "-l", text) }

    /// Presses a key that would do something else the second time, and returns when the screen shows the text no more.
    func pressOnce(_ key: String, untilGone text: String) async throws {
        try await press(key, toBring: "screen without '\(text)'", [.seconds(60)]) { !$0.contains(text) }
    }

    /// Presses a key until the screen shows the text no more.
    func press(_ key: String, untilGone text: String) async throws {
        try await press(key, toBring: "screen without '\(text)'", Self.patiences) { !$0.contains(text) }
    }

    private func press(
        _ key: String,
        toBring what: String,
        _ patiences: [Duration],
        _ isRight: (String) -> Bool
    ) async throws {
        for patience in patiences {
            // A dialog that has just come takes no keys yet.
            await Reactor.shared.pause(.milliseconds(300))
            try await press(key)
            if (try? await wait(for: what, within: patience, isRight)) != nil { return }
        }
        throw Overdue(description: "'\(key)' brought no \(what):\n\(try await screen())")
    }

    /// Types a command line for the shell.
    func type(_ line: String) async throws {
        // A key that came too late for a board lies here.
        try await press("C-u")
        try await write(line)
        try await press("Enter")
    }

    /// Runs a command line, whose exit code the shell prints afterwards as `exit=N`.
    func start(_ line: String) async throws { try await type(line + "; echo exit=$?") }

    func resize(columns: Int, rows: Int) async throws {
        try await tmux("resize-window", "-t", window, "-x", "\(columns)", "-y", "\(rows)")
    }

    /// One size after another, as fast as the terminal can.
    func resize(through sizes: [(columns: Int, rows: Int)]) async throws {
        var arguments: [String] = []
        for size in sizes {
            arguments += ["resize-window", "-t", window, "-x", "\(size.columns)", "-y", "\(size.rows)", ";"]
        }
        try await tmux(arguments.dropLast())
    }

    // MARK: What a program leaves behind

    /// Notes how the terminal is set, all but its size, for ``expectRestored()``.
    func noteSettings() async throws { try await type("stty -a | sed 1d > ../outside/before; clear") }

    /// Expects the terminal as it was noted: its settings, the shell's own screen, a cursor, and no mouse for anybody.
    func expectRestored() async throws {
        try await type("stty -a | sed 1d > ../outside/after; echo said")
        try await see("\nsaid")
        #expect(scene.text("outside/after") == scene.text("outside/before"))
        #expect(scene.text("outside/after")?.isEmpty == false)
        for (name, wanted) in [("alternate_on", "0"), ("cursor_flag", "1"), ("mouse_any_flag", "0")] {
            #expect(try await value(name) == wanted, "\(name)")
        }
    }
}
