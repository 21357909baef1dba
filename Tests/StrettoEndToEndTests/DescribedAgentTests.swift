import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// An agent that nobody but its user has ever heard of, described in `stretto.yaml`, through the whole program.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DescribedAgentTests {
    private static let plan = Plans.of(
        "{id: a, name: Write a poem, review: human}",
        meta: "{name: scratch, backoff_base: 0, routing: [{words: [poem], builder: quill, because: quill rhymes best}]}"
    )

    private static let configuration = """
        agents:
          quill:
            command: [./quill, run, "{session}", [--model, "{model}"], "{prompt}"]
            resume: [./quill, resume, "{session}", "{prompt}"]
            output:
              session: session
              text: {when: {type: say}, at: text}
              usage: {when: {type: total}, counts: session, input: tokens.in, output: tokens.out}
              result: {when: {type: done}, at: text}
            stop: [{line: /quit, wait: 60s}]
            env: {QUILL_COLOR: never}
            pass: [QUILL_KEY]
            model: feather-2
            prices: {"feather*": {input: 1, output: 1}}
        """

    /// Notes how it was called, outside; waits where a file says so, and heeds its `/quit` alone.
    ///
    /// Its figures count from the beginning of its session.
    private static func script(_ outside: String) -> String {
        """
        #!/bin/sh
        how=$1 id=$2
        echo "$how $id $3 $4 $QUILL_COLOR $QUILL_KEY$QUILL_OTHER" | head -1 >> "\(outside)/calls"
        case "$*" in *"Make it rhyme"*) echo rhyme > poem.txt;; *) echo prose > poem.txt;; esac
        echo "{\\"type\\": \\"start\\", \\"session\\": \\"$id\\"}"
        echo '{"type": "say", "text": "Writing now."}'
        if [ "$how" = run ]; then sum=100; else sum=250; fi
        echo "{\\"type\\": \\"total\\", \\"tokens\\": {\\"in\\": $sum, \\"out\\": 10}}"
        if test -e "\(outside)/wait"; then
            echo waits >> "\(outside)/waits"
            if read line; then echo "$line" >> "\(outside)/told"; exit 3; fi
            exit 4
        fi
        echo '{"type": "done", "text": "Done."}'
        """
    }

    private func play(
        environment: [String: String] = [:],
        _ body: @escaping (Scene) async throws -> Void
    ) async throws {
        try await Scene.play(named: "e2e ü", plan: Self.plan, environment: environment) { scene in
            try scene.write("repo/stretto.yaml", Self.configuration)
            try scene.write("repo/quill", Self.script(scene.outside))
            chmod(scene.place.appending("repo/quill"), 0o755)
            try await scene.git("add", "--all")
            try await scene.git("commit", "--quiet", "--message=Describe quill")
            try await body(scene)
        }
    }

    /// What each call was given, a list of words.
    private func noted(_ scene: Scene) -> [[String]] {
        (scene.text("outside/calls") ?? "").split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }

    @Test func `a rule sends a task to a described agent, and its review goes on in the same session`() async throws {
        try await play(environment: ["QUILL_KEY": "key-7", "QUILL_OTHER": "unwanted"]) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("a: runs by quill")
                try await run.line("a: waits for your review")
                try run.type("reject a Make it rhyme")
                try await waitUntil("second call", seen: { run.output }) { noted(scene).count == 2 }
                try await waitUntil("second review", seen: { run.output }) {
                    run.output.split(separator: "\n").count { $0.contains("a: waits for your review") } == 2
                }
                try run.type("approve a")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(ended.output.contains("because quill rhymes best"), "\(ended.output)")
            let calls = noted(scene)
            try #require(calls.count == 2)
            #expect(calls[0][0] == "run" && calls[1][0] == "resume")
            #expect(calls[0][1] == calls[1][1], "one session")
            #expect(calls[0][2...] == ["--model", "feather-2", "never", "key-7"], "nothing else of the environment")
            #expect(try await scene.git("show", "stretto/scratch-1:poem.txt") == "rhyme")
            #expect(ended.output.contains("260 tokens") || ended.output.contains(" 260 "), "\(ended.output)")
            let log = try await scene.stretto("log", "a")
            #expect(log.text.contains("Writing now.") && !log.text.contains("{\"type\""), "\(log.text)")
        }
    }

    @Test func `an agent outlives its engine, is ended by its own line, and goes on by its own template`() async throws
    {
        try await play { scene in
            try scene.write("outside/wait", "")
            try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("a waiting agent", seen: { run.output }) { scene.text("outside/waits") != nil }
                try await scene.kill(try await scene.enginePID())
                try await run.line("ended without a word")
            }
            #expect(scene.text("outside/told") == nil, "nobody ended it")

            let stopped = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("0 of 1 done")
                let stop = try await scene.stretto("stop", "--now")
                #expect(stop.status == .code(0), "\(stop.errorText)")
                try await run.line("stopped")
            }
            #expect(stopped.code == .code(6), "\(stopped.output)")
            #expect(scene.text("outside/told") == "/quit\n")
            #expect(noted(scene).count == 1, "it was adopted, not run again")

            unlink(scene.place.appending("outside/wait"))
            let ended = try await scene.session("resume", "--plain") { run in
                try await run.line("a: waits for your review")
                try run.type("approve a")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            let calls = noted(scene)
            try #require(calls.count == 2)
            #expect(calls[1][0] == "resume" && calls[1][1] == calls[0][1])
            try await scene.waitUntilDeserted()
        }
    }

    @Test func `an agent at work hears a message by going on in its session with it, which counts as no failure`()
        async throws
    {
        try await play { scene in
            try scene.write("outside/wait", "")
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("a waiting agent", seen: { run.output }) { scene.text("outside/waits") != nil }
                unlink(scene.place.appending("outside/wait"))
                try run.type("message a Make it rhyme")
                try await run.line("message   a: Make it rhyme")
                try await run.line("a: waits for your review")
                try run.type("review a")
                try await run.line("next: approve a")
                try run.type("approve a")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(scene.text("outside/told") == "/quit\n", "it was ended by its own line")
            let calls = noted(scene)
            try #require(calls.count == 2)
            #expect(calls[1][0] == "resume" && calls[1][1] == calls[0][1])
            #expect(try await scene.git("show", "stretto/scratch-1:poem.txt") == "rhyme")
            #expect(!ended.output.contains(" retry     ") && !ended.output.contains(" failed "), "\(ended.output)")
            #expect(ended.output.contains("file: added poem.txt, +1 -0") && ended.output.contains("\n+rhyme"))
        }
    }

    @Test func `check, doctor and trace know the agent, and say what is wrong with its description`() async throws {
        try await play { scene in
            let output = """
                {"type": "start", "session": "s-1"}
                {"type": "total", "tokens": {"in": 5, "out": 1}}
                {"type": "done", "text": "Done."}

                """
            try scene.write("outside/out.jsonl", output)
            let trace = try await scene.stretto(
                "trace",
                scene.outside + "/out.jsonl",
                "--builder",
                "quill",
                "--exit",
                "0"
            )
            #expect(trace.status == .code(0), "\(trace.errorText)")
            #expect(trace.text.contains("builder       quill") && trace.text.contains("session       s-1"))
            #expect(trace.text.contains("outcome       unproven"), "\(trace.text)")
            let other = try await scene.stretto("trace", scene.outside + "/out.jsonl", "--builder", "quil")
            #expect(other.status == .code(1))
            #expect(other.errorText.contains("did you mean 'quill'?"), "\(other.errorText)")

            let doctor = try await scene.stretto("doctor")
            #expect(doctor.text.contains("ok    quill at \(scene.repository)/quill"), "\(doctor.text)")
            #expect(doctor.text.contains("QUILL_KEY from your environment: not set"), "\(doctor.text)")

            try scene.write(
                "repo/stretto.yaml",
                "agents:\n  quill:\n    command: [./quill, \"{promt}\"]\n    stopp: INT\n"
            )
            let check = try await scene.stretto("check", "plan.yaml")
            #expect(check.status == .code(1))
            #expect(check.text.contains("stretto.yaml:3:25: "), "\(check.text)")
            #expect(check.text.contains("did you mean '{prompt}'?") && check.text.contains("did you mean 'stop'?"))
            let run = try await scene.stretto("run", "plan.yaml", "--plain")
            #expect(run.status == .code(1))
            #expect(run.errorText.contains("stretto.yaml cannot be used"), "\(run.errorText)")
        }
    }
}
