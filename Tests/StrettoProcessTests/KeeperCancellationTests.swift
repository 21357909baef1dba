import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// An engine that cannot go on must end at once, and its agents must not end with it.
@Suite(.timeLimit(.minutes(5))) struct KeeperCancellationTests {
    private let attempt: Attempt

    init() throws { attempt = try Attempt() }

    private static let waits = "echo begun; while [ ! -e go ]; do sleep 0.01; done; exit 5"

    /// Waits for the attempt until its agent has said that it began, then is cancelled; true where the call said so.
    private func runCancelled() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { [attempt] in
                do throws(ProcessError) {
                    _ = try await attempt.keepers.run(attempt.order(Self.waits)) { _ in }
                    return false
                } catch {
                    return error == .cancelled(directory: attempt.directory)
                }
            }
            await attempt.waitForOutput("begun\n")
            group.cancelAll()
            return await group.next() ?? false
        }
    }

    @Test func `a cancelled call returns at once and leaves the agent to its keeper`() async throws {
        #expect(await runCancelled())
        let keeper = try #require(try attempt.keeper())
        #expect(ProcessIdentity(pid: keeper.pid) == keeper)

        let exit = try await attempt.run("echo second") { attempt.touch("go") }
        #expect(exit.status == .code(5))
        #expect(attempt.read("stdout") == "begun\n")
    }

    @Test func `a cancelled call that had adopted its agent leaves it, too`() async throws {
        #expect(await runCancelled())
        #expect(await runCancelled())

        let exit = try await attempt.run("echo second") { attempt.touch("go") }
        #expect(exit.status == .code(5))
        #expect(exit.reason == .exited)
    }
}
