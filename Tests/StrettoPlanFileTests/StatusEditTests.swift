import StrettoCore
import TestSupport
import Testing

@testable import StrettoPlanFile

/// Statuses change, and not one byte more.
@Suite struct StatusEditTests {
    /// The text after tasks got these statuses, and the tasks that were left.
    private func edited(_ text: String, _ statuses: [String: PlanStatus]) throws -> (text: String, left: [String]) {
        let reading = read(text)
        let plan = try #require(reading.plan, "\(lines(reading))")
        let wanted = Dictionary(uniqueKeysWithValues: statuses.map { (TaskID($0.key), $0.value) })
        let edit = StatusEdit(writing: wanted, into: plan, try #require(reading.document))
        return (String(decoding: edit.bytes, as: UTF8.self), edit.left.map(\.text))
    }

    /// One mapping as it is before and after its task `a` is completed.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let before: String
        let after: String

        init(_ name: String, _ before: String, _ after: String) {
            testDescription = name
            self.before = before
            self.after = after
        }
    }

    private static let replaced = [
        Case(
            "a plain status with a comment",
            "tasks:\n- id: a\n  status: pending  # soon\n  name: A\n",
            "tasks:\n- id: a\n  status: completed  # soon\n  name: A\n"
        ),
        Case(
            "single quotes",
            "tasks:\n- {id: a, name: A, status: 'failed'}\n",
            "tasks:\n- {id: a, name: A, status: 'completed'}\n"
        ),
        Case(
            "double quotes",
            "{\"tasks\": [{\"id\": \"a\", \"name\": \"A\", \"status\":\"pending\"}]}",
            "{\"tasks\": [{\"id\": \"a\", \"name\": \"A\", \"status\":\"completed\"}]}"
        ),
        Case(
            "nothing but a comment",
            "tasks:\n- id: a\n  status: # to do\n  name: A\n",
            "tasks:\n- id: a\n  status: completed # to do\n  name: A\n"
        ),
        Case(
            "nothing at the end of the file",
            "tasks:\n- id: a\n  name: A\n  status:",
            "tasks:\n- id: a\n  name: A\n  status: completed"
        ),
        Case(
            "a tilde",
            "tasks:\n- id: a\n  name: A\n  status: ~\n",
            "tasks:\n- id: a\n  name: A\n  status: completed\n"
        ),
        Case(
            "nothing in braces",
            "tasks: [{id: a, name: A, status: }]",
            "tasks: [{id: a, name: A, status: completed}]"
        ),
        Case(
            "an alias",
            "x: &s failed\ntasks:\n- id: a\n  name: A\n  status: *s # as above\n",
            "x: &s failed\ntasks:\n- id: a\n  name: A\n  status: completed # as above\n"
        ),
    ]

    private static let inserted = [
        Case(
            "behind the name with its comment",
            "tasks:\n  - id: a\n    name: A   # the first\t!\n    description: |\n      text\n",
            "tasks:\n  - id: a\n    name: A   # the first\t!\n    status: completed\n    description: |\n      text\n"
        ),
        Case(
            "behind the id",
            "tasks:\n- id: \"a\"\n  description: |\n\n    text\n\n# end\n",
            "tasks:\n- id: \"a\"\n  status: completed\n  description: |\n\n    text\n\n# end\n"
        ),
        Case(
            "behind the id where the name goes on over lines",
            "tasks:\n- name: A\n    and more\n  id: a\n",
            "tasks:\n- name: A\n    and more\n  id: a\n  status: completed\n"
        ),
        Case(
            "before everything where nothing ends on its line",
            "tasks:\n- name: >-\n    long\n  id: >-\n    a\n  description: |\n",
            "tasks:\n- status: completed\n  name: >-\n    long\n  id: >-\n    a\n  description: |\n"
        ),
        Case(
            "at the end of a file without a last line end",
            "tasks:\n- id: a\n  command: x\n  name: A",
            "tasks:\n- id: a\n  command: x\n  name: A\n  status: completed"
        ),
        Case(
            "lines that end with CR LF",
            "tasks:\r\n- id: a\r\n  name: A\r\n",
            "tasks:\r\n- id: a\r\n  name: A\r\n  status: completed\r\n"
        ),
        Case(
            "one last line after lines that end with CR LF",
            "tasks:\r\n- id: a\r\n  name: A",
            "tasks:\r\n- id: a\r\n  name: A\r\n  status: completed"
        ),
        Case(
            "lines that end with CR",
            "tasks:\r- id: a\r  name: A\r",
            "tasks:\r- id: a\r  name: A\r  status: completed\r"
        ),
        Case(
            "braces",
            "tasks: [{id: a, name: 'A, B' , env: {X: y}}]",
            "tasks: [{id: a, name: 'A, B', status: completed , env: {X: y}}]"
        ),
        Case(
            "braces over lines with a last comma",
            "tasks:\n- {\n    id: a,  # one\n    name: A,\n  }\n",
            "tasks:\n- {\n    id: a,  # one\n    name: A, status: completed,\n  }\n"
        ),
        Case(
            "JSON",
            "{\"tasks\":[{\"id\":\"a\",\"name\":\"A\"}]}",
            "{\"tasks\":[{\"id\":\"a\",\"name\":\"A\", \"status\": \"completed\"}]}"
        ),
        Case(
            "an anchor on the mapping",
            "tasks:\n- &t\n  id: a\n  name: A\n",
            "tasks:\n- &t\n  id: a\n  name: A\n  status: completed\n"
        ),
        Case(
            "a status that a merge key brings",
            "x: &d {status: pending, command: x}\ntasks:\n- <<: *d\n  id: a\n  name: A\n- {<<: *d, id: b}\n",
            "x: &d {status: pending, command: x}\ntasks:\n- <<: *d\n  id: a\n  name: A\n  status: completed\n- {<<: *d, id: b}\n"
        ),
        Case(
            "a task that lies elsewhere",
            "x: &t {id: a, name: A}\ntasks:\n- *t\n",
            "x: &t {id: a, name: A, status: completed}\ntasks:\n- *t\n"
        ),
        Case(
            "letters beyond ASCII before it",
            "tasks:\n- {id: ä, name: 日本}\n- {id: a, name: é👍}\n",
            "tasks:\n- {id: ä, name: 日本}\n- {id: a, name: é👍, status: completed}\n"
        ),
    ]

    @Test(arguments: replaced)
    func `a status that is there is replaced where it stands`(example: Case) throws {
        let (text, left) = try edited(example.before, ["a": .completed])

        #expect(text == example.after)
        #expect(left == [])
    }

    @Test(arguments: inserted)
    func `a task without a status gets one in the style of its mapping`(example: Case) throws {
        let (text, left) = try edited(example.before, ["a": .completed])

        #expect(text == example.after)
        #expect(left == [])
    }

    @Test func `a byte-order mark stays`() throws {
        let (text, _) = try edited("\u{FEFF}tasks: [{id: a, name: A}]\n", ["a": .failed])

        #expect(text == "\u{FEFF}tasks: [{id: a, name: A, status: failed}]\n")
    }

    @Test func `what says the same already is not touched`() throws {
        let source = "tasks:\n- {id: a, name: A, status: complete}\n- {id: b, name: B}\n"

        #expect(try edited(source, ["a": .completed, "b": .pending, "c": .failed]).text == source)
    }

    @Test func `text that another task shares stays, and the other edits are made`() throws {
        let source = "tasks:\n- &t\n  id: a\n  name: A\n- {<<: *t, id: b}\n- {id: c, name: C}\n"
        let (text, left) = try edited(source, ["a": .completed, "c": .skipped])

        #expect(text == source.replacing("{id: c, name: C}", with: "{id: c, name: C, status: skipped}"))
        #expect(left == ["a"])
        // Once the other task has a status of its own, the text is shared no more.
        let (both, none) = try edited(source, ["a": .completed, "b": .failed])
        #expect(both.contains("  name: A\n  status: completed\n") && both.contains("status: failed"))
        #expect(none == [])
    }

    @Test(
        arguments: [
            "- {id: a, name: A, status: !!str pending}", "- {id: a, name: A, status: &s pending}",
            "- id: a\n  name: A\n  status: >-\n    pending",
        ]
    )
    func `an unusual way to write a status stays as it is`(task: String) throws {
        let (text, left) = try edited("tasks:\n\(task)\n- {id: b, name: B}\n", ["a": .completed, "b": .failed])

        #expect(text == "tasks:\n\(task)\n- {id: b, name: B, status: failed}\n")
        #expect(left == ["a"])
    }

    @Test func `many statuses are written in one go`() throws {
        let tasks = (0..<3_000).map { "- id: t\($0)\n  name: Task \($0)\n  command: make\n" }
        let statuses = Dictionary(uniqueKeysWithValues: (0..<3_000).map { ("t\($0)", PlanStatus.completed) })

        let (text, left) = try edited("tasks:\n" + tasks.joined(), statuses)

        #expect(left == [])
        #expect(text.split(separator: "\n").count { $0 == "  status: completed" } == 3_000)
    }

    @Test(arguments: (0..<200).map { UInt64($0) })
    func `any statuses give that plan, and the first ones give the first bytes again`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let plan = PlanGenerator.plan(using: &generator)
        let text = PlanEmitter.text(of: plan, using: &generator)

        let edit = try expectStatuses(in: [UInt8](text.utf8), using: &generator)

        let statuses = Dictionary(plan.tasks.map { ($0.id, $0.status) }, uniquingKeysWith: { $1 })
        let later = PlanFile.read(edit.bytes)
        let back = StatusEdit(writing: statuses, into: try #require(later.plan), try #require(later.document))
        #expect(String(decoding: back.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: (0..<200).map { UInt64($0) })
    func `any statuses give that plan where tasks have none, whatever ends its lines`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let plan = PlanGenerator.plan(using: &generator)
        var lines = PlanEmitter.text(of: plan, using: &generator).split(separator: "\n").map(String.init)
        lines.removeAll { $0.hasPrefix("    status: ") && Bool.random(using: &generator) }
        let ends = ["\n", "\r\n", "\r"]
        let end = ends[Int.random(in: 0..<3, using: &generator)]
        let text = lines.joined(separator: end) + (Bool.random(using: &generator) ? end : "")

        try expectStatuses(in: [UInt8](text.utf8), using: &generator)
    }

    @Test(.enabled(if: CorpusTests.folder != nil, "STRETTO_CORPUS names no folder of real plans"))
    func `any status in a real plan gives that plan, and every other line stays`() throws {
        for (name, bytes) in try CorpusTests().files(in: "plans") {
            for status in PlanStatus.allCases {
                let reading = PlanFile.read(bytes)
                let plan = try #require(reading.plan, "\(name)")
                let wanted = Dictionary(plan.tasks.map { ($0.id, status) }, uniquingKeysWith: { $1 })
                let edit = StatusEdit(writing: wanted, into: plan, try #require(reading.document))
                #expect(edit.left == [], "\(name)")
                #expect(PlanFile.read(edit.bytes).plan == plan.settingStatuses(wanted), "\(name)")
                #expect(otherLines(edit.bytes) == otherLines(bytes), "\(name)")
            }
        }
    }

    private func otherLines(_ bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("status:") }
    }

    @discardableResult
    private func expectStatuses(in bytes: [UInt8], using generator: inout SplitMix64) throws -> StatusEdit {
        let reading = PlanFile.read(bytes)
        let plan = try #require(reading.plan)
        var wanted: [TaskID: PlanStatus] = [:]
        for task in plan.tasks { wanted[task.id] = PlanStatus.allCases.randomElement(using: &generator) }

        let edit = StatusEdit(writing: wanted, into: plan, try #require(reading.document))

        #expect(edit.left == [])
        let later = PlanFile.read(edit.bytes)
        #expect(later.plan == plan.settingStatuses(wanted))
        #expect(later.problems.map(\.message) == reading.problems.map(\.message))
        return edit
    }
}
