package import StrettoCore

/// Why a run cannot start in a place; each one names the way out.
package enum RepositoryError: Error, Hashable, Sendable, CustomStringConvertible {
    case notARepository(directory: String)
    case bare(directory: String)
    /// HEAD has no commit yet.
    case unborn(directory: String)
    case gitTooOld(found: String)
    /// `refs/heads/stretto` leaves no room for `refs/heads/stretto/RUN`.
    case branchInTheWay(directory: String)
    case noSuchCommit(String)
    case trouble(Trouble)

    /// What is wrong, where, and the way out.
    package var description: String {
        switch self {
        case .notARepository(let directory):
            "\(directory) is in no git repository: go to one, or make one with 'git init' and a first commit"
        case .bare(let directory):
            "\(directory) is a bare repository, which has no files to work on: clone it and start there"
        case .unborn(let directory):
            "\(directory) has no commit yet, so a run has nothing to start from: 'git commit --allow-empty -m Begin'"
        case .gitTooOld(let found):
            "git \(found) cannot merge without a checkout: install git \(Repository.versionMin.text) or newer"
        case .branchInTheWay(let directory):
            "\(directory) has a branch 'stretto', so git has no room for 'stretto/RUN':"
                + " rename it with 'git branch -m stretto OTHER'"
        case .noSuchCommit(let name):
            "'\(name)' names no commit here: give a branch, a tag or a commit that 'git log' knows"
        case .trouble(let trouble):
            trouble.message
        }
    }
}
