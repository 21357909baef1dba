import FoundationEssentials
import StrettoCore
import StrettoProcess
import Testing

/// What an order carries to its keeper, and where it does not stay.
@Suite(.timeLimit(.minutes(5))) struct KeeperOrderTests {
    private let attempt: Attempt

    init() throws { attempt = try Attempt() }

    /// All that lies in the attempt's directory, as one text.
    private func files() throws -> String {
        try FileManager.default.contentsOfDirectory(atPath: attempt.directory).map { name in
            // Opening its FIFO would wait for the keeper.
            name == "requests" ? "" : attempt.read(name)
        }.joined()
    }

    @Test func `an agent's environment and arguments are never on the disk, neither while it runs nor after`()
        async throws
    {
        var order = attempt.order(
            "test \"$API_KEY\" = canary-1 && echo begun; : canary-2; until test -e go; do sleep 0.01; done"
        )
        order.environment["API_KEY"] = "canary-1"

        let exit = try await attempt.run(order) { [attempt] in
            await attempt.waitForOutput("begun\n")
            #expect(throws: Never.self) { try #expect(!files().contains("canary")) }
            attempt.touch("go")
        }

        #expect(exit.status == .code(0))
        #expect(attempt.read("stdout") == "begun\n")
        #expect(try !files().contains("canary"))
    }

    @Test func `an agent reads its input to the end, whatever bytes are in it`() async throws {
        var order = attempt.order("wc -c; printf x >> size")
        order.input = Array(repeating: 0, count: 3_000_000)

        #expect(try await attempt.run(order).status == .code(0))
        #expect(attempt.read("stdout").filter(\.isNumber) == "3000000")
    }

    @Test func `an agent without an input finds the end of it at once`() async throws {
        #expect(try await attempt.run("cat; echo over").status == .code(0))
        #expect(attempt.read("stdout") == "over\n")
    }

    @Test func `orders that an earlier version left on the disk are removed, and nothing else`() throws {
        try attempt.leave("order", "API_KEY=canary")
        try attempt.leave("order.new", "API_KEY=canary")
        try attempt.leave("stdout", "kept")

        // The attempt's directory is two levels below.
        #expect(LeftOrders.remove(below: attempt.root) == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: attempt.directory) == ["stdout"])
        #expect(LeftOrders.remove(below: attempt.root) == 0)
    }
}
