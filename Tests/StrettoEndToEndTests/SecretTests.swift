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
