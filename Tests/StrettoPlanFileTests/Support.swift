import FoundationEssentials
import StrettoCore
import Testing

@testable import StrettoPlanFile

/// Reads a plan from its text.
func read(_ text: String, roles: [String]? = nil) -> PlanReading {
    PlanFile.read([UInt8](text.utf8), knownRoles: roles)
}

/// Reads a plan that must have no problem at all.
func plan(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Plan {
    let reading = read(text)
    #expect(reading.problems.map(\.description) == [], sourceLocation: sourceLocation)
    return try #require(reading.plan, sourceLocation: sourceLocation)
}

/// The one task of a plan whose task has these lines besides its id and name; the first of them is line 6 of the file.
func task(_ lines: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> PlanTask {
    let plan = try plan(taskText(lines), sourceLocation: sourceLocation)
    return try #require(plan.tasks.first, sourceLocation: sourceLocation)
}

func taskText(_ lines: String) -> String {
    let indented = lines.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    return "sections:\n- id: s\n  tasks:\n  - id: t\n    name: Task\n" + indented.joined(separator: "\n") + "\n"
}

/// The settings of a plan whose `meta` has these lines; the first of them is line 2 of the file.
func settings(_ lines: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> PlanSettings {
    try plan(metaText(lines), sourceLocation: sourceLocation).settings
}

func metaText(_ lines: String) -> String {
    let indented = lines.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
    return "meta:\n" + indented.joined(separator: "\n") + "\nsections: [{id: s, tasks: [{id: t, name: Task}]}]\n"
}

/// What is said about a text, one line for each problem, warnings marked.
func lines(_ reading: PlanReading) -> [String] {
    reading.problems.map { $0.severity == .warning ? "warning \($0)" : "\($0)" }
}

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

/// A mistake and what is said about it; its name appears in the test's results.
struct Mistake: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    let said: [String]

    init(_ name: String, _ text: String, says said: String...) {
        self.name = name
        self.text = text
        self.said = said
    }

    var testDescription: String { name }
}
