import FoundationEssentials
import StrettoCore
import StrettoPlanFile
import Testing

/// The plans that people copy first.
@Suite struct DocumentedPlansTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    @Test(arguments: ["README.md", "docs/plan-format.md"])
    func `every plan in the documents reads without a word of complaint`(path: String) throws {
        let text = try String(contentsOfFile: Self.root + "/" + path, encoding: .utf8)
        let blocks = text.split(separator: "```yaml\n").dropFirst().compactMap { $0.split(separator: "```").first }

        #expect(!blocks.isEmpty)
        for block in blocks {
            let reading = PlanFile.read(Array(block.utf8), knownRoles: nil)
            #expect(reading.problems.map(\.description) == [])
            #expect(reading.plan != nil)
        }
    }

    @Test func `the described agent of the documents reads without a word of complaint`() throws {
        let text = try String(contentsOfFile: Self.root + "/docs/agents.md", encoding: .utf8)
        let blocks = text.split(separator: "```yaml\n").dropFirst().compactMap { $0.split(separator: "```").first }

        #expect(blocks.count == 1)
        for block in blocks {
            let reading = ConfigurationFile.read(Array(block.utf8))
            #expect(reading.problems.map(\.description) == [])
            #expect(reading.configuration.agentNames == ["quill"])
        }
    }

    @Test func `every demo plan reads without a word of complaint`() throws {
        let folder = Self.root + "/demo-plans"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
            .sorted()

        #expect(!names.isEmpty)
        for name in names {
            let data = try #require(FileManager.default.contents(atPath: folder + "/" + name))
            let reading = PlanFile.read(Array(data), knownRoles: nil)
            #expect(reading.problems.map { "\(name):\($0)" } == [])
            #expect(reading.plan != nil)
        }
    }
}
