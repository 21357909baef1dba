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
        return await look(at: tool, path, environment)
    }

    /// The program of an agent that a user described; nil where it is missing.
    ///
    /// Its version is ``unknownVersion`` where the description does not say how to ask.
    package static func find(
        _ program: AgentProgram,
        environment: [String: String],
        repository: String?
    ) async -> BuilderTool? {
        let environment = AgentEnvironment.variables(
            inherited: environment,
            program: program,
            defaults: [],
            task: [],
            ours: []
        )
        guard let tool = DescribedBuilder(program).tool,
            let path = path(of: tool.name, environment: environment, repository: repository)
        else { return nil }
        if tool.versionArguments.isEmpty { return BuilderTool(path: path, version: BuilderTool.unknownVersion) }
        return await look(at: tool, path, environment)
    }

    private static func look(
        at tool: ToolDescription,
        _ path: String,
        _ environment: [String: String]
    ) async -> BuilderTool {
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
    ///
    /// A name with a slash is a path, from the root of the user's checkout where it is relative: what agents write in their
    /// worktrees is never run as an agent.
    static func path(of name: String, environment: [String: String], repository: String? = nil) -> String? {
        if name.contains("/") {
            let plain = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
            let path = name.hasPrefix("/") ? name : repository.map { $0 + "/" + plain }
            return path.flatMap { LocalFiles.isExecutable($0) ? $0 : nil }
        }
        let directories = (environment["PATH"] ?? "").split(separator: ":")
        return directories.lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first(
            where: LocalFiles.isExecutable
        )
    }
}
