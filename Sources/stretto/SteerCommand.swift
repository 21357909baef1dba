import StrettoCommand
import StrettoConnection
import StrettoCore
import StrettoGit
import StrettoJournal

/// Commands from the shell to the engine that runs in this repository: what the keys do, for scripts.
enum SteerCommand {
    /// Has the engine take a command, and says what that leads to.
    static func obey(_ command: Command) async throws -> ExitCode {
        try await send(command)
        if let sentence = SteerText.sentence(of: command) { Output.line(sentence) }
        return .goalMet
    }

    /// Adds a task; its id is chosen here, so that it can be told.
    static func add(_ draft: TaskDraft) async throws -> ExitCode {
        var draft = draft
        if draft.id == nil {
            let place = try await Workplace.find(from: ".")
            let taken = Set(try await ReadCommands.snapshot(in: place).tasks.map(\.id))
            draft.id = TaskDraft.id(for: draft.text, besides: taken)
        }
        return try await obey(.addTask(draft))
    }

    /// Has the engine take a command.
    static func send(_ command: Command) async throws {
        let client = try await connect()
        try client.send(.command(id: 1, command))
        while let message = try client.next(timeout: .seconds(30)) {
            switch message {
            case .reply(id: 1, let refusal):
                if let refusal { throw refusal }
                return
            case .goodbye(let outcome):
                throw Refusal("the run is over: \(outcome.sentence)")
            default:
                continue
            }
        }
        throw Refusal("the engine did not answer within 30 s: `stretto doctor` tells more")
    }

    /// A connection to the engine of this repository.
    static func connect() async throws -> EngineClient {
        let place = try await Workplace.find(from: ".")
        guard let engine = try place.connectedEngine() else { throw try place.noEngine() }
        return engine.client
    }
}
