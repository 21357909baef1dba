import StrettoCore
import StrettoProcess
import Testing

/// Agents that want to be ended in their own way.
@Suite(.timeLimit(.minutes(5))) struct KeeperStopTests {
    private let attempt: Attempt

    init() throws { attempt = try Attempt() }

    @Test func `an agent that ends on a line of its input gets that line`() async throws {
        var order = attempt.order("echo ready; read line; echo \"got $line\"; read more || echo end; exit 5")
        order.stop = [StopStep(.line("/quit"), grace: .seconds(60))]

        let exit = try await attempt.run(order) {
            await attempt.waitForOutput("ready\n")
            attempt.terminate()
        }

        #expect(exit.reason == .terminated)
        #expect(exit.status == .code(5))
        #expect(attempt.read("stdout") == "ready\ngot /quit\nend\n")
    }

    @Test func `steps follow each other until the agent ends`() async throws {
        var order = attempt.order(
            "trap 'echo int' INT; trap 'echo user; exit 6' USR1; echo ready; while :; do sleep 0.01; done"
        )
        order.stop = [
            StopStep(.line("/quit"), grace: .milliseconds(50)), StopStep(.signal(.interrupt), grace: .seconds(1)),
            StopStep(.signal(.user1), grace: .seconds(60)),
        ]

        let exit = try await attempt.run(order) {
            await attempt.waitForOutput("ready\n")
            attempt.terminate()
        }

        #expect(exit.status == .code(6))
        #expect(attempt.read("stdout") == "ready\nint\nuser\n")
    }

    @Test func `an agent that heeds no step is ended all the same`() async throws {
        var order = attempt.order("trap '' INT TERM HUP; echo ready; while :; do sleep 0.01; done")
        order.stop = [
            StopStep(.line("/quit"), grace: .milliseconds(20)), StopStep(.signal(.hangup), grace: .milliseconds(20)),
        ]

        let exit = try await attempt.run(order) {
            await attempt.waitForOutput("ready\n")
            attempt.terminate()
        }

        #expect(exit.status == .signal(9))
    }

    @Test func `without a step SIGTERM comes first`() async throws {
        var order = attempt.order("trap 'exit 7' TERM; trap 'exit 8' INT; echo ready; while :; do sleep 0.01; done")
        order.stop = []

        let exit = try await attempt.run(order) {
            await attempt.waitForOutput("ready\n")
            attempt.terminate()
        }

        #expect(exit.status == .code(7))
    }
}
