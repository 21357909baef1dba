import Testing

@testable import StrettoCore

/// What the rules ask of all tasks is kept ready, and never differs from what the records say.
@Suite struct TaskRecordsTests {
    private static let phases: [TaskPhase] = [
        .waiting, .backoff, .preparing, .running, .collecting(.verify), .review(.gate), .mergeQueued, .merging, .done,
        .failed("x"), .skipped("x"), .stopped, .excluded,
    ]

    private func record(_ number: Int) -> TaskRecord {
        let task = PlanTask(id: TaskID("t\(number)"), name: "Task", builder: .claude)
        return TaskRecord(task: task, section: "S", dependencies: [], changed: Timestamp(milliseconds: 0))
    }

    /// Everything that is kept ready.
    private func ready(_ records: TaskRecords) -> [[Int]] {
        [
            records.queued, records.working,
            [records.inFlightCount, records.mergingCount, records.culpritCount],
            [records.spent.microdollars, records.spent.tokens],
            records.indices.map { records.spent(by: $0).tokens },
        ]
    }

    @Test func `after any change of any record they are as if made anew`() {
        var records = TaskRecords((0..<7).map(record))
        var state = 1

        for step in 0..<2000 {
            // A fixed sequence that visits all pairs of task and phase.
            state = (state * 48271) % 2_147_483_647
            let place = state % records.count
            switch step % 3 {
            case 0:
                let time = Timestamp(milliseconds: Int64(step))
                records[place].attempts.append(AttemptRecord(ordered: time, builder: .claude))
            case 1:
                let last = records[place].attempts.indices.last
                let usage = Usage(inputTokens: step, outputTokens: 1, microdollars: step.isMultiple(of: 2) ? step : nil)
                if let last { records[place].attempts[last].usage = usage }
            default:
                records[place].phase = Self.phases[state / 7 % Self.phases.count]
            }
            #expect(ready(records) == ready(TaskRecords(Array(records))))
        }
        records.append(record(7))
        #expect(ready(records) == ready(TaskRecords(Array(records))))
        #expect(records.spent.tokens > 0)
        #expect(records.count == 8)
    }

    private struct Interruption: Error {}

    private func halfChange(_ record: inout TaskRecord) throws {
        record.phase = .running
        throw Interruption()
    }

    @Test func `a change that throws halfway counts as far as it came`() {
        var records = TaskRecords([record(0), record(1)])

        #expect(throws: Interruption.self) { try halfChange(&records[1]) }
        #expect(records[1].phase == .running)
        #expect(records.working == [1])
        #expect(records.inFlightCount == 1)
    }

    @Test(arguments: phases) func `what is kept of a phase is what the phase says of itself`(phase: TaskPhase) {
        var records = TaskRecords([record(0), record(1), record(2)])
        records[1].phase = phase

        #expect(records.working == (phase.holdsWorker ? [1] : []))
        #expect(records.queued == (phase == .mergeQueued ? [1] : []))
        #expect(records.inFlightCount == (phase.isInFlight ? 1 : 0))
        #expect(records.mergingCount == (phase == .merging ? 1 : 0))
        #expect(records.culpritCount == (phase.blocksDependants ? 1 : 0))
        #expect((records.phase(1) == .released) == phase.releasesDependants)
        #expect((records.phase(1) == .waiting) == (phase == .waiting))
        #expect(records.phase(1).isWorking == phase.holdsWorker)
    }

    @Test func `records that change places keep their counts`() {
        var records = TaskRecords((0..<4).map(record))
        records[0].phase = .mergeQueued
        records[1].phase = .running
        records[1].attempts = [AttemptRecord(ordered: Timestamp(milliseconds: 1), builder: .claude)]
        records[1].attempts[0].usage = Usage(inputTokens: 5, outputTokens: 2)

        records.swapAt(0, 3)
        records[0..<2].reverse()
        #expect(ready(records) == ready(TaskRecords(Array(records))))
        #expect(records.queued == [3])
        #expect(records.working == [0])
        #expect(records.spent(by: 0).tokens == 7)
    }

    @Test func `records that are equal are equal however they came about`() {
        var records = TaskRecords([record(1), record(2)])
        let before = records

        records[0].phase = .running
        #expect(records != before)
        records[0].phase = .waiting
        #expect(records == before)
    }
}
