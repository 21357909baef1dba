import StrettoBoard
import StrettoCommand
import StrettoCore
import StrettoPlanFile
import StrettoProcess

/// `stretto keys`: the board's keys as they are now, in the form of a keys file.
enum KeysCommand {
    static func run() -> ExitCode {
        let found = FoundKeys.here()
        found.keymap.document.forEach(Output.line)
        found.problems.forEach(Output.error)
        return found.problems.isEmpty ? .goalMet : .error
    }
}

/// The keys that count on this machine: the standard ones with the user's `keys.yaml`.
struct FoundKeys {
    var keymap = Keymap.standard
    /// What is wrong with the file, each in one line with its place.
    var problems: [String] = []

    /// Reads the file, as far as it is there.
    static func here() -> FoundKeys {
        guard let folder = FoundConfiguration.userFolder(Environment.current()) else { return FoundKeys() }
        let path = folder + "/" + KeysFile.name
        switch FoundConfiguration.contents(of: path) {
        case .missing: return FoundKeys()
        case .unreadable: return FoundKeys(problems: ["\(path): it cannot be read: check its permissions"])
        case .bytes(let bytes): return FoundKeys(bytes, path: path)
        }
    }

    private init(problems: [String] = []) { self.problems = problems }

    private init(_ bytes: [UInt8], path: String) {
        let reading = KeysFile.read(bytes)
        let wishes = reading.entries.map { KeyWish(place: $0.place, action: $0.action, keys: $0.keys) }
        let (keymap, faults) = Keymap.fulfilling(wishes)
        self.keymap = keymap
        let found = faults.map { fault in
            let entry = reading.entries[fault.wish]
            let position =
                switch fault.part {
                case .place: entry.placePosition
                case .action: entry.position
                case .key(let index): entry.keyPositions[index]
                }
            return PlanProblem(.error, at: position, fault.message, fix: fault.fix)
        }
        let all = (reading.problems + found).sorted { $0.position < $1.position }
        problems = all.map { FoundProblem(file: path, problem: $0).line }
    }

    /// The problems in one line for the board, which has room for one of them.
    var complaint: String? {
        guard let first = problems.first else { return nil }
        let short = first.firstRange(of: KeysFile.name).map { String(first[$0.lowerBound...]) } ?? first
        return problems.count == 1 ? short : "\(problems.count) problems, `stretto keys` tells them: \(short)"
    }
}
