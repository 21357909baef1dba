import FoundationEssentials
import Glibc
import StrettoCore
import StrettoGit
import StrettoJournal
import StrettoProcess

/// Starts the engine of a repository and waits until it can be connected to.
enum EngineLauncher {
    /// Starts an engine with an order.
    /// - Returns: the path of its socket.
    /// - Throws: ``Refused`` with the exit code that the engine chose.
    static func start(_ work: EngineOrder.Work, in place: Workplace) async throws -> String {
        let folder = place.paths.directory
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        chmod(folder, 0o700)
        let errorPath = folder + "/engine.log"
        let order = EngineOrder(repository: place.checkout.topLevel, work: work)
        let line = try await Daemon.start(
            [executablePath, "engine", "--order", "/proc/self/fd/0"],
            directory: place.checkout.topLevel,
            environment: place.environment,
            input: try order.encoded(),
            errorPath: errorPath
        )
        switch EngineGreeting(line: line) {
        case .ready(let socket): return socket
        case .refused(let code, let text): throw Refused(code: code, text: text)
        case nil: throw Refused(code: .error, text: "the engine ended before it was ready: \(errorPath) tells why")
        }
    }

    /// The engine did not start.
    struct Refused: Error, CustomStringConvertible {
        var code: ExitCode
        var text: String
        var description: String { text }
    }

    /// This very program, wherever it was started from.
    static var executablePath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }
}
