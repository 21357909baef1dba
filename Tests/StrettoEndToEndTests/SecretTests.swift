import FoundationEssentials
import StrettoCore
import StrettoProcess
import Testing

/// What agents may know, and Stretto must not leave behind: looked for in every file of the scene.
@Suite(.timeLimit(.minutes(2))) struct SecretTests {
    /// No word that anything else in a scene holds.
    private static let canary = "canary-7f3a19c04b"

    /// The files that hold the text, in the repository's git directory, the user's state, and all else but `outside`.
    private func traces(of text: String, in scene: Scene) throws -> [String] {
        let found = try scene.files(below: "") { path in
            // The requests of a keeper are a FIFO, at which nobody else must read.
            path.hasPrefix("outside") || path.hasSuffix("/requests") || path == "repo/plan.yaml"
        }
        return found.filter { $0.value.firstRange(of: Data(text.utf8)) != nil }.keys.sorted()
    }

    @Test
    func
        `what a plan keeps in variables and commands reaches its tasks, no journal and no log, also when the engine dies`()
        async throws
    {
        let key = "sk-ant-" + "api03-Zx9aBcdEFgh0123456789"
        let tasks = """
            {id: a, name: Alpha, env: {SERVICE_KEY: \(Self.canary)}, command: 'test -n "$SERVICE_KEY"; echo a >> "OUTSIDE/ran"; \
            until test -e "OUTSIDE/go"; do sleep 0.05; done; echo "told $SERVICE_KEY"; echo $SERVICE_KEY > "OUTSIDE/a"'}
              - {id: b, name: Beta, description: 'With \(key).', depends_on: [a], env: {SERVICE_KEY: \(Self.canary)}, \
            checks: ['echo "checked $SERVICE_KEY"; test -e "OUTSIDE/c" || { touch "OUTSIDE/c"; false; }'], \
            command: 'echo $SERVICE_KEY \(key) > "OUTSIDE/b"; env > "OUTSIDE/env"; echo \(key)'}
            """
        try await Scene.play(plan: Plans.of(tasks)) { scene in
            try await scene.session("run", "plan.yaml", "--plain") { session in
                try await waitUntil("agent") { scene.lines("outside/ran") == ["a"] }
                // In the journal, so that the next engine knows of it.
                try await session.line("by command")
                try await scene.kill(try await scene.enginePID())
                try await session.waitUntilOver()
            }
            try await scene.session("resume", "--plain") { session in
                try await session.line("still at work")
                try scene.write("outside/go", "")
                try await session.waitUntilOver()
            }
            try await scene.waitUntilDeserted()

            #expect(scene.text("outside/a") == Self.canary + "\n")
            #expect(scene.text("outside/b") == "\(Self.canary) \(key)\n")
            #expect(scene.text("outside/env")?.contains("STRETTO_COMMAND") == false)
            // The output of an attempt is its agent's own; every view of it is covered.
            let own = try traces(of: Self.canary, in: scene) + traces(of: key, in: scene)
            #expect(own.allSatisfy { $0.hasSuffix("/stdout") }, "\(own)")
            for arguments in [
                ["log", "a"], ["log", "b"], ["log", "a", "--raw"], ["log", "b", "--raw"], ["log"],
                ["status", "--json"],
            ] {
                let shown = String(decoding: try await scene.stretto(arguments).output, as: UTF8.self)
                #expect(!shown.isEmpty && !shown.contains(Self.canary) && !shown.contains(key), "\(arguments)")
            }
        }
    }

    @Test func `a run whose plan file is gone says which variables it lacks, and goes on once the file is back`()
        async throws
    {
        let task = """
            {id: a, name: Alpha, env: {SERVICE_KEY: \(Self.canary)}, max_attempts: 1, \
            command: 'test -e "OUTSIDE/go" && echo $SERVICE_KEY > "OUTSIDE/a"'}
            """
        try await Scene.play(plan: Plans.of(task)) { scene in
            _ = try await scene.stretto("run", "plan.yaml", "--plain")
            let plan = try #require(scene.text("repo/plan.yaml"))
            try FileManager.default.removeItem(atPath: scene.repository + "/plan.yaml")
            try scene.write("outside/go", "")
            try await scene.waitUntilDeserted()

            let refused = try await scene.stretto("resume", "--plain")
            #expect(refused.status == .code(1))
            let said = String(decoding: refused.error, as: UTF8.self)
            #expect(
                said.contains("plan.yaml is gone, and task a needs variables or keys that stood only there"),
                "\(said)"
            )
            #expect(scene.text("outside/a") == nil)

            try scene.write("repo/plan.yaml", plan)
            _ = try await scene.stretto("resume", "--plain")
            #expect(scene.text("outside/a") == Self.canary + "\n")
        }
    }

    @Test func `with a strict environment tasks, checks and setup see nothing of the user's but what the plan names`()
        async throws
    {
        let print = "echo ${SERVICE_KEY-none} ${OTHER_KEY-none} ${HOME:+home} ${OWN-none} >>"
        let task = """
            {id: a, name: Alpha, env: {OWN: own}, command: '\(print) "OUTSIDE/task"', checks: ['\(print) "OUTSIDE/check"']}
            """
        let meta = "{name: scratch, environment: [OTHER_KEY], setup: ['\(print) \"OUTSIDE/setup\"']}"
        let environment = ["SERVICE_KEY": Self.canary, "OTHER_KEY": "other"]
        try await Scene.play(plan: Plans.of(task, meta: meta), environment: environment) { scene in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")
            #expect(run.status == .code(0), "\(String(decoding: run.error, as: UTF8.self))")
            for place in ["setup", "task", "check"] {
                #expect(scene.text("outside/" + place) == "none other home own\n")
            }
        }
    }

    @Test func `a key of the user's environment reaches the agents and no file, also when the engine dies`()
        async throws
    {
        let task = """
            {id: a, name: Alpha, command: 'test "$SERVICE_KEY" = \(Self.canary) && echo a >> "OUTSIDE/ran"; \
            until test -e "OUTSIDE/go"; do sleep 0.05; done; echo a > a.txt'}
            """.replacing(Self.canary, with: "canary-7f3a\"\"19c04b")
        try await Scene.play(plan: Plans.of(task), environment: ["SERVICE_KEY": Self.canary]) { scene in
            try await scene.session("run", "plan.yaml", "--plain") { session in
                try await waitUntil("agent") { scene.lines("outside/ran") == ["a"] }
                #expect(try traces(of: Self.canary, in: scene).isEmpty)
                try await scene.kill(try await scene.enginePID())
                try await session.waitUntilOver()
            }
            try await scene.session("resume", "--plain") { session in
                try await session.line("still at work")
                try scene.write("outside/go", "")
                try await session.waitUntilOver()
            }
            try await scene.waitUntilDeserted()

            #expect(scene.lines("outside/ran") == ["a"])
            #expect(try await scene.git("show", "stretto/scratch-1:a.txt") == "a")
            #expect(try traces(of: Self.canary, in: scene).isEmpty)
        }
    }
}
