import FoundationEssentials

/// A fresh directory for one test, removed with everything in it when the test's suite value goes away.
package final class TemporaryDirectory: Sendable {
    /// Absolute, without a trailing slash.
    package let path: String

    /// Makes the directory; `name` becomes part of its last component, so that spaces and Unicode can be tried.
    package init(named name: String = "stretto") throws {
        let parent = FileManager.default.temporaryDirectory.path
        let trimmed = parent.hasSuffix("/") ? String(parent.dropLast()) : parent
        path = trimmed + "/\(name)-" + UUID().uuidString.prefix(8).lowercased()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The absolute path of `name` in this directory.
    package func appending(_ name: String) -> String { path + "/" + name }
}
