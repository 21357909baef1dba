internal import Glibc

/// Programs that outlive the one that starts them.
package enum Daemon {
    /// Bytes of the first line that are read at most.
    private static let lineBytesMax = 64 << 10

    /// Starts a program in a session of its own and waits for the one line by which it says that it is ready.
    ///
    /// Blocks the calling thread until then: for a front end that has nothing else to do. Standard input is `/dev/null`,
    /// standard error goes to the end of the file at `errorPath`.
    /// - Parameters:
    ///   - arguments: the program, looked up on PATH unless it has a slash, and what follows it.
    ///   - directory: where it starts.
    ///   - environment: all of it.
    ///   - errorPath: made if it is not there, readable by this user alone.
    /// - Returns: the line without its line feed; empty when the program ended without one.
    /// - Throws: where the program cannot be found or started, or its error file cannot be made.
    package static func start(
        _ arguments: [String],
        directory: String,
        environment: [String: String],
        errorPath: String
    ) async throws(ProcessError) -> String {
        let program = arguments.first ?? ""
        do throws(SystemError) {
            let error = try Descriptor.open(errorPath, O_WRONLY | O_CREAT | O_APPEND)
            let pipe = try Pipe()
            let reading = try await launch(program, arguments, directory, environment, pipe, error.number)
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

    /// Gives back the reading end; the writing end is the child's alone from here on.
    private static func launch(
        _ program: String,
        _ arguments: [String],
        _ directory: String,
        _ environment: [String: String],
        _ pipe: consuming Pipe,
        _ error: Int32
    ) async throws(SystemError) -> Descriptor {
        let streams = Spawn.Streams(input: nil, output: pipe.writing.number, error: error, inherited: nil)
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
        return pipe.reading
    }
}
