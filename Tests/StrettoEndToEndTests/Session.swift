import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// A `stretto` without a terminal that is spoken to while it runs.
final class Session: Sendable {
    private let outputPath: String
    private let pidPath: String
    /// The writing end of its standard input.
    private let input: Descriptor

    fileprivate init(outputPath: String, pidPath: String, input: consuming Descriptor) {
        self.outputPath = outputPath
        self.pidPath = pidPath
        self.input = input
    }

    /// What it has written so far, complaints too.
    var output: String {
        FileManager.default.contents(atPath: outputPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Returns the first line that holds the text, once there is one.
    @discardableResult
    func line(_ text: String) async throws -> String {
        try await waitFor("line with '\(text)'", seen: { self.output }) {
            output.split(separator: "\n").first { $0.contains(text) }.map(String.init)
        }
    }

    func type(_ line: String) throws { try input.writeAll(Array((line + "\n").utf8)) }

    /// Its process, which wrote its number before it opened anything else.
    func pid() throws -> Int32 {
        let text = FileManager.default.contents(atPath: pidPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return try #require(Int32(text.filter(\.isNumber)))
    }

    func signal(_ number: Int32) throws { kill(try pid(), number) }

    /// Returns when it has ended.
    func waitUntilOver() async throws { await ProcessIdentity(pid: try pid())?.waitUntilOver() }
}

/// How a session ended.
struct Ended {
    var code: ExitStatus
    var output: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// What was said last: the lines after the last empty one.
    var summary: [Substring] {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return Array(lines.suffix(from: lines.lastIndex(of: "").map { $0 + 1 } ?? lines.startIndex))
    }
}

/// The core's exit status, not the test library's.
typealias ExitStatus = StrettoCore.ExitStatus

extension Scene {
    /// Runs the program while `body` speaks with it; its standard input ends when `body` returns.
    /// - Returns: what it ended with, once it has.
    @discardableResult
    func session(_ arguments: String..., body: (Session) async throws -> Void) async throws -> Ended {
        let stem = place.appending("session-" + UUID().uuidString.prefix(8))
        let (fifo, outputPath, pidPath) = (stem + ".in", stem + ".out", stem + ".pid")
        try #require(mkfifo(fifo, 0o600) == 0)
        let script = #"echo $$ > "$2"; out=$1 in=$3; shift 3; exec "$@" < "$in" > "$out" 2>&1"#
        let command = ProcessCommand(
            arguments: ["sh", "-c", script, "sh", outputPath, pidPath, fifo, Self.programs + "/stretto"] + arguments,
            directory: repository,
            environment: environment
        )
        // Both ends, so that neither opening waits for the other side.
        let input = try Descriptor.open(fifo, O_RDWR)
        async let ended = ChildProcess.run(command)
        try await converse(outputPath: outputPath, pidPath: pidPath, input: input, body)
        let code = try await ended.status
        return Ended(
            code: code,
            output: FileManager.default.contents(atPath: outputPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
        )
    }

    private func converse(
        outputPath: String,
        pidPath: String,
        input: consuming Descriptor,
        _ body: (Session) async throws -> Void
    ) async throws {
        let session = Session(outputPath: outputPath, pidPath: pidPath, input: input)
        // It must have opened its standard input before that ends, or the opening would wait for ever.
        try await waitUntil("start") { FileManager.default.fileExists(atPath: outputPath) }
        try await body(session)
    }
}
