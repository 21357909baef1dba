import StrettoCore
import TestSupport
import Testing

@testable import StrettoConnection

/// How often clients are told what has changed, and what is told together.
@Suite struct UpdatePaceTests {
    private let start = ContinuousClock.now

    private func update(_ word: String) -> RunUpdate {
        RunUpdate(header: Samples.header, notices: [Samples.notice(word)])
    }

    private func words(_ update: RunUpdate?) -> [String]? { update?.notices.map(\.word) }

    @Test func `the first update goes at once, and those of an interval go together at its end`() {
        var pace = UpdatePace()
        #expect(words(pace.take(update("1"), at: start)) == ["1"])
        #expect(pace.deadline == nil)

        #expect(pace.take(update("2"), at: start + .milliseconds(1)) == nil)
        #expect(pace.take(update("3"), at: start + .milliseconds(32)) == nil)
        #expect(pace.deadline == start + UpdatePace.interval)
        #expect(pace.takeDue(at: start + .milliseconds(32)) == nil)
        #expect(words(pace.takeDue(at: start + UpdatePace.interval)) == ["2", "3"])
        #expect(pace.deadline == nil)

        #expect(words(pace.take(update("4"), at: start + .seconds(1))) == ["4"])
    }

    @Test func `what waits goes before anything that must not overtake it`() {
        var pace = UpdatePace()
        _ = pace.take(update("1"), at: start)
        _ = pace.take(update("2"), at: start)

        #expect(words(pace.takeAll(at: start)) == ["2"])
        #expect(pace.takeAll(at: start) == nil)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `updates told together lead where they lead one by one`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var whole = Samples.snapshot(taskCount: 5)
        var (known, stepwise) = (5, whole)
        var joint: RunUpdate?
        for number in 0..<12 {
            var update = Samples.update(1 + Int.random(in: 0..<known, using: &random), detail: "\(number)")
            update.notices = [Samples.notice("\(number)")]
            if Int.random(in: 0..<4, using: &random) == 0 { update.handoff = "handoff \(number)" }
            if Int.random(in: 0..<4, using: &random) == 0 {
                known += 1
                update.tasks.append(Samples.task(known))
                update.taskOrder = (1...known).map { TaskID("\($0)") }.shuffled(using: &random)
            }
            stepwise.apply(update)
            if joint == nil { joint = update } else { joint?.add(update) }
        }
        if let joint { whole.apply(joint) }

        #expect(whole == stepwise)
        #expect(joint?.notices.map(\.word) == (0..<12).map { "\($0)" })
    }
}
