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

    /// Finds the repository around `directory` and proves that a run can start in it; see ``Checkout``.
    package static func discover(
        from directory: String,
        environment: [String: String] = Environment.current(),
        log: @escaping Git.Log = { _ in },
        gate: Git.Gate? = nil
    ) async throws(RepositoryError) -> Repository {
        try await Checkout.find(from: directory, environment: environment, log: log, gate: gate).survey()
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
