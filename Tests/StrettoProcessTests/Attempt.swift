import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport

/// One attempt in a directory of its own, with a keeper that was built beside the tests.
final class Attempt: Sendable {
    let keepers: Keepers
    /// Everything of this attempt lies in it.
    let root: String
    private let owned: TemporaryDirectory?

    /// The files of the attempt.
    var directory: String { root + "/runs/attempt 1" }
    /// Where the agent works.
    var work: String { root + "/work" }
    var marker: String { "test:" + root }

    init() throws {
        keepers = Keepers(keeperPath: try Self.keeperPath())
        let place = try TemporaryDirectory(named: "kéeper test")
        owned = place
        root = place.path
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
    }

    /// The attempt of another process, or of an engine before this one.
    init(root: String) throws {
        keepers = Keepers(keeperPath: try Self.keeperPath())
        owned = nil
        self.root = root
    }

    /// An order to run a shell script, with grace periods that a test can wait for.
    func order(_ script: String) -> KeeperOrder {
        KeeperOrder(
            directory: directory,
            arguments: ["sh", "-c", script],
            workingDirectory: work,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            marker: marker,
            graces: .init(interrupt: .milliseconds(150), terminate: .milliseconds(150))
        )
    }

    /// Runs a script to its end while `meanwhile` happens, which begins when the agent is there.
    func run(
        _ script: String,
        meanwhile: @escaping @Sendable () async -> Void = {}
    ) async throws -> KeeperExit {
        try await run(order(script), meanwhile: meanwhile)
    }

    func run(
        _ order: KeeperOrder,
        meanwhile: @escaping @Sendable () async -> Void = {}
    ) async throws -> KeeperExit {
        let (starts, start) = AsyncStream.makeStream(of: Int32.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in starts.prefix(1) { await meanwhile() } }
            let exit = try await keepers.run(order) { start.yield($0) }
            start.finish()
            try await group.waitForAll()
            return exit
        }
    }

    func terminate() { keepers.terminate(directory: directory) }

    /// The text of one of the attempt's files; empty where it is not there.
    func read(_ name: String) -> String {
        (try? String(contentsOfFile: directory + "/" + name, encoding: .utf8)) ?? ""
    }

    /// Makes an empty file in the agent's directory, for scripts that wait for it.
    func touch(_ name: String) { write("", to: work + "/" + name) }

    /// Makes a file in the attempt's own directory, as an earlier engine or keeper would have.
    func leave(_ name: String, _ text: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        write(text, to: directory + "/" + name)
    }

    private func write(_ text: String, to path: String) {
        _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    }

    /// The text of a file in the agent's directory; empty where it is not there.
    func readWork(_ name: String) -> String {
        (try? String(contentsOfFile: work + "/" + name, encoding: .utf8)) ?? ""
    }

    /// The number in a file of the agent's directory.
    func pid(in name: String) -> Int32? {
        Int32(readWork(name).split(separator: "\n").first ?? "")
    }

    /// The keeper that runs this attempt, from its record.
    func keeper() throws -> ProcessIdentity? {
        struct Record: Decodable { var pid: Int32, startTicks: UInt64 }
        guard let data = FileManager.default.contents(atPath: directory + "/keeper.json") else { return nil }
        let record = try JSONDecoder().decode(Record.self, from: data)
        return ProcessIdentity(pid: record.pid, startTicks: record.startTicks)
    }

    /// Returns when the agent has written this to its standard output.
    func waitForOutput(_ text: String) async {
        while !read("stdout").hasSuffix(text) { await Task.yield() }
    }

    /// The keeper lies beside the test bundle, which lies beside every other product.
    static func keeperPath() throws -> String {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        var folder = bundle
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            let path = folder + "/stretto-keeper"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw ProcessError.notFound(program: "stretto-keeper")
    }
}
