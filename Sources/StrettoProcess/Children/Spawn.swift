internal import CStrettoProcess
internal import Glibc

/// A child that was just started: its number, which stays its own until it is reaped, and its pidfd.
struct SpawnedChild: ~Copyable {
    let pid: Int32
    let pidfd: Descriptor
}

/// Starting programs: the file that a name means, and the one call that runs it.
enum Spawn {
    /// The standard streams of a child, by number; nil is `/dev/null`.
    struct Streams {
        var input: Int32?
        var output: Int32?
        var error: Int32?
        /// Becomes descriptor 3.
        var inherited: Int32?
    }

    /// A program that is being written, or that another thread's child still holds open for writing until its own exec, is "busy" for
    /// a moment; this many tries are made.
    static let busyTryCount = 10

    /// Starts the program in a session of its own.
    static func start(
        _ arguments: [String],
        directory: String?,
        environment: ProcessEnvironment,
        streams: Streams
    ) async throws(ProcessError) -> SpawnedChild {
        let program = arguments.first ?? ""
        guard let path = environment.locate(program, from: directory) else { throw .notFound(program: program) }
        for attempt in 1... {
            do throws(SystemError) {
                return try launch(path, arguments, directory: directory, environment: environment, streams: streams)
            } catch {
                if error.code == ETXTBSY, attempt < busyTryCount {
                    await Reactor.shared.pause(.milliseconds(1 << attempt))
                    continue
                }
                if let directory, !Files.isDirectory(directory) {
                    throw .noDirectory(program: program, directory: directory)
                }
                throw error.code == ENOENT ? .notFound(program: program) : .cannotStart(program: program, error)
            }
        }
        throw .cannotStart(program: program, SystemError(ETXTBSY))
    }

    private static func launch(
        _ path: String,
        _ arguments: [String],
        directory: String?,
        environment: ProcessEnvironment,
        streams: Streams
    ) throws(SystemError) -> SpawnedChild {
        let argumentBlock = try TextBlock(arguments)
        guard let environmentBlock = environment.block else { throw SystemError(EINVAL) }
        var pid: Int32 = 0
        var pidfd: Int32 = -1
        let code = unsafe withTexts(path, directory, argumentBlock, environmentBlock) { path, directory, texts in
            var order = unsafe stretto_spawn_order()
            unsafe order.path = path
            unsafe order.directory = directory
            unsafe order.arguments = texts.arguments
            unsafe order.environment = texts.environment
            unsafe order.input = streams.input ?? -1
            unsafe order.output = streams.output ?? -1
            unsafe order.error = streams.error ?? -1
            unsafe order.inherited = streams.inherited ?? -1
            return unsafe stretto_spawn(&order, &pid, &pidfd)
        }
        guard code == 0 else { throw SystemError(code) }
        return SpawnedChild(pid: pid, pidfd: Descriptor(owning: pidfd))
    }

    private typealias Texts = (arguments: stretto_texts, environment: stretto_texts)

    /// Lends everything that C reads for the length of one call.
    private static func withTexts(
        _ path: String,
        _ directory: String?,
        _ arguments: TextBlock,
        _ environment: TextBlock,
        _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>?, Texts) -> Int32
    ) -> Int32 {
        unsafe arguments.bytes.withUnsafeBytes { argumentBytes in
            unsafe environment.bytes.withUnsafeBytes { environmentBytes in
                let texts = unsafe (
                    stretto_texts(
                        bytes: argumentBytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                        count: arguments.count
                    ),
                    stretto_texts(
                        bytes: environmentBytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                        count: environment.count
                    )
                )
                return unsafe path.withCString { path in
                    guard let directory else { return unsafe body(path, nil, texts) }
                    return unsafe directory.withCString { unsafe body(path, $0, texts) }
                }
            }
        }
    }
}
