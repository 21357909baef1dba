import TestSupport
import Testing

@testable import StrettoBoard

@Suite struct WalkTests {
    private static let inputCount = 500

    @Test(.timeLimit(.minutes(5)), arguments: [1, 2, 3, 4] as [UInt64])
    func `no five hundred inputs trap, and each frame has the screen's size`(seed: UInt64) {
        var walk = BoardWalk(seed: seed)
        for step in 0..<Self.inputCount {
            walk.step()
            let frame = walk.board.frame()
            guard frame.size == walk.board.size, walk.board.wantedLogs.count <= BoardState.followedMax else {
                Issue.record("seed \(seed), step \(step)")
                return
            }
            if let deadline = walk.board.nextDeadline { #expect(deadline > walk.now) }
        }
    }
}
