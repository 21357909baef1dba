import StrettoConnection
import StrettoCore
import StrettoGit
import StrettoJournal

/// Commands from the shell to the engine that runs in this repository: what the keys do, for scripts.
enum SteerCommand {
    static func send(_ command: Command) async throws -> ExitCode {
        let client = try await connect()
        try client.send(.command(id: 1, command))
        while let message = try client.next(timeout: .seconds(30)) {
            switch message {
            case .reply(id: 1, let refusal):
                if let refusal { throw refusal }
                return .goalMet
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
        guard let holder = try place.liveEngine(), let socket = holder.socket else {
            throw try place.noEngine()
        }
        return try EngineClient(connectingTo: socket)
    }
}
