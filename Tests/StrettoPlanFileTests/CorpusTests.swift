import FoundationEssentials
import StrettoCore
import Testing

@testable import StrettoPlanFile

/// Runs over a folder of real plan files, where the environment names one.
@Suite struct CorpusTests {
    static let folder = ProcessInfo.processInfo.environment["STRETTO_CORPUS"]

    func files(in name: String) throws -> [(name: String, bytes: [UInt8])] {
        let folder = try #require(Self.folder) + "/" + name
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try names.map { ($0, try bytes(of: folder + "/" + $0)) }
    }

    @Test(.enabled(if: folder != nil, "STRETTO_CORPUS names no folder of real plans"))
    func `every well-formed plan of the corpus reads, with its statuses and ids`() throws {
        let plans = try files(in: "plans")

        #expect(!plans.isEmpty)
        for (name, bytes) in plans {
            let reading = PlanFile.read(bytes)
            let errors = reading.problems.filter { $0.severity == .error }
            #expect(errors.isEmpty, "\(name): \(errors)")
            let plan = try #require(reading.plan, "\(name)")
            let idLines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { line in
                line.drop { $0 == " " }.hasPrefix("- id:") || line.drop { $0 == " " }.hasPrefix("id:")
            }
            #expect(plan.tasks.count + plan.sections.count <= idLines.count, "\(name)")
            #expect(!plan.tasks.isEmpty, "\(name)")
        }
    }

    @Test(.enabled(if: folder != nil, "STRETTO_CORPUS names no folder of real plans"))
    func `every malformed plan of the corpus is refused with the line of its first conflict marker`() throws {
        let plans = try files(in: "malformed")

        #expect(!plans.isEmpty)
        for (name, bytes) in plans {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            let marker = try #require(lines.firstIndex { $0.hasPrefix("<<<<<<<") }, "\(name)")
            let reading = PlanFile.read(bytes)
            #expect(reading.plan == nil, "\(name)")
            #expect(reading.problems.first?.position == Position(line: marker + 1, column: 1), "\(name)")
            #expect(reading.problems.first?.message.contains("merge conflict") == true, "\(name)")
        }
    }

    @Test(.enabled(if: folder != nil, "STRETTO_CORPUS names no folder of real plans"))
    func `a mission file of the corpus is refused in one sentence that says what it is`() throws {
        let missions = try files(in: "missions")

        #expect(!missions.isEmpty)
        for (name, bytes) in missions {
            let problems = PlanFile.read(bytes).problems
            #expect(problems.count == 1, "\(name)")
            #expect(problems.first?.message.contains("mission file") == true, "\(name)")
        }
    }
}
