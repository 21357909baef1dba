import FoundationEssentials
import StrettoCore

/// What a front end tells the engine that it starts: a file in memory, read once, because a plan's variables are in it.
struct EngineOrder: Codable {
    /// Where the run takes place: the root of the user's checkout.
    var repository: String
    var work: Work

    enum Work: Codable {
        /// A new run; the engine gives it its number, because it holds the lock.
        case begin(RunSpec)
        /// A run that did not finish goes on, perhaps with an edited plan.
        case goOn(RunID, changes: Changes)
    }

    /// What is different when a run goes on; nil leaves a thing as it was.
    struct Changes: Codable {
        var plan: Plan?
        /// The plan file as it stands, for what the journal does not hold; nil where it is gone.
        var file: Plan?
        var workers: Int?
        var gates: Gates?
        var budget: Budget?
        var escalation: Escalation?
        var holdsOnFailure: Bool
        /// Whether the plan file keeps the statuses that it has, whatever the run was begun with.
        var leavesPlanFile = false
    }

    func encoded() throws -> [UInt8] { [UInt8](try JSONEncoder().encode(self)) }

    static func read(_ path: String) throws -> EngineOrder {
        try JSONDecoder().decode(EngineOrder.self, from: try Data(contentsOf: URL(filePath: path)))
    }
}

/// The one line that an engine says to whoever started it.
enum EngineGreeting {
    case ready(socket: String)
    case refused(ExitCode, String)

    var line: String {
        switch self {
        case .ready(let socket): "ready \(socket)"
        case .refused(let code, let text):
            "refused \(code.rawValue) \(text.split(separator: "\n").joined(separator: " "))"
        }
    }

    init?(line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { return nil }
        switch words[0] {
        case "ready": self = .ready(socket: words[1])
        case "refused":
            let parts = words[1].split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, let code = Int32(parts[0]).flatMap(ExitCode.init) else { return nil }
            self = .refused(code, parts[1])
        default: return nil
        }
    }
}
