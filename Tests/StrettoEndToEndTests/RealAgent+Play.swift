import TestSupport

/// Plans for real agents, and scenarios of the model behind them.
extension RealAgent {
    static func scenario(_ scripts: String...) -> String {
        "{\"scripts\": [\(scripts.joined(separator: ","))]}"
    }

    /// A script that has a command run when the text comes up; `more` is what else its first turn says of itself.
    static func poem(_ match: String, _ command: String, more: String = "") -> String {
        """
        {"name": "poem", "match": "\(match)", "turns": [
          {"text": "I begin.", \(more)"tools": [{"run": "\(command)"}]}, "All done."]}
        """
    }

    /// A plan whose tasks this agent does, four at once.
    func plan(_ tasks: String..., meta: String = "") -> String {
        let list = tasks.map { "  - \($0)\n" }.joined()
        return """
            meta: {name: scratch, builder: \(rawValue), permissions: full, backoff_base: 0, \(meta)workers: 4}
            sections:
            - id: all
              name: All
              tasks:

            """ + list
    }

    /// The task of most tests, with a single attempt: whatever goes wrong must not count.
    var oneTask: String { plan("{id: one, name: One, max_attempts: 1, description: Write poem one}") }

    /// Plays a plan with the model server running; a variable that is nil is taken away.
    static func play(
        _ scenario: String,
        plan: String,
        variables: [String: String?] = [:],
        _ body: @escaping @Sendable (Scene, ModelServer) async throws -> Void
    ) async throws {
        try await ModelServer.serve(scenario) { server in
            var environment = server.environment
            for (name, value) in variables { environment[name] = value }
            try await Scene.play(plan: plan, environment: environment) { scene in try await body(scene, server) }
        }
    }
}
