package import StrettoCore
internal import StrettoProcess

/// A builder's program as found on this machine.
package struct BuilderTool: Hashable, Sendable {
    /// Absolute.
    package var path: String
    /// What the program says about its version; ``unknownVersion`` where it would not say.
    package var version: String

    /// Stands for a version that could not be learnt.
    package static let unknownVersion = "of unknown version"

    package init(path: String, version: String) {
        self.path = path
        self.version = version
    }
}

/// Looks for the programs that builders run.
package enum BuilderTools {
    /// Longer than any sane program takes to say its version, also on a cold disk.
    private static let versionTimeout = Duration.seconds(10)
    private static let versionBytesMax = 4096

    /// The builder's program by `PATH` of `environment`, with its version; nil where it is missing or the builder needs none.
    package static func find(_ builder: BuilderName, environment: [String: String]) async -> BuilderTool? {
        guard let tool = builder.builder.tool, let path = path(of: tool.name, environment: environment) else {
            return nil
        }
        let command = ProcessCommand(
            arguments: [path] + tool.versionArguments,
            environment: environment,
            outputBytesMax: versionBytesMax,
            timeout: versionTimeout
        )
        guard let output = try? await ChildProcess.run(command), output.status == .code(0) else {
            return BuilderTool(path: path, version: BuilderTool.unknownVersion)
        }
        let version = output.text.split(separator: "\n").first.map { String($0).harmless.trimmed }
        return BuilderTool(path: path, version: version ?? BuilderTool.unknownVersion)
    }

    /// How to get the builder's program, as an imperative; nil where the builder needs none.
    package static func installation(of builder: BuilderName) -> String? { builder.builder.tool?.installation }

    /// The first executable of this name on `PATH`, absolute; relative entries are passed over, because agents run elsewhere.
    static func path(of name: String, environment: [String: String]) -> String? {
        let directories = (environment["PATH"] ?? "").split(separator: ":")
        return directories.lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first(
            where: LocalFiles.isExecutable
        )
    }
}
