internal import StrettoCore

/// Any program, run by `/bin/sh -c` in the worktree; its exit code is its word.
struct CommandBuilder: Builder {
    let tool: ToolDescription? = nil
    let controlVariables: [String] = []
    let exitIsEvidence = true

    func command(for launch: Launch) -> BuilderCommand {
        BuilderCommand(arguments: ["/bin/sh", "-c", launch.order.task.command ?? ""])
    }

    func makeDecoder() -> (any StreamDecoder)? { nil }

    func remedy(for failure: AgentFailure.Kind) -> String? { nil }
}
