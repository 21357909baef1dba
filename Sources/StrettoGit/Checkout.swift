internal import StrettoCore
internal import StrettoProcess

/// The checkout around a directory: where it is, which is soon known, and what stands in it, which in a large one takes git its time.
package struct Checkout: Sendable {
    /// Its root, absolute.
    package let topLevel: String
    /// The directory that all worktrees share, absolute: `.git` of an ordinary clone.
    package let commonDirectory: String

    private let environment: [String: String]
    private let log: Git.Log
    private let gate: Git.Gate?

    /// Finds the checkout around `directory`.
    ///
    /// Git and the programs in worktrees inherit `environment`, less git's own repository variables. A `gate` is for tests.
    package static func find(
        from directory: String,
        environment: [String: String] = Environment.current(),
        log: @escaping Git.Log = { _ in },
        gate: Git.Gate? = nil
    ) async throws(RepositoryError) -> Checkout {
        try await inOneKind { try await locate(from: directory, environment, log, gate) }
    }

    /// Proves that a run can start in it.
    package func survey() async throws(RepositoryError) -> Repository {
        try await Self.inOneKind { try await inspect() }
    }

    // The generic machinery of typed throws is avoided here: both kinds of error meet in one untyped function.
    private static func inOneKind<Value: Sendable>(
        _ work: @Sendable () async throws -> Value
    ) async throws(RepositoryError) -> Value {
        do {
            return try await work()
        } catch let error as RepositoryError {
            throw error
        } catch let trouble as Trouble {
            throw .trouble(trouble)
        } catch {
            throw .trouble(Trouble("\(error)"))
        }
    }

    private static func locate(
        from directory: String,
        _ environment: [String: String],
        _ log: @escaping Git.Log,
        _ gate: Git.Gate?
    ) async throws -> Checkout {
        if let (topLevel, common) = placeByLock(above: directory) {
            return Checkout(topLevel: topLevel, commonDirectory: common, environment: environment, log: log, gate: gate)
        }
        let scout = Git(
            environment: GitEnvironment.engine(from: environment, identity: .fallback),
            log: log,
            gate: gate
        )
        // Somebody waits for a screen: what needs nothing of each other is asked at once.
        async let versionAnswer = scout.run(.init("version", in: directory))
        async let placeAnswer = scout.run(placeRequest(in: directory))
        let version = try await versionAnswer.line
        guard let number = GitVersion(version) else { throw RepositoryError.gitTooOld(found: version) }
        guard number >= Repository.versionMin else { throw RepositoryError.gitTooOld(found: number.text) }
        let answer = try await placeAnswer
        // Without a checkout, git answers the first two questions and refuses the third.
        let bareness = answer.output.starts(with: Array("true\n".utf8))
        guard !bareness else { throw RepositoryError.bare(directory: directory) }
        guard answer.code == 0 else {
            guard answer.errorText.contains("not a git repository") else {
                throw Trouble("git refuses \(directory): \(answer.errorText.trimmingLineEnd)")
            }
            throw RepositoryError.notARepository(directory: Disk.plain(directory))
        }
        // A path may hold line ends, so the one in the middle is asked for alone where the lines do not add up.
        let lines = answer.line.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 3 else {
            throw Trouble("the path of the repository around \(directory) holds a line end: move it to a plain path")
        }
        return Checkout(topLevel: lines[2], commonDirectory: lines[1], environment: environment, log: log, gate: gate)
    }

    /// Where an engine's lock proves that its git has called a plain `.git` folder the shared directory; nil where git is to be asked.
    ///
    /// Whoever steers a run or opens its screen waits for this, and git needs longer to begin than all the rest.
    private static func placeByLock(above directory: String) -> (topLevel: String, common: String)? {
        var folder = Disk.plain(directory)
        while Disk.kind(folder + "/.git") == nil {
            // A folder with these is a git directory itself, for git, whatever lies around it.
            guard Disk.kind(folder + "/HEAD") == nil || Disk.kind(folder + "/objects") == nil,
                let slash = folder.lastIndex(of: "/"), slash > folder.startIndex
            else { return nil }
            folder = String(folder[..<slash])
        }
        let common = folder + "/.git"
        guard Disk.kind(common) == .directory, Disk.isOwn(common), Disk.isOwn(common + "/stretto/lock"),
            let lock = Disk.entry(common + "/stretto/lock"), lock.kind == .file, lock.bytes > 0,
            // `core.worktree` and its like put the root elsewhere.
            let settings = Disk.read(common + "/config"),
            !String(decoding: settings, as: UTF8.self).lowercased().contains("worktree")
        else { return nil }
        return (folder, common)
    }

    /// Whether there is a repository, where its shared directory is, and its checkout.
    private static func placeRequest(in directory: String) -> Git.Request {
        var request = Git.Request(
            "rev-parse",
            "--path-format=absolute",
            "--is-bare-repository",
            "--git-common-dir",
            "--show-toplevel",
            in: directory
        )
        request.answers = [0, 128]
        return request
    }

    private func inspect() async throws -> Repository {
        let scout = Git(
            environment: GitEnvironment.engine(from: environment, identity: .fallback),
            log: log,
            gate: gate
        )
        async let statusAnswer = scout.run(WorkStatus.request(in: topLevel))
        async let refsAnswer = scout.run(
            .init("for-each-ref", "--format=%(refname)", "refs/heads/stretto", in: topLevel)
        )
        async let identityAnswer = identity(scout)
        let status = WorkStatus(try await statusAnswer.output)
        guard let head = status.head else { throw RepositoryError.unborn(directory: topLevel) }
        let inTheWay = try await refsAnswer
        guard !inTheWay.output.split(separator: UInt8(ascii: "\n")).contains(Array("refs/heads/stretto".utf8)[...])
        else { throw RepositoryError.branchInTheWay(directory: topLevel) }

        let identity = try await identityAnswer
        var marked = GitEnvironment.engine(from: environment, identity: identity)
        marked[Repository.markerVariable] = commonDirectory
        return Repository(
            topLevel: topLevel,
            commonDirectory: commonDirectory,
            head: head,
            branch: status.branch,
            changedPaths: status.changedPaths,
            identity: identity,
            git: Git(environment: marked, log: log, gate: gate),
            userGit: Git(environment: GitEnvironment.user(from: environment), log: log, gate: gate),
            programEnvironment: GitEnvironment.withoutRepository(from: environment)
        )
    }

    /// The user's configured name and address; what is missing comes from ``Identity/fallback``.
    private func identity(_ git: Git) async throws -> Identity {
        var request = Git.Request("config", "-z", "--get-regexp", "^user\\.(name|email)$", in: topLevel)
        request.answers = [0, 1]
        var fields = NulSeparated(try await git.run(request).output)
        var identity = Identity.fallback
        while let field = fields.next() {
            let parts = field.split(separator: "\n", maxSplits: 1)
            guard parts.count == 2 else { continue }
            // These would end the name in a commit's header.
            let value = parts[1].filter { !"<>\n".contains($0) }
            if parts[0] == "user.name" { identity.name = value } else { identity.email = value }
        }
        return identity
    }
}
