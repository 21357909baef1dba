import FoundationEssentials
import StrettoCore
import TestSupport
import Testing

@testable import StrettoBuilders

@Suite struct AttemptPreparationTests {
    let place: TemporaryDirectory
    let preparation: AttemptPreparation

    init() throws {
        place = try TemporaryDirectory(named: "prepare ü")
        for name in ["repository/.claude/agents", "worktree", "bin"] {
            try FileManager.default.createDirectory(
                atPath: place.appending(name),
                withIntermediateDirectories: true
            )
        }
        let claude = place.appending("bin/claude")
        try Data("#!/bin/sh\necho '2.1.329 (Claude Code)'\n".utf8).write(to: URL(filePath: claude))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: claude)
        preparation = AttemptPreparation(
            run: RunID("demo-1"),
            repository: place.appending("repository"),
            attemptsRoot: place.appending("state/runs/demo-1"),
            inherited: ["PATH": "relative:" + place.appending("bin") + ":/usr/bin:/bin", "GIT_DIR": "/elsewhere"]
        )
    }

    private var worktree: String { place.appending("worktree") }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: place.appending(path)))
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    @Test func `everything that an agent is told lies where it is told`() throws {
        try write("---\nmodel: opus\ntools: [Read]\n---\nYou are brief.", to: "repository/.claude/agents/coder.md")
        try write("meta: {}\n", to: "repository/plan.yaml")
        var context = order().prompt
        context.planPath = "plan.yaml"

        let attempt = try preparation.prepare(order(worktree: worktree, prompt: context))

        let prompt = try text(attempt.directory.promptPath)
        #expect(prompt.contains("You are brief."))
        #expect(prompt.contains("the plan \"demo\" in .stretto-attempt/plan.yaml."))
        #expect(try text(worktree + "/.stretto-attempt/plan.yaml") == "meta: {}\n")
        #expect(try text(worktree + "/.stretto-attempt/.gitignore") == "*\n")
        #expect(try text(worktree + "/.stretto-attempt/prompt.md") == prompt)
        #expect(attempt.directory.marker == place.appending("state/runs/demo-1/1.10.1"))
        #expect(attempt.arguments[0] == place.appending("bin/claude"))
        #expect(attempt.input == prompt)
        #expect(attempt.arguments.suffix(3) == ["--allowedTools=Read", "--model", "opus"])
        #expect(
            attempt.environment.filter { $0.key != "PATH" } == [
                "CLAUDE_CODE_MAX_RETRIES": "3",
                "STRETTO_ATTEMPT_NUMBER": "1",
                "STRETTO_PROMPT": worktree + "/.stretto-attempt/prompt.md",
                "STRETTO_REPORT": worktree + "/.stretto-attempt/report.json",
                "STRETTO_RUN": "demo-1",
                "STRETTO_TASK": "1.10",
                "STRETTO_WORKTREE": worktree,
            ]
        )
    }

    @Test func `a repeat finds the same session, start and command line, and overwrites nothing`() throws {
        let first = try preparation.prepare(order(worktree: worktree))
        let marked = worktree + "/.stretto-attempt/prompt.md"
        try Data("changed by the agent".utf8).write(to: URL(filePath: marked))
        let second = try preparation.prepare(order(worktree: worktree))

        #expect(second.sessionID == first.sessionID)
        #expect(second.start == first.start)
        #expect(second.arguments == first.arguments)
        #expect(try text(marked) == "changed by the agent")
    }

    @Test func `another attempt is another session`() throws {
        let first = try preparation.prepare(order(worktree: worktree))
        let second = try preparation.prepare(order(number: 2, worktree: worktree))

        #expect(first.sessionID != second.sessionID)
        #expect(first.directory != second.directory)
    }

    @Test func `a plan in the worktree is named as it lies there`() throws {
        try write("meta: {}\n", to: "worktree/plan.yaml")
        var context = order().prompt
        context.planPath = "plan.yaml"

        let attempt = try preparation.prepare(order(worktree: worktree, prompt: context))
        #expect(try text(attempt.directory.promptPath).contains("the plan \"demo\" in plan.yaml."))
    }

    @Test func `an agent cannot give itself tools by writing its own role`() throws {
        try FileManager.default.createDirectory(
            atPath: worktree + "/.claude/agents",
            withIntermediateDirectories: true
        )
        try write("---\ntools: [Bash]\n---\nI may do all.", to: "worktree/.claude/agents/coder.md")

        let attempt = try preparation.prepare(order(worktree: worktree))
        #expect(attempt.input.contains("I may do all."))
        #expect(!attempt.arguments.contains { $0.contains("Bash") })
    }

    @Test func `a role that leads out of its directory is not read`() throws {
        try write("---\n---\nsecret", to: "repository/.claude/secret.md")
        let task = PlanTask(id: TaskID("1"), name: "x", role: "../secret")

        let attempt = try preparation.prepare(order(task: task, worktree: worktree))
        #expect(!attempt.arguments[2].contains("\nsecret"))
    }

    @Test func `a link in the place of the report's directory is refused with a way out`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: worktree + "/.stretto-attempt",
            withDestinationPath: place.appending("repository")
        )

        let path = worktree + "/.stretto-attempt"
        #expect(
            throws: Trouble(
                "'\(path)' is needed for the attempt's report, but it is no directory: remove it from the branch"
            )
        ) {
            try preparation.prepare(order(worktree: worktree))
        }
    }

    @Test func `a missing program is named, with how to get it`() throws {
        let bare = AttemptPreparation(
            run: RunID("demo-1"),
            repository: place.appending("repository"),
            attemptsRoot: place.appending("state"),
            inherited: ["PATH": "/nonexistent"]
        )

        #expect(
            throws: Trouble(
                "claude is not on PATH: install it with `npm install -g @anthropic-ai/claude-code`, then log in with `claude`"
            )
        ) {
            try bare.prepare(order(worktree: worktree))
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a builder's program is found with its version`() async {
        let found = await BuilderTools.find(.claude, environment: preparation.inherited)
        let missing = await BuilderTools.find(.claude, environment: ["PATH": ""])
        let needless = await BuilderTools.find(.command, environment: preparation.inherited)

        #expect(found == BuilderTool(path: place.appending("bin/claude"), version: "2.1.329 (Claude Code)"))
        #expect(missing == nil)
        #expect(needless == nil)
    }
}
