// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built with these: the strictest the toolchain offers, warnings as errors.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
]
/// Targets that call C also mark each unsafe expression.
let wrapsC = house + [.strictMemorySafety()]

/// A Swift target with the house settings.
func swift(_ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = house) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one target.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, swiftSettings: house)
}

let package = Package(
    name: "stretto",
    products: [
        .executable(name: "stretto", targets: ["stretto"]),
        .executable(name: "stretto-keeper", targets: ["stretto-keeper"]),
    ],
    targets: [
        // MARK: C
        .systemLibrary(
            name: "CCMarkGFM",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]
        ),
        .systemLibrary(name: "CNcurses", providers: [.apt(["libncurses-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CStrettoProcess"),
        .target(name: "CStrettoTerminal"),
        // Plain C: linked without the Swift runtime, which would cost each attempt 3 ms and 4 MB.
        .executableTarget(
            name: "stretto-keeper",
            dependencies: ["CStrettoProcess"],
            linkerSettings: [.unsafeFlags(["-nostartfiles", "-static-stdlib"])]
        ),

        // MARK: Values and rules
        swift("StrettoCore"),
        swift("StrettoJSON"),
        swift("StrettoCommand", ["StrettoCore"]),
        swift("StrettoBoard", ["StrettoCore"]),
        swift("StrettoEngine", ["StrettoCore"]),
        swift("StrettoSimulation", ["StrettoCore", "StrettoEngine", "TestSupport"]),

        // MARK: Adapters
        swift("StrettoPlanFile", ["StrettoCore", "CYAML"], settings: wrapsC),
        swift("StrettoProcess", ["StrettoCore", "CStrettoProcess"], settings: wrapsC),
        swift("StrettoGit", ["StrettoCore", "StrettoProcess"]),
        swift("StrettoBuilders", ["StrettoCore", "StrettoProcess"]),
        swift("StrettoJournal", ["StrettoCore", "StrettoJSON", "CSQLite"], settings: wrapsC),
        swift("StrettoConnection", ["StrettoCore", "StrettoJSON", "StrettoProcess"]),
        swift("StrettoMarkdown", ["StrettoBoard", "CCMarkGFM"], settings: wrapsC),
        swift("StrettoTerminal", ["StrettoBoard", "CNcurses", "CStrettoTerminal"], settings: wrapsC),

        // MARK: Front ends and the program
        swift(
            "StrettoFrontEnd",
            [
                "StrettoBoard", "StrettoBuilders", "StrettoCommand", "StrettoConnection", "StrettoCore",
                "StrettoMarkdown",
                "StrettoProcess", "StrettoTerminal",
            ]
        ),
        .executableTarget(
            name: "stretto",
            dependencies: [
                "StrettoBoard", "StrettoBuilders", "StrettoCommand", "StrettoConnection", "StrettoCore",
                "StrettoEngine",
                "StrettoFrontEnd", "StrettoGit", "StrettoJournal", "StrettoPlanFile", "StrettoProcess",
                "StrettoTerminal",
            ],
            swiftSettings: house
        ),

        .executableTarget(
            name: "stretto-bench",
            dependencies: [
                "StrettoBoard", "StrettoBuilders", "StrettoCore", "StrettoGit", "StrettoJournal", "StrettoProcess",
                "StrettoTerminal", "TestSupport",
            ],
            swiftSettings: house
        ),

        // MARK: Tests
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: house),
        tests(
            "StrettoBoardTests",
            ["StrettoBoard", "StrettoCore", "StrettoMarkdown", "StrettoTerminal"],
            exclude: ["Frames"]
        ),
        tests("StrettoBuildersTests", ["StrettoBuilders", "StrettoCore", "StrettoProcess"]),
        tests("StrettoCommandTests", ["StrettoCommand", "StrettoCore"]),
        tests("StrettoConnectionTests", ["StrettoConnection", "StrettoCore", "StrettoJSON", "StrettoProcess"]),
        tests("StrettoCoreTests", ["StrettoCore", "StrettoSimulation"]),
        tests("StrettoEndToEndTests", ["StrettoBoard", "StrettoCore", "StrettoProcess", "StrettoTerminal"]),
        tests("StrettoEngineTests", ["StrettoCore", "StrettoEngine", "StrettoSimulation"]),
        tests(
            "StrettoFrontEndTests",
            ["StrettoBoard", "StrettoCommand", "StrettoCore", "StrettoFrontEnd", "StrettoTerminal"]
        ),
        tests("StrettoGitTests", ["StrettoCore", "StrettoGit", "StrettoProcess"]),
        tests("StrettoJSONTests", ["StrettoJSON"]),
        tests("StrettoJournalTests", ["StrettoCore", "StrettoJSON", "StrettoJournal"]),
        tests("StrettoMarkdownTests", ["StrettoBoard", "StrettoMarkdown"]),
        tests("StrettoPlanFileTests", ["StrettoCore", "StrettoPlanFile"]),
        tests("StrettoProcessTests", ["StrettoCore", "StrettoProcess"]),
        tests("StrettoTerminalTests", ["StrettoBoard", "StrettoTerminal", "StrettoProcess"]),
        tests("StrettoTortureTests", ["StrettoCore", "StrettoJournal", "StrettoProcess"]),
        tests("TidyTests", []),
    ],
    swiftLanguageModes: [.v6]
)
