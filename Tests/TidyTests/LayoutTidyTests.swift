import Testing

/// Who may import whom, and what lies where; see ARCHITECTURE.md.
@Suite struct LayoutTidyTests {
    /// What each target of Swift code may import, nothing else.
    private static let imports: [String: Set<String>] = [
        "StrettoCore": [],
        "StrettoJSON": [],
        "StrettoBoard": ["StrettoCore"],
        "StrettoCommand": ["StrettoCore"],
        "StrettoEngine": ["StrettoCore", "Synchronization"],
        "StrettoSimulation": ["Dispatch", "StrettoCore", "StrettoEngine", "Synchronization", "TestSupport", "Testing"],
        "StrettoPlanFile": ["StrettoCore", "CYAML", "Glibc"],
        "StrettoProcess": ["StrettoCore", "CStrettoProcess", "Glibc", "FoundationEssentials"],
        "StrettoGit": ["StrettoCore", "StrettoProcess", "Glibc", "FoundationEssentials"],
        "StrettoBuilders": ["StrettoCore", "StrettoProcess", "Glibc", "FoundationEssentials"],
        "StrettoJournal": ["StrettoCore", "StrettoJSON", "CSQLite", "Glibc", "FoundationEssentials"],
        "StrettoConnection": ["StrettoCore", "StrettoJSON", "StrettoProcess", "Glibc", "FoundationEssentials"],
        "StrettoMarkdown": ["StrettoBoard", "CCMarkGFM"],
        "StrettoTerminal": ["StrettoCore", "StrettoBoard", "CNcurses", "CStrettoTerminal", "Glibc"],
        "StrettoFrontEnd": [
            "StrettoCore", "StrettoBoard", "StrettoCommand", "StrettoMarkdown", "StrettoTerminal", "StrettoProcess",
            "StrettoConnection", "StrettoBuilders", "Glibc", "FoundationEssentials",
        ],
        "stretto": [
            "StrettoCore", "StrettoBoard", "StrettoBuilders", "StrettoCommand", "StrettoConnection", "StrettoEngine",
            "StrettoFrontEnd", "StrettoGit", "StrettoJournal", "StrettoPlanFile", "StrettoProcess", "StrettoTerminal",
            "Glibc", "FoundationEssentials", "Synchronization",
        ],
        "stretto-bench": [
            "StrettoBoard", "StrettoCore", "StrettoBuilders", "StrettoGit", "StrettoJournal", "StrettoProcess",
            "StrettoTerminal", "TestSupport", "Glibc", "FoundationEssentials",
        ],
    ]
    /// Targets of C, which import nothing of ours.
    private static let cTargets: Set<String> = [
        "CCMarkGFM", "CNcurses", "CSQLite", "CYAML", "CStrettoProcess", "CStrettoTerminal", "stretto-keeper",
    ]

    @Test func `every target is in the table of imports`() {
        let known = Set(Self.imports.keys).union(Self.cTargets)

        #expect(known.isSuperset(of: Project.names(in: "Sources")))
    }

    @Test(arguments: imports.keys.sorted())
    func `a target imports only what the design allows`(target: String) throws {
        let allowed = try #require(Self.imports[target])

        for (path, code) in Project.code where path.hasPrefix("Sources/\(target)/") {
            for (number, line) in Project.numbered(code.code) {
                guard let module = Self.imported(line) else { continue }
                #expect(allowed.contains(module), "\(path):\(number): \(target) must not import \(module)")
            }
        }
    }

    @Test func `nobody imports the whole of Foundation`() {
        for (path, code) in Project.code {
            let modules = Project.numbered(code.code).compactMap { Self.imported($0.text) }
            #expect(!modules.contains("Foundation"), "\(path): FoundationEssentials is enough")
        }
    }

    @Test func `at the top lies only what was agreed`() throws {
        let agreed: Set = [
            ".ci", ".gitattributes", ".gitignore", ".swift-format", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE",
            "Makefile",
            "Package.swift", "README.md", "Sources", "Tests", "demo-plans", "docs", "themes",
        ]
        // Not the project's: what git, the build and editors put beside it.
        let foreign: Set = [".git", ".build", ".swiftpm", ".vscode", ".idea", ".DS_Store", "Package.resolved"]

        for name in try Project.topLevel() where !foreign.contains(name) {
            #expect(agreed.contains(name), "\(name) does not belong at the top level")
        }
    }

    @Test func `no file names a place on somebody's machine`() throws {
        // In two parts, so that this file does not find itself.
        let places = ["/ro" + "ot/", "/wo" + "rk/", "../sha" + "red", "/ho" + "me/", "/Us" + "ers/"]
        // The user of examples, and the one in what real agents were recorded to say.
        let invented = ["/ho" + "me/me", "/ho" + "me/agent"]
        let paths =
            try Project.swiftFiles()
            + Project.files(below: "Sources", ".c", ".h", ".modulemap")
            + Project.files(below: "Tests", ".yaml", ".json", ".jsonl", ".txt", ".py", ".md")
            + Project.files(below: "docs", ".md")
            + ["themes", "demo-plans"].flatMap { folder in Project.names(in: folder).map { folder + "/" + $0 } }
            + ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Makefile", "Package.swift", ".gitignore"]
        for path in paths {
            let text = Project.text(of: path)
            // Most files hold none of them, and a recorded line can be long.
            for place in places where text.contains(place) {
                for (number, line) in Project.numbered(text) {
                    let isNamed = Self.names(place, in: line, except: invented)
                    #expect(!isNamed, "\(path):\(number): \(place)")
                }
            }
        }
    }

    /// The module that a line of code imports.
    private static func imported(_ line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), index + 1 < words.count else { return nil }
        let levels: Set<Substring> = [
            "package", "internal", "private", "fileprivate", "public", "@testable", "@preconcurrency",
        ]
        guard words[..<index].allSatisfy(levels.contains) else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name = kinds.contains(words[index + 1]) && index + 2 < words.count ? words[index + 2] : words[index + 1]
        return name.split(separator: ".").first.map(String.init)
    }

    /// Whether the line holds the place as the beginning of a path, not in the middle of another one.
    private static func names(_ place: String, in line: Substring, except invented: [String]) -> Bool {
        var rest = line[...]
        while let range = rest.firstRange(of: place) {
            let before = rest[..<range.lowerBound].last
            let isStart = before.map { !$0.isLetter && !$0.isNumber && !")}_-.*~".contains($0) } ?? true
            if isStart, !invented.contains(where: rest[range.lowerBound...].hasPrefix) { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
