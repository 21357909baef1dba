internal import StrettoCore

/// An attempt's process as it is to be started, with its files on the disk.
struct PreparedAttempt: Sendable {
    var directory: AttemptDirectory
    var arguments: [String]
    /// What the process finds on its standard input.
    var input: String
    var environment: [String: String]
    var sessionID: String?
    /// Nanoseconds since 1970: what was last changed before is not this attempt's work.
    var start: Int64
}

/// Makes an attempt ready to be started: role, prompt, paths, environment and command line.
///
/// A repeat with the same order finds what is there, and changes nothing of it.
struct AttemptPreparation: Sendable {
    /// A plan is at most this long; a copy of it must be readable for agents.
    static let planBytesMax = 8 << 20

    private static let promptName = "prompt.md"
    private static let planName = "plan.yaml"

    let run: RunID
    /// Absolute path of the user's checkout.
    let repository: String
    let attemptsRoot: String
    let inherited: [String: String]

    func prepare(_ order: LaunchOrder) throws(Trouble) -> PreparedAttempt {
        let directory = AttemptDirectory(root: attemptsRoot, attempt: order.attempt)
        try LocalFiles.makeDirectory(directory.path)
        let isRepeat = LocalFiles.modified(directory.promptPath) != nil
        let role = role(for: order)
        let ours = order.worktree.path + "/" + ReportFile.directory
        if !isRepeat {
            guard LocalFiles.isDirectoryItself(order.worktree.path) else {
                throw Trouble("the worktree '\(order.worktree.path)' is gone: retry the task to get a new one")
            }
            try makeReportDirectory(ours)
        }
        let paths = Prompt.Paths(
            report: order.worktree.path + "/" + ReportFile.path,
            plan: try planPath(for: order, copyingTo: isRepeat ? nil : ours)
        )
        let prompt = Prompt.text(order, role: role, rules: order.builder.builder(order.program).rules, paths: paths)
        if !isRepeat { try LocalFiles.create(Self.promptName, in: ours, Array(prompt.utf8)) }
        let builder = order.builder.builder(order.program)
        let command = try builder.command(
            for: Launch(
                order: order,
                prompt: prompt,
                promptPath: ours + "/" + Self.promptName,
                sessionID: StableDigest.uuid(of: Array("\(directory.path) \(order.time.milliseconds)".utf8)),
                role: role,
                resumes: order.resumes
            )
        )
        let environment = AgentEnvironment.variables(
            inherited: inherited,
            builder: order.builder,
            program: order.program,
            passed: order.passed,
            defaults: command.defaults,
            task: order.task.environment,
            ours: variables(for: order, directory: directory, promptPath: ours + "/" + Self.promptName)
        )
        let arguments = try resolved(command.arguments, builder.tool, environment, isRepeat: isRepeat)
        // Last, because its presence means that all of this was done, and its time is the attempt's start.
        try LocalFiles.create(Self.promptName, in: directory.path, Array(prompt.utf8))
        return PreparedAttempt(
            directory: directory,
            arguments: arguments,
            input: command.input,
            environment: environment,
            sessionID: command.sessionID,
            start: LocalFiles.modified(directory.promptPath) ?? 0
        )
    }

    /// What an agent can learn about itself.
    private func variables(
        for order: LaunchOrder,
        directory: AttemptDirectory,
        promptPath: String
    ) -> [EnvironmentVariable] {
        [
            EnvironmentVariable(name: "STRETTO_ATTEMPT_NUMBER", value: String(order.attempt.number)),
            EnvironmentVariable(name: "STRETTO_PROMPT", value: promptPath),
            EnvironmentVariable(name: "STRETTO_REPORT", value: order.worktree.path + "/" + ReportFile.path),
            EnvironmentVariable(name: "STRETTO_RUN", value: run.text),
            EnvironmentVariable(name: "STRETTO_TASK", value: order.task.id.text),
            EnvironmentVariable(name: "STRETTO_WORKTREE", value: order.worktree.path),
        ]
    }

    /// The role's file from the user's own checkout, which no agent writes, then from the worktree; else the standard one.
    ///
    /// A role may list tools that need no permission, so an agent's change of its own role must not count before it is landed.
    private func role(for order: LaunchOrder) -> Role {
        let name = order.task.role ?? Role.defaultName
        guard Role.isFileName(name) else { return .standard(named: name.harmless) }
        let path = ".claude/agents/\(name).md"
        if let bytes = LocalFiles.read(repository + "/" + path, bytesMax: Role.bytesMax) {
            return Role(named: name, file: String(decoding: bytes, as: UTF8.self))
        }
        if case .found(let content) = WorktreeFile.read(path, in: order.worktree.path, bytesMax: Role.bytesMax) {
            var role = Role(named: name, file: String(decoding: content.bytes, as: UTF8.self))
            role.tools = []
            return role
        }
        return order.judges == nil ? .standard(named: name) : .judge(named: name)
    }

    /// The directory for reports, which ignores itself so that nothing in it is ever committed.
    private func makeReportDirectory(_ path: String) throws(Trouble) {
        try LocalFiles.makeDirectory(path)
        guard LocalFiles.isDirectoryItself(path) else {
            throw Trouble(
                "'\(path)' is needed for the attempt's report, but it is no directory: remove it from the branch"
            )
        }
        try LocalFiles.create(".gitignore", in: path, Array("*\n".utf8))
    }

    /// Where an agent finds the plan: in its worktree as far as git tracks it, else as a copy.
    private func planPath(for order: LaunchOrder, copyingTo directory: String?) throws(Trouble) -> String {
        let path = order.prompt.planPath
        let isInside = !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
        if isInside, LocalFiles.modified(order.worktree.path + "/" + path) != nil { return path }
        let copy = ReportFile.directory + "/" + Self.planName
        guard let directory else {
            return LocalFiles.modified(order.worktree.path + "/" + copy) == nil ? path : copy
        }
        let source = path.hasPrefix("/") ? path : repository + "/" + path
        guard let bytes = LocalFiles.read(source, bytesMax: Self.planBytesMax) else { return path }
        try LocalFiles.create(Self.planName, in: directory, bytes)
        return copy
    }

    /// The command line with the program's absolute path in front.
    private func resolved(
        _ arguments: [String],
        _ tool: ToolDescription?,
        _ environment: [String: String],
        isRepeat: Bool
    ) throws(Trouble) -> [String] {
        guard let tool else { return arguments }
        if let path = BuilderTools.path(of: tool.name, environment: environment, repository: repository) {
            return [path] + arguments.dropFirst()
        }
        // One that runs already is adopted, whatever has become of the program since.
        if isRepeat { return arguments }
        let place = tool.name.contains("/") ? "there" : "on PATH"
        throw Trouble("\(tool.name) is not \(place): \(tool.installation)")
    }
}
