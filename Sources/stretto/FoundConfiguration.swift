import FoundationEssentials
import StrettoCore
import StrettoPlanFile
import StrettoProcess

/// The configuration that counts in the working directory: the project's `stretto.yaml` on top of the user's.
struct FoundConfiguration {
    /// As far as it could be read.
    private(set) var configuration = Configuration()
    /// Of the user's file, then of the project's.
    private(set) var problems: [FoundProblem] = []
    /// The root of the repository, with which relative programs begin; nil outside of one.
    let repository: String?

    /// Whether a run may count on it.
    var isUsable: Bool { !problems.contains { $0.problem.severity == .error } }

    /// Throws where a run must not count on it; what is wrong has been shown by then.
    func demandUse() throws(Refusal) {
        guard let first = problems.first(where: { $0.problem.severity == .error }) else { return }
        throw Refusal(
            "\(first.file) cannot be used: `stretto check PLAN` and `stretto doctor` tell what is wrong with it"
        )
    }

    /// Reads both files, as far as they are there.
    static func here() -> FoundConfiguration {
        let folder = FileManager.default.currentDirectoryPath
        var found = FoundConfiguration(repository: root(above: folder))
        let user = userPath(Environment.current())
        let project = found.repository.map { $0 + "/" + ConfigurationFile.name }
        for path in [user, project].compactMap(\.self) { found.read(path, from: folder) }
        return found
    }

    private init(repository: String?) { self.repository = repository }

    private mutating func read(_ path: String, from folder: String) {
        let contents = Self.contents(of: path)
        guard contents != .missing else { return }
        let shown = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
        guard case .bytes(let bytes) = contents else {
            let problem = PlanProblem(.error, at: .start, "it cannot be read", fix: "check its permissions")
            problems.append(FoundProblem(file: shown, problem: problem))
            return
        }
        let reading = ConfigurationFile.read(bytes, over: configuration)
        configuration = reading.configuration
        problems += reading.problems.map { FoundProblem(file: shown, problem: $0) }
    }

    /// What lies at a path.
    enum Contents: Equatable {
        case missing, unreadable
        case bytes([UInt8])
    }

    static func contents(of path: String) -> Contents {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return .missing }
        guard !isDirectory, let data = try? Data(contentsOf: URL(filePath: path)) else { return .unreadable }
        return .bytes(Array(data))
    }

    /// The file's name.
    static let fileName = ConfigurationFile.name

    /// The user's own configuration; nil without a home.
    static func userPath(_ environment: [String: String]) -> String? {
        userFolder(environment).map { $0 + "/" + fileName }
    }

    /// The user's own files of Stretto's; nil without a home.
    static func userFolder(_ environment: [String: String]) -> String? {
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/stretto" }
        return environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.config/stretto" }
    }

    /// The nearest folder upwards that holds a `.git`.
    private static func root(above folder: String) -> String? {
        var folder = folder
        while !folder.isEmpty {
            if FileManager.default.fileExists(atPath: folder + "/.git") { return folder }
            folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
        }
        return nil
    }
}

/// A problem with the file that it is in.
struct FoundProblem {
    /// As it is shown: relative where it lies below the working directory.
    var file: String
    var problem: PlanProblem

    var line: String { "\(problem.severity == .warning ? "warning: " : "")\(file):\(problem)" }
}
