import StrettoCore
import Testing

@testable import StrettoBoard

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The screens as text; `STRETTO_RECORD=1` accepts what is drawn.
@Suite struct ScreenTests {
    enum Screen: String, CaseIterable {
        case main, review, help, quit, handoff, skip, plan, spending, theme, summary, form, message
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var screen: Screen
        var columns: Int
        var rows: Int
        var isASCII = false

        var name: String { "\(screen.rawValue)-\(columns)x\(rows)" + (isASCII ? "-ascii" : "") }
        var testDescription: String { name }
    }

    static let sizes = [
        (200, 50), (120, 40), (100, 30), (80, 24), (60, 20), (60, 15), (40, 12), (20, 6), (8, 3), (1, 1),
    ]

    static let cases: [Case] = {
        var cases: [Case] = []
        for screen in Screen.allCases {
            for (columns, rows) in sizes { cases.append(Case(screen: screen, columns: columns, rows: rows)) }
            cases.append(Case(screen: screen, columns: 80, rows: 24, isASCII: true))
        }
        return cases
    }()

    @Test(arguments: cases)
    func `every screen looks as it was accepted`(_ test: Case) throws {
        let frame = Self.state(for: test).frame()

        #expect(frame.size == Size(columns: test.columns, rows: test.rows))
        try Golden.check(frame, named: test.name)
    }

    static func state(for test: Case) -> BoardState {
        let phase: RunHeader.Phase =
            switch test.screen {
            case .plan: .planReview
            default: .running
            }
        let glyphs = test.isASCII ? Glyphs.ascii : .unicode
        let tasks = test.screen == .plan ? Fixture.untouched : Fixture.tasks
        let snapshot = test.screen == .spending ? Fixture.spenders : Fixture.snapshot(phase: phase, tasks: tasks)
        var state = Fixture.board(test.columns, test.rows, glyphs: glyphs, snapshot: snapshot)
        switch test.screen {
        case .main: state.select("refund-endpoint")
        case .plan: break
        case .review:
            state.select("webhooks")
            state.press("r")
            _ = state.handle(.diff(TaskID("webhooks"), Fixture.diff), at: Fixture.now)
        case .help: state.press("?")
        case .quit: state.press("q")
        case .handoff:
            state.press("H")
            if state.layout.rect(of: .handoff) == nil { state.press("H") }
        case .skip:
            state.select("webhooks")
            state.press("s")
        case .theme: state.press("tj")
        case .spending:
            state.select("refund-endpoint")
            state.press("b")
        case .form:
            state.press("nWrite the manual")
            state.press(.tab)
            state.press("webhooks, ")
        case .message:
            state.select("refund-endpoint")
            state.press("mThe header is X-Signature")
        case .summary:
            let over = Fixture.snapshot(phase: .over(.finished), tasks: Fixture.finished)
            _ = state.handle(.snapshot(over), at: Fixture.now)
        }
        return state
    }
}

extension Fixture {
    /// The same tasks before anything has started.
    static var untouched: [TaskSnapshot] {
        tasks.map { task in
            TaskSnapshot(
                id: task.id,
                name: task.name,
                section: task.section,
                description: task.description,
                state: task.dependencies.isEmpty ? .ready : .waiting,
                dependencies: task.dependencies,
                builder: task.builder,
                changed: start
            )
        }
    }

    /// The same tasks with everything done.
    static var finished: [TaskSnapshot] {
        tasks.map { task in
            var task = task
            task.state = .done
            task.detail = ""
            task.worker = nil
            return task
        }
    }
}

extension BoardState {
    /// Presses keys long after everything that was on the screen had come.
    @discardableResult
    mutating func press(_ keys: String) -> [BoardAction] { keys.flatMap { press(.character($0)) } }

    @discardableResult
    mutating func press(_ key: Key) -> [BoardAction] { handle(.key(key), at: now.advanced(by: .milliseconds(300))) }

    mutating func select(_ task: String) {
        selection = .task(TaskID(task))
        _ = handle(.tick, at: now)
    }
}

/// Frames as text files in `Frames` beside this source file's folder.
enum Golden {
    /// Compares the frame with the recorded one; with `STRETTO_RECORD=1` records it.
    static func check(_ frame: CellBuffer, named name: String, file: String = #filePath) throws {
        try check(frame.lines, named: name, file: file)
    }

    /// The same for any lines of text.
    static func check(_ lines: [String], named name: String, file: String = #filePath) throws {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        let path = "\(folder)/Frames/\(name).txt"
        let text = lines.joined(separator: "\n") + "\n"
        if getenv("STRETTO_RECORD") != nil {
            try write(text, to: path)
            return
        }
        let recorded = read(path)
        if recorded != text { Attachment.record(text, named: "\(name).txt") }
        #expect(recorded == text, "\(name) differs; STRETTO_RECORD=1 accepts it:\n\(text)")
    }

    struct WriteError: Error { var path: String }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw WriteError(path: path) }
        defer { fclose(file) }
        guard fputs(text, file) >= 0 else { throw WriteError(path: path) }
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
