import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// Agents that judge agents, through the whole program: work that one rejects is done again, and what it writes is no part of it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ValidatorTests {
    private static let configuration = """
        agents:
          worker:
            command: [./worker]
          judge:
            command: [./judge]
        """

    private static let worker = """
        #!/bin/sh
        if grep -q 'rejects it' "$STRETTO_PROMPT"; then echo better > out.txt; else echo bad > out.txt; fi
        echo '{"status": "completed", "message": "It is perfect."}' > "$STRETTO_REPORT"
        """

    /// Says what it thinks of `out.txt`, and scribbles into its worktree.
    private static func judge(_ word: String) -> String {
        """
        #!/bin/sh
        echo scribble > out.txt.new && git show HEAD:out.txt > seen && echo mine > out.txt
        grep -q bad seen && word=FAIL finding="it is bad" || word=\(word) finding="it is only better"
        echo "{\\"verdict\\": \\"$word\\", \\"findings\\": [\\"$finding\\"]}" > "$STRETTO_REPORT"
        """
    }

    private func play(word: String, retries: Int, _ body: @escaping (Scene) async throws -> Void) async throws {
        let plan = Plans.of(
            "{id: a, name: Write}",
            meta: "{name: scratch, builder: worker, backoff_base: 0, roles: {validator: {builder: judge}}, "
                + "validation: {enabled: true, max_validation_attempts: \(retries)}}"
        )
        try await Scene.play(plan: plan) { scene in
            try scene.write("repo/stretto.yaml", Self.configuration)
            for (name, script) in [("worker", Self.worker), ("judge", Self.judge(word))] {
                try scene.write("repo/\(name)", script)
                chmod(scene.place.appending("repo/\(name)"), 0o755)
            }
            try await scene.git("add", "--all")
            try await scene.git("commit", "--quiet", "--message=Describe agents")
            try await body(scene)
        }
    }

    @Test func `rejected work is done again with the findings, and a warning is in the summary`() async throws {
        try await play(word: "WARN", retries: 1) { scene in
            let ended = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(ended.status == .code(0), "\(ended.text)")
            #expect(ended.text.contains("rejected  a: 'validator': it is bad"), "\(ended.text)")
            #expect(ended.text.contains("warning  a: it is only better"), "\(ended.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:out.txt") == "better")
            let files = try await scene.git("ls-tree", "--name-only", "stretto/scratch-1")
            #expect(!files.contains("seen") && !files.contains("out.txt.new"), "\(files)")
            #expect(try await scene.git("show", "refs/stretto/scratch-1/a/2:out.txt") == "mine", "kept all the same")
            #expect(try await scene.git("worktree", "list").split(separator: "\n").count == 1)
        }
    }

    @Test func `what is rejected once more than it may be is not done`() async throws {
        try await play(word: "PASS", retries: 0) { scene in
            let ended = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(ended.status == .code(4), "\(ended.text)")
            #expect(ended.text.contains("the validator 'validator' rejects it"), "\(ended.text)")
            #expect(!(try await scene.git("ls-tree", "--name-only", "stretto/scratch-1")).contains("out.txt"))
            #expect(try await scene.git("show", "refs/stretto/scratch-1/a/1:out.txt") == "bad")
        }
    }
}
