import StrettoCore
import TestSupport
import Testing

@testable import StrettoPlanFile

/// Laws that hold for every plan; the seed picks the plan and the damage.
@Suite struct PropertyTests {
    @Test(arguments: (0..<200).map { UInt64($0) })
    func `reading a written plan gives that plan`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let plan = PlanGenerator.plan(using: &generator)
        let text = PlanEmitter.text(of: plan, using: &generator)

        let reading = read(text)
        #expect(lines(reading) == [])
        #expect(reading.plan == plan, "\(text)")
    }

    @Test(arguments: (0..<400).map { UInt64($0) })
    func `damaged bytes give a plan or an error inside the file, never a crash`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let plan = PlanGenerator.plan(using: &generator)
        var bytes = [UInt8](PlanEmitter.text(of: plan, using: &generator).utf8)
        for _ in 0..<Int.random(in: 1...8, using: &generator) { damage(&bytes, using: &generator) }

        let reading = PlanFile.read(bytes, knownRoles: ["coder"])
        let errors = reading.problems.filter { $0.severity == .error }
        #expect((reading.plan == nil) == !errors.isEmpty)
        let source = SourceText(bytes)
        for problem in reading.problems {
            #expect((1...source.lineCount).contains(problem.position.line))
            let width = String(decoding: source.line(problem.position.line - 1), as: UTF8.self).unicodeScalars.count
            #expect((1...width + 2).contains(problem.position.column), "\(problem)")
            #expect(!problem.description.unicodeScalars.contains { isControl($0) })
        }
    }

    @Test(arguments: (0..<50).map { UInt64($0) })
    func `the same bytes always give the same problems in the same order`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let plan = PlanGenerator.plan(using: &generator)
        var bytes = [UInt8](PlanEmitter.text(of: plan, using: &generator).utf8)
        damage(&bytes, using: &generator)

        #expect(PlanFile.read(bytes).problems == PlanFile.read(bytes).problems)
    }

    @Test(arguments: (0..<100).map { UInt64($0) })
    func `a plan compared with itself has no changes, and with another one every task is accounted for`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let old = PlanGenerator.plan(using: &generator)
        let new = PlanGenerator.plan(using: &generator)

        #expect(PlanComparison.between(old: old, new: old) == [])
        let changes = PlanComparison.between(old: old, new: new)
        let added = changes.filter { $0.kind == .added }.map(\.subject)
        let removed = changes.filter { $0.kind == .removed }.map(\.subject)
        let before = Set(old.tasks.map(\.id))
        let after = Set(new.tasks.map(\.id))
        #expect(new.tasks.map(\.id).filter { !before.contains($0) } == added.compactMap(\.task))
        #expect(Set(removed.compactMap(\.task)) == before.subtracting(after))
    }

    private func damage(_ bytes: inout [UInt8], using generator: inout SplitMix64) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0:
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1:
            bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &generator)))
        case 2:
            let special = Array("\t\n\r:-[]{}*&!|>'\"#%@`<~,? ".utf8)
            bytes.insert(special[Int.random(in: 0..<special.count, using: &generator)], at: place)
        case 3:
            let end = min(bytes.count, place + Int.random(in: 1...200, using: &generator))
            bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        case 4:
            bytes.removeLast(bytes.count - place)
        default:
            bytes.insert(contentsOf: Array(String(repeating: "- [", count: 60).utf8), at: place)
        }
    }
}

extension PlanChange.Subject {
    fileprivate var task: TaskID? {
        if case .task(let id) = self { id } else { nil }
    }
}
