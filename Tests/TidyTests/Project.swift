import FoundationEssentials

/// The project's own files, as these tests read them.
enum Project {
    /// Absolute, without a trailing slash.
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    /// What lies directly in the project, sorted.
    static func topLevel() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root).sorted()
    }

    /// The names in a folder, sorted; none where there is no such folder.
    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []).sorted()
    }

    /// The paths of all files below a folder that end in one of the endings, relative to the root, sorted.
    static func files(below folder: String, _ endings: String...) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)
            .map { folder + "/" + $0 }
            .filter { path in endings.contains { path.hasSuffix($0) } && !path.contains("/.build/") }
            .sorted()
    }

    /// The file's text; empty where there is none.
    static func text(of path: String) -> String {
        FileManager.default.contents(atPath: root + "/" + path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The code of every Swift file, read once for all tests.
    static let code: [(path: String, code: SwiftText)] = {
        do {
            return try swiftFiles().map { ($0, SwiftText(text(of: $0))) }
        } catch {
            preconditionFailure("the project's files cannot be listed below \(root): \(error)")
        }
    }()

    /// The file's lines, each with its number from 1.
    static func lines(of path: String) -> [(number: Int, text: Substring)] {
        numbered(text(of: path))
    }

    /// Every Swift file of the project.
    static func swiftFiles() throws -> [String] {
        try files(below: "Sources", ".swift") + files(below: "Tests", ".swift")
    }

    /// A text's lines, each with its number from 1; a last line feed begins no line of its own.
    static func numbered(_ text: String) -> [(number: Int, text: Substring)] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines.enumerated().map { ($0.offset + 1, $0.element) }
    }
}
