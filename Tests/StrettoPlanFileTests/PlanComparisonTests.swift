import StrettoCore
import Testing

@testable import StrettoPlanFile

@Suite struct PlanComparisonTests {
    private func comparison(_ old: String, _ new: String) throws -> [String] {
        PlanComparison.between(old: try plan(old), new: try plan(new)).map(\.description)
    }

    @Test func `equal plans have no changes, comments and layout apart`() throws {
        #expect(try comparison("tasks: [{id: a, name: x}]", "# Hello.\ntasks:\n- id: 'a'\n  name: x\n") == [])
    }

    @Test func `changes are told in plan order, removals behind what stood before them`() throws {
        let old = """
            meta: {workers: 4, budget: {usd: 2}}
            sections:
            - id: one
              tasks: [{id: 0, name: gone}, {id: 1, name: a, depends_on: [0]}, {id: 4, name: gone too}]
            - {id: two, name: Two, tasks: [{id: 2.1, command: make}, {id: 2.2, name: stays}]}
            """
        let new = """
            meta: {workers: 2, budget: {usd: 2.125001}}
            sections:
            - id: one
              tasks: [{id: 1, name: b, status: completed}, {id: 3, name: new}]
            - {id: two, name: Second, tasks: [{id: 2.1, command: make all}]}
            - {id: three, tasks: [{id: 2.2, name: stays}]}
            """

        #expect(
            try comparison(old, new) == [
                "settings: workers 4 → 2", "settings: budget $2.00 → $2.125001", "section two: name changed",
                "section three added", "task 0 removed", "task 1: no longer waits for 0",
                "task 1: name a → b", "task 1: status pending → completed", "task 4 removed", "task 3 added",
                "task 2.1: command changed", "task 2.2: moved to section three",
            ]
        )
    }

    @Test func `dependencies and what is neither long nor secret are told by their values`() throws {
        let changes = try comparison(
            "tasks: [{id: a, name: x}, {id: b, name: x}, {id: c, name: x, depends_on: [a], priority: 1}]",
            "tasks: [{id: a, name: x}, {id: b, name: x}, "
                + "{id: c, name: x, depends_on: [b], priority: 5, review: human, builder: codex}]"
        )

        #expect(
            changes == [
                "task c: waits for b", "task c: no longer waits for a", "task c: builder default → codex",
                "task c: review default → human", "task c: priority 1 → 5",
            ]
        )
    }

    @Test func `another order of the same tasks is told once`() throws {
        #expect(
            try comparison("tasks: [{id: a, name: x}, {id: b, name: x}]", "tasks: [{id: b, name: x}, {id: a, name: x}]")
                == ["the order of the tasks changed"]
        )
    }

    @Test func `values that may be secret or long are not shown`() throws {
        let changes = try comparison(
            "tasks: [{id: a, command: curl --token old, env: {TOKEN: old}}]",
            "tasks: [{id: a, command: curl --token new, env: {TOKEN: new}}]"
        )

        // Without a name of its own the task is called by its id, so only what was written differs.
        #expect(changes == ["task a: command changed", "task a: environment changed"])
    }
}
