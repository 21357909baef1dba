import StrettoCore
import Testing

@testable import StrettoPlanFile

/// The plans that come with Stretto are valid, and show what they promise to show.
@Suite struct DemoPlansTests {
    private func demo(_ name: String, file: String = #filePath) throws -> Plan {
        let root = file.split(separator: "/").dropLast(3).joined(separator: "/")
        let reading = PlanFile.read(try bytes(of: "/\(root)/demo-plans/\(name)"))
        #expect(reading.problems.map(\.description) == [])
        return try #require(reading.plan)
    }

    @Test func `the quick start needs no agent, asks once, and ends with a task that waits for all others`() throws {
        let plan = try demo("quickstart.yaml")

        #expect(plan.tasks.allSatisfy { $0.command != nil })
        #expect(plan.tasks.filter { $0.review == .human }.map(\.id.text) == ["manual"])
        #expect(plan.settings.gates.unattended == .auto)
        var reached: Set<TaskID> = []
        var open = try [#require(plan.tasks.last)]
        while let task = open.popLast() {
            guard reached.insert(task.id).inserted else { continue }
            open += plan.tasks.filter { task.dependencies.contains($0.id) }
        }
        #expect(reached == Set(plan.tasks.map(\.id)))
    }

    @Test func `the plan for practice asks for every task`() throws {
        let plan = try demo("review.yaml")

        #expect(plan.settings.gates == Gates(task: .human))
        #expect(plan.tasks.allSatisfy { $0.command != nil && $0.dependencies.isEmpty })
    }

    @Test func `the plan for claude has a budget, and checks for every task`() throws {
        let plan = try demo("claude.yaml")

        #expect(plan.settings.builder == .claude)
        #expect(plan.settings.budget.microdollars == 1_000_000)
        #expect(plan.tasks.allSatisfy { $0.command == nil && !$0.checks.isEmpty && $0.dependencies.isEmpty })
    }
}
