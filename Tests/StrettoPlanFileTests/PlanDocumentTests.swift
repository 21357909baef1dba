import StrettoCore
import Testing

@testable import StrettoPlanFile

/// Positions and spans are exact, whatever the bytes before them are.
@Suite struct PlanDocumentTests {
    private func text(_ span: ByteSpan?, of document: PlanDocument) -> String? {
        span.map { String(decoding: document.bytes[$0.lower..<$0.upper], as: UTF8.self) }
    }

    @Test(arguments: ["", "\u{FEFF}"], ["\n", "\r\n", "\r"])
    func `a status's span holds exactly its bytes`(mark: String, lineEnd: String) throws {
        let source = [
            "meta: {name: \"größe 👩‍👩‍👧 日本語\"}", "sections:", "- id: 's 1'", "  status: in_progress  # why not", "  tasks:",
            "  - id: a", "    name: Ünïcode everywhere, é", "    status: 'pending'",
            "  - {id: b, name: 日本, status: \"failed\"}",
            "  - id: c", "    name: C", "",
        ].joined(separator: lineEnd)
        let document = try #require(read(mark + source).document)

        #expect(document.sections.map { text($0.status, of: document) } == ["in_progress"])
        #expect(document.tasks.map { text($0.status, of: document) } == ["'pending'", "\"failed\"", nil])
        #expect(document.tasks.map(\.id) == ["a", "b", "c"])
        #expect(document.tasks.map(\.position.line) == [6, 9, 10])
        #expect(document.tasks.map(\.position.column) == [5, 5, 5])
        #expect(text(document.tasks[1].span, of: document) == "{id: b, name: 日本, status: \"failed\"}")
    }

    @Test(arguments: [3, 300, 1_000, 5_000])
    func `columns count code points, however long the line is`(count: Int) {
        let filler = String(repeating: "é👍", count: count)
        let reading = read(
            "{\"x\": \"\(filler)\", \"tasks\": [{\"id\": \"a\", \"name\": \"n\", \"timeout\": \"soon\"}]}"
        )

        #expect(reading.problems.map(\.position) == [Position(line: 1, column: 57 + 2 * count)])
    }
}
