import StrettoCore
import Testing

@testable import StrettoBoard

/// How fast tokens were used lately, as a line of bars.
@Suite struct UsageTrailTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    private static func at(_ seconds: Int) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    @Test func `uses are added up by quarters of a minute, and what was before does not count`() {
        var trail = UsageTrail(total: 10_000, at: Self.at(0))
        trail.take(total: 10_100, at: Self.at(1))
        trail.take(total: 10_300, at: Self.at(14))
        trail.take(total: 10_400, at: Self.at(31))

        #expect(trail.slots(at: Self.at(31)) == [300, 0, 100])
        #expect(trail.slots(at: Self.at(50)) == [300, 0, 100, 0])
        #expect(trail.tokensPerMinute(at: Self.at(31)) == 400)
        #expect(trail.tokensPerMinute(at: Self.at(70)) == 100)
        #expect(trail.tokensPerMinute(at: Self.at(600)) == 0)
    }

    @Test func `no more is kept than is shown, and clocks and sums that go back do no harm`() {
        var trail = UsageTrail(total: 0, at: Self.at(0))
        for second in 0..<10_000 { trail.take(total: second, at: Self.at(second)) }
        #expect(trail.slots(at: Self.at(10_000)).count == UsageTrail.slotsMax)
        trail.take(total: 5, at: Self.at(10))
        trail.take(total: 25, at: Self.at(20))
        #expect(trail.slots(at: Self.at(20)).last ?? 0 >= 20)
    }

    @Test(arguments: [(120, 40), (200, 50)])
    func `a board draws what its agents use, and nothing where nobody does`(columns: Int, rows: Int) {
        var board = Fixture.board(columns, rows)
        board.select("refund-endpoint")
        let sparks = Glyphs.unicode.spark
        func bars(_ word: String) -> [Character] {
            board.frame().lines.first { $0.contains(word) }?.filter(sparks.contains).map(\.self) ?? []
        }
        #expect(bars(" burn ").isEmpty)

        for (index, tokens) in [1_000, 4_000, 16_000].enumerated() {
            var snapshot = Fixture.snapshot()
            snapshot.header.usage.inputTokens += tokens
            for place in snapshot.tasks.indices { snapshot.tasks[place].usage.inputTokens += tokens }
            _ = board.handle(.snapshot(snapshot), at: board.now.advanced(by: .seconds(index == 0 ? 0 : 15)))
        }

        #expect(bars(" burn ") == ["▂", "▂", "█"])
        #expect(bars("tok/min") == ["▂", "▂", "█"])
        #expect(board.frame().lines.contains { $0.contains("16.0k tok/min") })
    }
}
