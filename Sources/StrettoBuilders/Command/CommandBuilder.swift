internal import StrettoCore
internal import StrettoProcess

/// Any program, run by `/bin/sh -c` in the worktree; its exit code is its word.
struct CommandBuilder: Builder {
    let tool: ToolDescription? = nil
    let controlVariables: [String] = []
    let exitIsEvidence = true

    func command(for launch: Launch) throws(Trouble) -> BuilderCommand {
        let task = launch.order.task
        let name = launch.order.builder
        guard name == .command else {
            throw Trouble(
                "task \(task.id) is for the agent '\(name.rawValue)', which nobody describes: see stretto.yaml"
            )
        }
        // The shell would call nothing at all a success.
        guard let command = task.command, !command.trimmed.isEmpty else {
            throw Trouble(
                "task \(task.id) has the builder 'command' but no command: add `command:` or choose another builder"
            )
        }
        let shell = ShellCommand(command)
        return BuilderCommand(arguments: shell.arguments, defaults: shell.variables)
    }

    func makeDecoder(_ context: StreamContext) -> (any StreamDecoder)? { nil }

    func endWithoutResult(_ status: ExitStatus, standardError: String, isMidTurn: Bool) -> AgentEnd? { nil }

    func remedy(for failure: ProviderTrouble.Kind) -> String? { nil }
}
