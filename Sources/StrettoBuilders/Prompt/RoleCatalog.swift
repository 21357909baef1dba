internal import FoundationEssentials

/// The roles that a plan may name: those that the repository describes, and those that plans have always been able to count on.
package enum RoleCatalog {
    /// Roles of the older orchestrator's plans; without a file of their own they get the standard prompt.
    package static let standardNames = [
        "coder", "frontend-coder", "code-reviewer", "systems-designer", "ux-designer", "ux-reviewer", "spec-verifier",
        "qa-auditor", "planner", "issue-verifier", "validator", "design-judge",
    ]

    /// All names, sorted, for a plan at this absolute path: the agents' folder is looked for above it, up to the repository's root.
    package static func names(forPlanAt path: String) -> [String] {
        var folder = URL(filePath: path).deletingLastPathComponent()
        var names = Set(standardNames)
        while true {
            let agents = folder.appending(path: ".claude/agents").path
            if let files = try? FileManager.default.contentsOfDirectory(atPath: agents) {
                names.formUnion(files.filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) })
                break
            }
            let parent = folder.deletingLastPathComponent()
            let isRoot = FileManager.default.fileExists(atPath: folder.appending(path: ".git").path)
            if isRoot || parent.path == folder.path { break }
            folder = parent
        }
        return names.sorted()
    }
}
