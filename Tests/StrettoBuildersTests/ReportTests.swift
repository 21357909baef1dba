import FoundationEssentials
import Glibc
import StrettoCore
import TestSupport
import Testing

@testable import StrettoBuilders

@Suite struct ReportTests {
    let worktree: TemporaryDirectory

    init() throws { worktree = try TemporaryDirectory(named: "work tree ü") }

    private let task = TaskID("1.10")

    private func write(_ text: String, to path: String = ReportFile.path) throws {
        let parts = path.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(
            atPath: worktree.appending(parts),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(filePath: worktree.appending(path)))
    }

    private func read(since start: Int64 = 0) -> ReportFile.Finding {
        ReportFile.read(worktree: worktree.path, task: task, since: start)
    }

    @Test func `a whole report is read`() throws {
        try write(
            """
            {"status": "completed", "task_id": "1.10", "message": " Wrote it. ", "plan_modified": false,
             "decisions": [{"decision": "SQLite", "reason": "one file"}, "plain words", {"reason": "no decision"}, 7],
             "debt": ["no tests for x", {"description": "slow"}], "patterns": "one alone", "questions": ["Why?"],
             "question": "Which colour?", "unknown": [1, {"a": null}],
             "usage": {"input_tokens": 120, "output_tokens": 30, "cache_read_input_tokens": 100, "cost_usd": 0.0125, "turns": 2}}
            """
        )

        let expected = Report(
            status: .completed,
            message: "Wrote it.",
            decisions: [
                Report.Decision(decision: "SQLite", reason: "one file"),
                Report.Decision(decision: "plain words", reason: ""),
            ],
            debt: ["no tests for x", "slow"],
            patterns: ["one alone"],
            questions: ["Which colour?", "Why?"],
            usage: Usage(inputTokens: 120, outputTokens: 30, cachedTokens: 100, microdollars: 12_500, turns: 2)
        )
        #expect(read() == .found(expected))
    }

    @Test(arguments: [
        (#""PASS""#, Validation(.pass, findings: ["a", "b"])), (#""warn""#, Validation(.warn, findings: ["a", "b"])),
        (#"" FAIL ""#, Validation(.fail, findings: ["a", "b"])), (#""maybe""#, nil), ("true", nil),
    ])
    func `a validator's verdict is one of three words`(word: String, validation: Validation?) throws {
        try write(#"{"verdict": \#(word), "findings": ["a", {"description": "b"}]}"#)

        guard case .found(let report) = read() else {
            Issue.record("the report is not read")
            return
        }
        #expect(report.validation == validation)
    }

    @Test func `a validator that rejects the work has done its own, another agent has not`() throws {
        try write(#"{"verdict": "FAIL", "message": "no"}"#)
        let done = Verdict.completed(evidence: false)

        #expect(done.considering(read(), isValidation: true) == done)
        #expect(done.considering(read()) == .failed("no"))
    }

    @Test(arguments: [
        ("completed", Report.Status.completed), ("complete", .completed), ("PASS", .completed), ("WARN", .completed),
        ("no_change", .noChange), ("failed", .failed), ("FAIL", .failed), ("suspended", .suspended),
        ("whatever", .failed),
    ])
    func `a status word means what agents mean by it, and an unknown one is no success`(
        word: String,
        status: Report.Status
    ) throws {
        try write("{\"status\": \"\(word)\"}")

        #expect(read() == .found(Report(status: status)))
    }

    @Test(arguments: ReportFile.olderPaths) func `the older places are read where ours is missing`(path: String) throws
    {
        try write(#"{"status": "failed", "message": "no luck"}"#, to: path)

        #expect(read() == .found(Report(status: .failed, message: "no luck")))
    }

    @Test func `our own place goes before the older ones`() throws {
        try write(#"{"status": "failed"}"#, to: ReportFile.olderPaths[0])
        try write(#"{"status": "no_change"}"#)

        #expect(read() == .found(Report(status: .noChange)))
    }

    @Test func `a file from before the attempt is not its report`() throws {
        try write(#"{"status": "failed"}"#, to: ReportFile.olderPaths[1])

        let modified = try #require(LocalFiles.modified(worktree.appending(ReportFile.olderPaths[1])))
        #expect(read(since: modified + 1) == .missing)
        #expect(read(since: modified) == .found(Report(status: .failed)))
    }

    @Test func `a report about another task is refused`() throws {
        try write(#"{"task_id": "1.1", "status": "completed"}"#)

        let finding = read()
        #expect(finding == .foreign("its report .stretto-attempt/report.json is about task '1.1'"))
        let verdict = Verdict.completed(evidence: true).considering(finding)
        #expect(verdict == .failed("its report .stretto-attempt/report.json is about task '1.1'"))
    }

    @Test func `a task id without quotes is compared as the number that it became`() throws {
        try write(#"{"task_id": 1.10, "status": "completed"}"#)

        #expect(read() == .found(Report(status: .completed)))
    }

    @Test(arguments: [
        ("{\"status\": \"completed\",\n}", ".stretto-attempt/report.json:2:1: a key in double quotes is expected"),
        ("[]", ".stretto-attempt/report.json: a report is an object in braces"),
        ("", ".stretto-attempt/report.json:1:1: it ends too early"),
    ])
    func `a broken report is said and changes no verdict`(text: String, sentence: String) throws {
        try write(text)

        #expect(read() == .unreadable(sentence))
        #expect(Verdict.completed(evidence: false).considering(read()) == .completed(evidence: false))
    }

    @Test func `a report beyond the limit is not read`() throws {
        try write("{\"message\": \"" + String(repeating: "x", count: ReportFile.bytesMax) + "\"}")

        #expect(
            read()
                == .unreadable("the report .stretto-attempt/report.json is not read: it is larger than 1048576 bytes")
        )
    }

    @Test func `no link leads out of the worktree`() throws {
        let outside = try TemporaryDirectory()
        try Data(#"{"status": "completed"}"#.utf8).write(to: URL(filePath: outside.appending("report.json")))
        let directory = worktree.appending(ReportFile.directory)

        try FileManager.default.createSymbolicLink(atPath: directory, withDestinationPath: outside.path)
        #expect(
            read()
                == .unreadable(
                    "the report .stretto-attempt/report.json is not read: '.stretto-attempt' is a link or no directory"
                )
        )

        try FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: directory + "/report.json",
            withDestinationPath: outside.appending("report.json")
        )
        #expect(
            read()
                == .unreadable(
                    "the report .stretto-attempt/report.json is not read: 'report.json' is a link or no directory"
                )
        )
    }

    @Test(.timeLimit(.minutes(5))) func `a named pipe in the report's place holds nobody up`() async throws {
        try write("", to: ReportFile.directory + "/other")
        let made = mkfifo(worktree.appending(ReportFile.path), 0o600)

        #expect(made == 0)
        #expect(read() == .unreadable("the report .stretto-attempt/report.json is not read: it is no regular file"))
    }

    @Test func `what people will read holds no secret and no control character`() throws {
        let key = "sk-ant-" + "api03-abcdefghijkl"
        try write(#"{"status": "completed", "message": "key \#(key) \u001b[31mred\u202e"}"#)

        #expect(read() == .found(Report(status: .completed, message: "key sk-ant-[masked] [31mred")))
    }

    @Test func `absurd figures count as nothing`() throws {
        try write(#"{"usage": {"input_tokens": -5, "output_tokens": 9223372036854775807, "cost_usd": 1e300}}"#)

        #expect(read() == .found(Report(status: .completed, usage: .zero)))
    }

    @Test(arguments: [
        (Verdict.completed(evidence: false), Report(status: .completed), Verdict.completed(evidence: false)),
        (.completed(evidence: true), Report(status: .completed), .completed(evidence: true)),
        (.completed(evidence: false), Report(status: .noChange), .completed(evidence: true)),
        (.completed(evidence: true), Report(status: .failed, message: "no"), .failed("no")),
        (.completed(evidence: true), Report(status: .failed), .failed("it reported a failure")),
        (.completed(evidence: true), Report(status: .suspended, questions: ["A or B?"]), .failed("asks: A or B?")),
        (.completed(evidence: true), Report(status: .suspended, message: "lost"), .failed("asks: lost")),
        (.failed("exit"), Report(status: .noChange), .failed("exit")),
        (.interrupted("stop"), Report(status: .completed), .interrupted("stop")),
    ])
    func `a report only takes away, but for an explicit no change`(process: Verdict, report: Report, expected: Verdict)
    {
        #expect(process.considering(.found(report)) == expected)
    }

    @Test(arguments: UInt64(0)..<20) func `no report crashes the reader`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let whole = Array(
            #"{"status":"completed","task_id":"1.10","decisions":[{"decision":"a"}],"usage":{"cost_usd":1}}"#.utf8
        )
        for _ in 0..<200 {
            var bytes = whole
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = ReportFile.finding(in: bytes, path: "report.json", task: task)
        }
    }
}
