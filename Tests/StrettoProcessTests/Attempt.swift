import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport

/// One attempt in a directory of its own, with a keeper that was built beside the tests.
final class Attempt: Sendable {
    let keepers: Keepers
    let place: TemporaryDirectory
    let marker = "test-" + UUID().uuidString

    /// The files of the attempt.
    var directory: String { place.appending("runs/attempt 1") }

    init() throws {
        keepers = Keepers(keeperPath: try Self.keeperPath())
        place = try TemporaryDirectory(named: "kéeper test")
        try FileManager.default.createDirectory(atPath: place.appending("work"), withIntermediateDirectories: true)
    }

    /// An order to run a shell script, with grace periods that a test can wait for.
    func order(_ script: String) -> KeeperOrder {
        KeeperOrder(
            directory: directory,
            arguments: ["sh", "-c", script],
            workingDirectory: place.appending("work"),
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
