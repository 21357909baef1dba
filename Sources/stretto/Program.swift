import FoundationEssentials
import Glibc
import StrettoCommand
import StrettoConnection
import StrettoCore

/// The program: reads the command line, hands each command to the part that does it, and turns errors into sentences.
enum Program {
    static func main(_ arguments: [String]) async -> ExitCode {
        // Whoever reads our output may go away at any time; a write then fails instead of ending us.
        signal(SIGPIPE, SIG_IGN)
        do {
            let request = try Arguments(parsing: arguments)
            if let directory = request.directory, chdir(directory) != 0 {
                throw Refusal("cannot work in '\(directory)': there is no such directory")
            }
            return try await perform(request.invocation)
        } catch let error as UsageError {
            Output.error("\(error)")
            return .usage
        } catch {
            Output.error("\(error)")
            return .error
        }
    }

    private static func perform(_ invocation: Invocation) async throws -> ExitCode {
        switch invocation {
        case .engine(let orderPath): return await EngineProcess.main(orderPath: orderPath)
        case .run(let options): return try await RunCommand.run(options)
        case .resume(let options): return try await RunCommand.resume(options)
        case .attach(let display): return try await RunCommand.attach(display)
        case .offer(let display): return try await OfferCommand.run(display)
        case .demo(let display): return try await DemoCommand.run(display)
        case .check(let plan, let format): return try PlanCommands.check(plan, format)
        case .ready(let plan, let format): return try await PlanCommands.ready(plan, format)
        case .status(let format): return try await ReadCommands.status(format)
        case .log(let options): return try await ReadCommands.log(options)
        case .diff(let task): return try await ReadCommands.diff(task)
        case .trace(let options): return try TraceCommand.run(options)
        case .review(let task): return try await ReadCommands.review(task)
        case .stop(let mode): return try await SteerCommand.obey(.stopRun(mode))
        case .approve(let task):
            return try await SteerCommand.obey(task.map { .approve($0, tree: nil) } ?? .approvePlan())
        case .reject(let task, let comment): return try await SteerCommand.obey(.requestChanges(task, comment: comment))
        case .retry(let task, let note): return try await SteerCommand.obey(.retry(task, note: note))
        case .skip(let task, let reason): return try await SteerCommand.obey(.skip(task, reason: reason))
        case .message(let task, let text): return try await SteerCommand.obey(.message(task, text: text))
        case .add(let draft): return try await SteerCommand.add(draft)
        case .land(let mode, let run): return try await LandCommand.run(mode, run)
        case .rescue(let options): return try await RescueCommand.run(options)
        case .discard(let options): return try await DiscardCommand.run(options)
        case .prune(let options): return try await PruneCommand.run(options)
        case .doctor(let mode): return try await DoctorCommand.run(mode)
        case .keys: return KeysCommand.run()
        case .theme(let request): return try ThemeCommand.run(request)
        case .paths: return try await PathsCommand.run()
        case .version:
            Output.line("stretto \(version)")
            return .goalMet
        case .help(let topic):
            HelpText.lines(for: topic).forEach(Output.line)
            return .goalMet
        }
    }

    /// The version of this program; the changelog has its story.
    static let version = "0.1.0"
    /// The program's name, in the one place where it stands.
    static let name = "stretto"
}

/// Lines for people and programs that read us.
enum Output {
    static func line(_ text: String) { write(text + "\n", to: 1) }

    static func error(_ text: String) { write("\(Program.name): \(text)\n", to: 2) }

    static func write(_ text: String, to descriptor: Int32) { _ = write(Array(text.utf8), to: descriptor) }

    /// Writes everything; false when nobody reads any more.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// One value as one line of JSON.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.userInfo[Secrets.areMasked] = true
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
