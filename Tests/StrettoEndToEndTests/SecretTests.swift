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
