import Testing

/// What the documents promise about themselves and the files that they speak of.
@Suite struct DocumentTidyTests {
    private static let architectureLinesMax = 300

    @Test func `the changelog has a place for what is unreleased`() {
        #expect(Project.lines(of: "CHANGELOG.md").contains { $0.text.hasPrefix("## Unreleased") })
    }

    @Test func `the architecture fits in 300 lines and names every target`() {
        let text = Project.text(of: "ARCHITECTURE.md")

        #expect(Project.numbered(text).count <= Self.architectureLinesMax)
        for target in Project.names(in: "Sources") {
            let isNamed = text.contains("`\(target)`")
            #expect(isNamed, "ARCHITECTURE.md does not say what \(target) is for")
        }
    }

    @Test func `the readme tells the two commands`() {
        let text = Project.text(of: "README.md")

        #expect(text.contains("make demo"))
        #expect(text.contains("make test"))
    }

    @Test func `every link between documents leads somewhere`() throws {
        let documents = try ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"] + Project.files(below: "docs", ".md")
        for path in documents {
            let folder = path.split(separator: "/").dropLast().map { $0 + "/" }.joined()
            for (number, line) in Project.lines(of: path) {
                for target in Self.links(in: line) where !target.contains("://") && !target.hasPrefix("#") {
                    let file = folder + target.prefix { $0 != "#" }
                    let isThere = !Project.text(of: file).isEmpty || !Project.names(in: file).isEmpty
                    #expect(isThere, "\(path):\(number): nothing at \(file)")
                }
            }
        }
    }

    @Test func `the licence is there`() {
        #expect(Project.text(of: "LICENSE").contains("Apache License"))
    }

    @Test func `themes and demo plans are there and none is empty`() {
        let themes = Project.names(in: "themes").filter { $0.hasSuffix(".yaml") }
        let plans = Project.names(in: "demo-plans").filter { $0.hasSuffix(".yaml") }

        #expect(themes.count >= 2)
        #expect(Set(plans).isSuperset(of: ["quickstart.yaml", "review.yaml"]))
        for path in themes.map({ "themes/" + $0 }) + plans.map({ "demo-plans/" + $0 }) {
            #expect(!Project.text(of: path).isEmpty, "\(path) is empty")
        }
    }

    @Test func `every decision is numbered without gaps and has its three parts`() {
        let names = Project.names(in: "docs/decisions")

        #expect(!names.isEmpty)
        for (index, name) in names.enumerated() {
            let number = String(repeating: "0", count: 4 - "\(index + 1)".count) + "\(index + 1)-"
            #expect(name.hasPrefix(number) && name.hasSuffix(".md"), "\(name) should begin with \(number)")
            let lines = Project.lines(of: "docs/decisions/" + name).map(\.text)
            for part in ["## Context", "## Decision", "## Consequence"] {
                #expect(lines.contains { $0.hasPrefix(part) }, "\(name) lacks '\(part)'")
            }
        }
    }

    /// The targets of a line's links: `](target)`.
    private static func links(in line: Substring) -> [Substring] {
        var targets: [Substring] = []
        var rest = line[...]
        while let range = rest.firstRange(of: "](") {
            rest = rest[range.upperBound...]
            targets.append(rest.prefix { $0 != ")" })
        }
        return targets
    }
}
