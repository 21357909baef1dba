internal import Glibc
package import StrettoCore

/// Why a kept tree was not brought back; nothing was changed then, and each case names the way out.
package enum RescueError: Error, Hashable, Sendable, CustomStringConvertible {
    case badBranchName(String)
    case branchOfARun(String)
    case branchExists(String)
    case folderExists(String)
    case trouble(Trouble)

    /// What is wrong, where, and the way out.
    package var description: String {
        switch self {
        case .badBranchName(let name): "'\(name)' is no name for a branch: use letters, digits and hyphens"
        case .branchOfARun(let name): "'\(name)' would be taken for a run's branch: choose a name outside of stretto/"
        case .branchExists(let name): "there is a branch '\(name)' already: choose another name"
        case .folderExists(let path): "'\(path)' is there already, and nothing is written over: name a new folder"
        case .trouble(let trouble): trouble.message
        }
    }
}

extension Repository {
    /// Makes a branch of a kept tree; the branch must not exist.
    package func makeBranch(_ name: String, at commit: CommitID) async throws(RescueError) {
        guard name != "stretto", !name.hasPrefix("stretto/") else { throw .branchOfARun(name) }
        do {
            var check = Git.Request("check-ref-format", "--branch", name, in: topLevel)
            check.answers = [0, 1, 128]
            guard !name.isEmpty, !name.hasPrefix("-"), try await git.run(check).line == name else {
                throw RescueError.badBranchName(name)
            }
            let ref = "refs/heads/" + name
            var existing = Git.Request("show-ref", "--verify", "--quiet", ref, in: topLevel)
            existing.answers = [0, 1]
            guard try await git.run(existing).code == 1 else { throw RescueError.branchExists(name) }
            // The empty old value demands that nobody was faster.
            _ = try await git.run(
                .init("update-ref", "-m", "stretto: rescue", ref, commit.text, "", in: topLevel)
            )
        } catch {
            throw Self.rescueError(error)
        }
    }

    /// Writes the files of a kept tree into a folder that does not exist yet; `folder` is absolute.
    ///
    /// Filters and line ends apply as in a checkout. The folder belongs to no repository, and the user's index stays as it is.
    package func export(_ commit: CommitID, into folder: String) async throws(RescueError) {
        guard Disk.kind(folder) == nil else { throw .folderExists(folder) }
        let index = stateDirectory + "/export-\(getpid()).index"
        do {
            try Disk.makeDirectory(stateDirectory)
            try Disk.makeDirectory(folder)
            defer { Disk.removeFile(index) }
            var request = Git.Request("--work-tree=" + folder, "read-tree", "--reset", "-u", commit.text, in: topLevel)
            request.index = index
            _ = try await git.run(request)
        } catch {
            throw Self.rescueError(error)
        }
    }

    static func rescueError(_ error: any Error) -> RescueError {
        switch error {
        case let error as RescueError: error
        case let trouble as Trouble: .trouble(trouble)
        default: .trouble(Trouble("\(error)"))
        }
    }
}
