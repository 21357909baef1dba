package import StrettoCore
internal import StrettoProcess

/// A user's git repository that a run may start in: found once, then only asked.
package struct Repository: Sendable {
    /// The root of the checkout, absolute.
    package let topLevel: String
    /// The directory that all worktrees share, absolute: `.git` of an ordinary clone.
    package let commonDirectory: String
    /// The commit that is checked out.
    package let head: CommitID
    /// Without `refs/heads/`; nil where HEAD is detached.
    package let branch: String?
    /// How many paths of the checkout differ from HEAD, untracked ones included: what a run from HEAD will not have.
    package var changedPathCount: Int { changedPaths.count }
    /// Those paths, relative to the root.
    package let changedPaths: [String]

    let identity: Identity
    /// The engine's own calls.
    let git: Git
    /// Calls in the user's name.
    let userGit: Git
    /// For setup commands and copies.
    let programEnvironment: [String: String]

    /// Where the engine keeps its state: below the common directory, in no worktree.
    package var stateDirectory: String { commonDirectory + "/stretto" }

    /// Finds the repository around `directory` and proves that a run can start in it.
    ///
    /// Git and the programs in worktrees inherit `environment`, less git's own repository variables. A `gate` is for tests.
    package static func discover(
        from directory: String,
        environment: [String: String] = Environment.current(),
        log: @escaping Git.Log = { _ in },
        gate: Git.Gate? = nil
    ) async throws(RepositoryError) -> Repository {
        do {
            return try await find(from: directory, environment: environment, log: log, gate: gate)
        } catch let error as RepositoryError {
            throw error
        } catch let trouble as Trouble {
            throw .trouble(trouble)
        } catch {
            throw .trouble(Trouble("\(error)"))
        }
    }

    /// The full name of the commit that a branch, tag or any other expression means.
    package func resolve(_ commitish: String) async throws(RepositoryError) -> CommitID {
        do {
            let answer = try await git.run(
                .init("rev-parse", "--verify", "--end-of-options", commitish + "^{commit}", in: topLevel)
            )
            return CommitID(answer.line)
        } catch {
            throw .noSuchCommit(commitish)
        }
    }

    /// Whether a commit is the other one or lies in its history.
    package func contains(_ commit: CommitID, in head: CommitID) async throws(Trouble) -> Bool {
        var request = Git.Request("merge-base", "--is-ancestor", commit.text, head.text, in: topLevel)
        request.answers = [0, 1]
        return try await git.run(request).code == 0
    }

    // The generic machinery of typed throws is avoided here: both kinds of error meet in one untyped function.
    private static func find(
        from directory: String,
        environment: [String: String],
        log: @escaping Git.Log,
        gate: Git.Gate?
    ) async throws -> Repository {
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
        guard number >= versionMin else { throw RepositoryError.gitTooOld(found: number.text) }
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
        return try await inspect(common: lines[1], topLevel: lines[2], environment: environment, log: log, gate: gate)
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

    private static func inspect(
        common: String,
        topLevel: String,
        environment: [String: String],
        log: @escaping Git.Log,
        gate: Git.Gate?
    ) async throws -> Repository {
        let scout = Git(
            environment: GitEnvironment.engine(from: environment, identity: .fallback),
            log: log,
            gate: gate
        )
        async let statusAnswer = scout.run(
            .init(
                "status",
                "--porcelain=v2",
                "-z",
                "--branch",
                "--no-renames",
                "--untracked-files=all",
                in: topLevel
            )
        )
        async let refsAnswer = scout.run(
            .init("for-each-ref", "--format=%(refname)", "refs/heads/stretto", in: topLevel)
        )
        async let identityAnswer = identity(scout, in: topLevel)
        let status = WorkStatus(try await statusAnswer.output)
        guard let head = status.head else { throw RepositoryError.unborn(directory: topLevel) }
        let inTheWay = try await refsAnswer
        guard !inTheWay.output.split(separator: UInt8(ascii: "\n")).contains(Array("refs/heads/stretto".utf8)[...])
        else { throw RepositoryError.branchInTheWay(directory: topLevel) }

        let identity = try await identityAnswer
        var marked = GitEnvironment.engine(from: environment, identity: identity)
        marked[markerVariable] = common
        return Repository(
            topLevel: topLevel,
            commonDirectory: common,
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
    private static func identity(_ git: Git, in directory: String) async throws -> Identity {
        var request = Git.Request("config", "-z", "--get-regexp", "^user\\.(name|email)$", in: directory)
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

/// The numbers of a git release.
struct GitVersion: Hashable, Comparable {
    var major: Int
    var minor: Int

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// From `git version 2.39.5 (Apple Git-154)` and the like.
    init?(_ line: String) {
        guard let word = line.split(separator: " ").first(where: { $0.first?.isNumber == true }) else { return nil }
        let numbers = word.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        self.init(major: numbers[0], minor: numbers[1])
    }

    var text: String { "\(major).\(minor)" }

    static func < (left: GitVersion, right: GitVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}

extension Repository {
    /// The first release with `git merge-tree --write-tree`.
    static let versionMin = GitVersion(major: 2, minor: 38)
}
