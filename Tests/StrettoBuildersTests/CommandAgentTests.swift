import StrettoCore
import TestSupport
import Testing

@testable import StrettoBuilders

@Suite(.timeLimit(.minutes(5))) struct CommandAgentTests {
    let bench: AgentBench

    init() throws { bench = try AgentBench(in: TemporaryDirectory(named: "agents ü")) }

    @Test func `a command's exit 0 is its evidence`() async throws {
        let exit = await bench.run(bench.command("echo hello > hello.txt"))

        #expect(exit == AgentExit(status: .code(0), verdict: .completed(evidence: true)))
        #expect(try bench.text("hello.txt") == "hello\n")
        guard case .started(let process) = bench.progress.first else {
            Issue.record("the start was not told")
            return
        }
        #expect(process.outputPath == bench.place.appending("state/runs/demo-1/1.1/stdout"))
        #expect(process.pid > 1)
    }

    @Test func `a command that fails is quoted with the end of what it said`() async {
        let loud = await bench.run(bench.command("echo to out; echo first >&2; echo last >&2; exit 3"))
        let quiet = await bench.run(bench.command("echo only to out; exit 4", number: 2))

        #expect(loud.verdict == .failed("the command ended with exit code 3:\nfirst\nlast"))
        #expect(quiet.verdict == .failed("the command ended with exit code 4:\nonly to out"))
    }

    @Test func `a command killed by a signal was interrupted`() async {
        let exit = await bench.run(bench.command("kill -KILL $$"))

        #expect(exit.verdict == .interrupted("the command was ended by signal 9"))
    }

    @Test func `a command knows its task, run, worktree, prompt and report`() async throws {
        let script = """
            printf '%s\\n' "$STRETTO_TASK" "$STRETTO_RUN" "$STRETTO_ATTEMPT_NUMBER" "$STRETTO_ATTEMPT" > said
            test "$STRETTO_WORKTREE" = "$PWD" && grep -q '# Task 1' "$STRETTO_PROMPT" && printf '%s' \
            '{"status": "no_change", "message": "fine", "usage": {"input_tokens": 7, "cost_usd": 0.5}}' > "$STRETTO_REPORT"
            """
        let exit = await bench.run(bench.command(script))

        #expect(exit.verdict == .completed(evidence: true))
        #expect(exit.usage == Usage(inputTokens: 7, outputTokens: 0, microdollars: 500_000))
        #expect(exit.report?.message == "fine")
        #expect(try bench.text("said") == "1\ndemo-1\n1\n\(bench.place.appending("state/runs/demo-1/1.1"))\n")
    }

    @Test func `a report of failure goes before exit 0`() async {
        let script = #"mkdir tmp; echo '{"status": "failed", "message": "no luck"}' > tmp/task-status.json"#
        let exit = await bench.run(bench.command(script))

        #expect(exit.status == .code(0))
        #expect(exit.verdict == .failed("no luck"))
    }

    @Test func `a report that cannot be read is said and loses no work`() async {
        let exit = await bench.run(bench.command("echo '{' > \"$STRETTO_REPORT\""))

        #expect(exit.verdict == .completed(evidence: true))
        #expect(
            exit.report?.message
                == "its report could not be read: .stretto-attempt/report.json:2:1: it ends too early"
        )
    }

    @Test func `an attempt that is over answers the same to a second engine and runs no second time`() async throws {
        let order = bench.command("echo run >> count")
        let first = await bench.run(order)
        let second = await bench.run(order)

        #expect(first == second)
        #expect(try bench.text("count") == "run\n")
    }

    @Test func `an attempt ended on request was interrupted, also where it says exit 0`() async {
        let bench = bench
        let order = bench.command("trap 'exit 0' INT TERM; echo ready; while :; do sleep 0.05; done")

        let exit = await withTaskGroup(of: Void.self) { group in
            let (starts, start) = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                for await _ in starts { await bench.agents.terminate(order.attempt) }
            }
            let exit = await bench.run(order) { if case .started = $0 { start.yield() } }
            start.finish()
            return exit
        }

        #expect(exit.verdict == .interrupted("ended on request"))
    }

    @Test func `what outlives the command is ended and counted`() async {
        let exit = await bench.run(bench.command("setsid sleep 600 & exit 0"))

        #expect(exit.verdict == .completed(evidence: true))
        #expect(exit.strayCount == 1)
    }

    @Test func `a worktree that is gone is said`() async {
        var order = bench.command("true")
        order.worktree.path = bench.place.appending("gone/deep")

        let exit = await bench.run(order)
        #expect(exit.status == .unknown)
        #expect(
            exit.verdict == .failed("the worktree '\(order.worktree.path)' is gone: retry the task to get a new one")
        )
    }
}
