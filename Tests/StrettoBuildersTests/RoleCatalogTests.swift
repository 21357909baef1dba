import FoundationEssentials
import StrettoBuilders
import TestSupport
import Testing

@Suite struct RoleCatalogTests {
    @Test func `a plan in a folder of the repository may name the roles that the repository describes`() throws {
        let directory = try TemporaryDirectory(named: "roles ü")
        let files = FileManager.default
        try files.createDirectory(atPath: directory.appending("plans"), withIntermediateDirectories: true)
        try files.createDirectory(atPath: directory.appending(".claude/agents"), withIntermediateDirectories: true)
        try files.createDirectory(atPath: directory.appending(".git"), withIntermediateDirectories: true)
        try Data("body".utf8).write(to: URL(filePath: directory.appending(".claude/agents/poet.md")))

        let names = RoleCatalog.names(forPlanAt: directory.appending("plans/plan.yaml"))

        #expect(names.contains("poet"))
        #expect(names.contains("coder"))
        #expect(!names.contains("codr"))
    }
}
