import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// A value of JSON that is only to be well-formed.
private struct Whatever: Decodable {
    init(from decoder: any Decoder) {}
}

/// What `check --json` says of one problem.
private struct Problem: Decodable {
    var file: String
    var line: Int
    var fix: String?
}

/// The commands beside `run`, with a run under way and after it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CommandTests {
    private static let plan = Plans.of(
        "{id: gate, name: Gate, review: human, command: 'echo gate > gate.txt'}",
        "{id: bad, name: Bad, max_attempts: 1, command: 'test -e \"OUTSIDE/mended\" && echo bad > bad.txt'}",
        "{id: long, name: Long, command: 'echo long >> \"OUTSIDE/ran\"; until test -e \"OUTSIDE/go\"; do sleep 0.05; done'}",
        "{id: never, name: Never, depends_on: [long], command: 'echo never > never.txt'}"
    )

    @Test func `a run is looked at, steered and landed by commands`() async throws {
        try await Scene.play(named: "e2e ü", plan: Self.plan) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("gate: waits for your review")
                try await run.line("failed    bad")
                try await waitUntil("task") { scene.lines("outside/ran") == ["long"] }

                let second = try await scene.stretto("run", "plan.yaml", "--plain")
                #expect(second.status == .code(8))
                #expect(second.errorText.contains("run scratch-1 is under way here"))
                try await expectLooks(scene)
                try await expectSteering(scene)

                try scene.write("outside/go", "")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            try await expectLanding(scene)
        }
    }

    @Test func `themes are listed and checked, and every place is told, in a repository and outside of one`()
        async throws
    {
        try await Scene.play(plan: Plans.of(Plans.patient("a"))) { scene in
            try scene.write("outside/fog.yaml", "name: Fog\nextends: slate-harbor\npalette:\n  ok: \"#303030\"\n")

            let list = try await scene.stretto("theme")
            #expect(list.text.contains("paper-lantern  Paper Lantern"), "\(list.text)")
            let good = try await scene.stretto("theme", "check", "meridian")
            #expect(good.status == .code(0) && good.text.contains("every text can be read"))
            let poor = try await scene.stretto("theme", "check", scene.outside + "/fog.yaml")
            #expect(poor.status == .code(1) && poor.text.contains("too low"), "\(poor.text)\(poor.errorText)")
            let unknown = try await scene.stretto("theme", "check", "meridan")
            #expect(unknown.errorText.contains("did you mean 'meridian'?"))

            let inside = try await scene.stretto("paths")
            #expect(inside.text.contains("journal.sqlite") && inside.text.contains("Yours"))
            let outside = try await scene.stretto("-C", "/", "paths")
            #expect(outside.status == .code(0) && !outside.text.contains("journal.sqlite"))
        }
    }

    @Test func `who follows the log of a run is released at its end, and at once where no engine is`() async throws {
        try await Scene.play(plan: Plans.of(Plans.patient("a"))) { scene in
            try await scene.session("run", "plan.yaml", "--plain") { _ in
                try await waitUntil("task") { scene.lines("outside/ran") == ["a"] }
                let log = try await scene.session("log", "--follow") { log in
                    try await log.line("worktree add")
                    try scene.write("outside/go", "")
                }
                #expect(log.code == .code(0), "\(log.output)")
                #expect(log.lines.last?.contains("engine-cpu") == true, "\(log.output)")
                #expect(try await scene.stretto("log", "--follow").text == log.output)
            }
        }
    }

    private func expectLooks(_ scene: Scene) async throws {
        let status = try await scene.stretto("status").text
        #expect(status.contains("long   running") && status.contains("never  waiting"), "\(status)")
        let document = Data(try await scene.stretto("status", "--json").output)
        #expect(try JSONDecoder().decode(RunSnapshot.self, from: document).tasks.count == 4)
        #expect(try await scene.stretto("log").text.contains("worktree add"))
        #expect(try await scene.stretto("diff", "gate").text.contains("+gate"))
        #expect(try await scene.stretto("doctor").text.contains("run scratch-1 is under way"))
        let land = try await scene.stretto("land")
        #expect(land.status == .code(1) && land.errorText.contains("still under way"))
    }

    private func expectSteering(_ scene: Scene) async throws {
        let wrong = try await scene.stretto("approve", "gat")
        #expect(wrong.status == .code(1) && wrong.errorText.contains("did you mean 'gate'?"), "\(wrong.errorText)")
        #expect(try await scene.stretto("approve", "gate").status == .code(0))
        try scene.write("outside/mended", "")
        #expect(try await scene.stretto("retry", "bad", "try", "again").status == .code(0))
        #expect(try await scene.stretto("skip", "never", "no need").status == .code(0))
        #expect(try await scene.stretto("skip", "never").status == .code(1))
    }

    private func expectLanding(_ scene: Scene) async throws {
        #expect(try await scene.stretto("approve", "gate").errorText.contains("no run is under way"))
        let landed = try await scene.stretto("land")
        #expect(landed.status == .code(0), "\(landed.errorText)")
        #expect(landed.text.hasPrefix("landed stretto/scratch-1 on main"))
        #expect(scene.text("repo/gate.txt") == "gate\n")
        #expect(scene.text("repo/bad.txt") == "bad\n")
        #expect(scene.text("repo/never.txt") == nil)
        #expect(try await scene.git("status", "--porcelain") == " M plan.yaml", "its statuses")
        #expect(try await scene.stretto("land").text.contains("already"))
    }

    @Test func `stop drains a run, and stop now ends its agents`() async throws {
        try await Scene.play(plan: Self.plan) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("task") { scene.lines("outside/ran") == ["long"] }
                #expect(try await scene.stretto("stop").status == .code(0))
                try await run.line("draining")
                #expect(try await scene.stretto("stop", "--now").status == .code(0))
                try await run.line("stopped on request")
            }

            #expect(ended.code == .code(6), "\(ended.output)")
            try await scene.waitUntilDeserted()
        }
    }

    @Test func `every message of JSON output is one line, and goodbye is the last`() async throws {
        try await Scene.play(plan: Plans.three) { scene in
            let run = try await scene.stretto("run", "plan.yaml", "--json")

            #expect(run.status == .code(0))
            let kinds = try run.text.split(separator: "\n").map { line in
                try #require(JSONDecoder().decode([String: Whatever].self, from: Data(line.utf8)).keys.first)
            }
            #expect(kinds.first == "snapshot")
            #expect(kinds.last == "goodbye")
            #expect(Set(kinds).isSubset(of: ["hello", "snapshot", "update", "reply", "goodbye"]))
            #expect(kinds.contains("update"))
        }
    }

    @Test func `what is known of a plan is said without running it`() async throws {
        try await Scene.play(plan: Plans.three) { scene in
            #expect(try await scene.stretto("ready", "plan.yaml").text == "a  Alpha (command)\nb  Beta (command)\n")
            #expect(try await scene.stretto("ready", "plan.yaml", "--json").text == "[\"a\",\"b\"]\n")
            #expect(try await scene.stretto("check", "plan.yaml").status == .code(0))
            try scene.write("repo/wrong.yaml", Plans.of("{id: a, name: A, depends_on: [b], command: x}"))

            let check = try await scene.stretto("check", "wrong.yaml", "--json")

            #expect(check.status == .code(1))
            let line = Data(check.text.prefix { $0 != "\n" }.utf8)
            let problem = try JSONDecoder().decode(Problem.self, from: line)
            #expect(problem.line == 6 && problem.file == "wrong.yaml" && problem.fix != nil)
            #expect(try await scene.stretto("status").status == .code(1), "no run has been here")
        }
    }

    @Test func `an agent's recorded output is read as a run would read it`() async throws {
        try await Scene.play(plan: Plans.three) { scene in
            let lines = [
                #"{"type":"thread.started","thread_id":"t"}"#, #"{"type":"turn.started"}"#,
                #"{"type":"turn.failed","error":{"message":"exceeded retry limit, last status: 429 Too Many Requests"}}"#,
            ]
            try scene.write("repo/out.jsonl", lines.joined(separator: "\n"))

            let text = try await scene.stretto("trace", "out.jsonl", "--exit", "1")
            #expect(text.status == .code(0), "\(text.errorText)")
            #expect(text.text.contains("outcome       interrupted, not counted\n"))
            #expect(text.text.contains("trouble       rate_limited of openai\n"))
            let json = try await scene.stretto("trace", "out.jsonl", "--builder", "codex", "--json")
            #expect(json.text.split(separator: "\n").last?.contains(#""outcome":"interrupted""#) == true)

            try scene.write("repo/other.txt", "nothing of the kind")
            let other = try await scene.stretto("trace", "other.txt")
            #expect(other.status == .code(1) && other.errorText.contains("--builder"), "\(other.errorText)")
        }
    }

    @Test func `every command has help, and a slip is met with a suggestion`() async throws {
        try await Scene.play(plan: Plans.three) { scene in
            let help = try await scene.stretto("--help")
            #expect(help.status == .code(0))
            let commands = [
                "demo", "run", "attach", "status", "stop", "resume", "check", "ready", "approve", "reject", "retry",
                "skip", "log", "diff", "land", "doctor", "version", "help",
            ]
            for command in commands {
                #expect(help.text.contains("  \(command)"), "\(command) is in the list")
                let output = try await scene.stretto(command, "--help")
                #expect(output.status == .code(0))
                #expect(output.text.contains("stretto \(command)"))
            }
            #expect(try await scene.stretto("version").text.hasPrefix("stretto 0."))
            #expect(try await scene.stretto("doctor").status == .code(0))
            let slip = try await scene.stretto("run", "plan.yaml", "--workes", "2")
            #expect(
                slip.status == .code(2) && slip.errorText.contains("did you mean '--workers'?"),
                "\(slip.errorText)"
            )
            let wrong = try await scene.stretto("rnu")
            #expect(wrong.status == .code(2) && wrong.errorText.contains("did you mean 'run'?"), "\(wrong.errorText)")
        }
    }
}
