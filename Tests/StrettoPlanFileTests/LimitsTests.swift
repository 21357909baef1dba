import StrettoCore
import Testing

@testable import StrettoPlanFile

/// Files that are too much of something are refused, quickly and in words.
@Suite struct LimitsTests {
    @Test func `a file over the size limit is refused unread`() {
        let reading = PlanFile.read([UInt8](repeating: 0x20, count: PlanFile.bytesMax + 1))

        #expect(
            lines(reading)
                == ["1:1: the file has 8388609 bytes, and a plan may have 8388608: split it into several plans"]
        )
    }

    @Test func `brackets without end stop at the depth limit`() {
        let reading = read("tasks: " + String(repeating: "[", count: 100_000))

        #expect(
            lines(reading) == [
                "1:107: lists and mappings lie more than 100 levels deep: "
                    + "a plan needs five: sections, section, tasks, task, list"
            ]
        )
    }

    @Test func `depth counts through aliases`() {
        let nested = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        let deeper = String(repeating: "[", count: 60) + "*a" + String(repeating: "]", count: 60)
        let reading = read("a: &a \(nested)\nb: \(deeper)\n")

        #expect(reading.problems.map(\.position.line) == [2])
        #expect(reading.problems.first?.message.contains("levels deep") == true)
    }

    @Test func `aliases that explode are refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let references = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(references)]\n"
        }
        let reading = read(text)

        #expect(reading.plan == nil)
        #expect(reading.problems.first?.message == "the file stands for more than 1000000 values, aliases written out")
    }

    @Test func `the first task over the limit is named`() {
        let tasks = (0...PlanFile.tasksMax + 5).map { "- {id: t\($0), name: x}" }.joined(separator: "\n")
        let reading = read("tasks:\n" + tasks)

        #expect(
            lines(reading) == ["\(PlanFile.tasksMax + 2):3: the plan has more than 10000 tasks: split it into several"]
        )
    }

    @Test func `a chain of ten thousand tasks needs no deep stack, as a plan or as a cycle`() {
        let count = PlanFile.tasksMax
        let tasks = (1..<count).map { "- {id: t\($0), name: x, depends_on: t\($0 - 1)}" }.joined(separator: "\n")

        let chain = read("tasks:\n- {id: t0, name: x}\n" + tasks)
        #expect(chain.problems.isEmpty)
        #expect(chain.plan?.tasks.count == count)

        let ring = read("tasks:\n- {id: t0, name: x, depends_on: t\(count - 1)}\n" + tasks)
        #expect(ring.problems.count == 1)
        #expect(ring.problems.first?.message.contains("(9988 more)") == true)
    }

    @Test func `problems without end are cut, and errors stay before warnings`() {
        let warned = (0..<1_500).map { "- {id: t\($0), name: x, comand: y}" }.joined(separator: "\n")
        let reading = read("tasks:\n\(warned)\n- {id: last, name: x, timeout: soon}\n")

        #expect(reading.problems.count == PlanFile.problemsMax + 1)
        #expect(reading.problems.contains { $0.severity == .error && $0.message.contains("'timeout'") })
        #expect(reading.problems.last?.message == "501 more problems not listed")
        #expect(reading.plan == nil)
    }
}
