internal import Glibc

/// Programs that outlive the one that starts them.
package enum Daemon {
    /// Bytes of the first line that are read at most.
    private static let lineBytesMax = 64 << 10

    /// Starts a program in a session of its own and waits for the one line by which it says that it is ready.
    ///
    /// Blocks the calling thread until then: for a front end that has nothing else to do. Standard error goes to the end of
    /// the file at `errorPath`.
    /// - Parameters:
    ///   - arguments: the program, looked up on PATH unless it has a slash, and what follows it.
    ///   - directory: where it starts.
    ///   - environment: all of it.
    ///   - input: what it finds on its standard input, up to its end; no disk ever holds it.
    ///   - errorPath: made if it is not there, readable by this user alone.
    /// - Returns: the line without its line feed; empty when the program ended without one.
    /// - Throws: where the program cannot be found or started, or its error file cannot be made.
    package static func start(
        _ arguments: [String],
        directory: String,
        environment: [String: String],
        input: [UInt8],
        errorPath: String
    ) async throws(ProcessError) -> String {
        let program = arguments.first ?? ""
        do throws(SystemError) {
            let error = try Descriptor.open(errorPath, O_WRONLY | O_CREAT | O_APPEND)
            let pipe = try Pipe()
            let memory = try Descriptor.inMemory(input)
            let streams = Spawn.Streams(
                input: memory.number,
                output: pipe.writing.number,
                error: error.number,
                inherited: nil
            )
            try await launch(program, arguments, directory, environment, streams)
            // The child's alone from here on.
            let reading = Self.reading(of: pipe)
            var line: [UInt8] = []
            while line.count < lineBytesMax, let chunk = try reading.read(4096), !chunk.isEmpty {
                line += chunk
                if line.contains(UInt8(ascii: "\n")) { break }
            }
            return String(decoding: line.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        } catch {
            throw .cannotStart(program: program, error)
        }
    }

    private static func launch(
        _ program: String,
        _ arguments: [String],
        _ directory: String,
        _ environment: [String: String],
        _ streams: Spawn.Streams
    ) async throws(SystemError) {
        do throws(ProcessError) {
            _ = try await Spawn.start(
                arguments,
                directory: directory,
                environment: ProcessEnvironment(environment),
                streams: streams
            )
        } catch {
            switch error {
            case .cannotStart(_, let system): throw system
            default: throw SystemError(ENOENT)
            }
        }
    }

    /// Closes the writing end.
    private static func reading(of pipe: consuming Pipe) -> Descriptor { pipe.reading }
}
