/// Plans that several tests run.
enum Plans {
    /// A plan of one section; `tasks` are lines of YAML, each with a task in braces.
    static func of(_ tasks: String..., meta: String = "{name: scratch, workers: 4, backoff_base: 0}") -> String {
        """
        meta: \(meta)
        sections:
        - id: all
          name: All
          tasks:

        """ + tasks.map { "  - \($0)\n" }.joined()
    }

    /// Two tasks, and a third that needs what both did.
    static let three = of(
        "{id: a, name: Alpha, command: 'echo alpha > a.txt'}",
        "{id: b, name: Beta, command: 'echo beta > b.txt'}",
        "{id: c, name: Gamma, depends_on: [a, b], command: 'cat a.txt b.txt > c.txt'}"
    )

    /// A task that leaves one trace outside for each time it runs, then waits for `OUTSIDE/go`.
    static func patient(_ id: String, more: String = "") -> String {
        """
        {id: \(id), name: Task \(id), \(more)command: 'echo \(id) >> "OUTSIDE/ran"; \
        until test -e "OUTSIDE/go"; do sleep 0.05; done; echo \(id) > \(id).txt'}
        """
    }

    /// Four patient tasks.
    static let four = of(patient("a"), patient("b"), patient("c"), patient("d"))
}
