import StrettoCommand
import StrettoCore
import StrettoGit
import StrettoJournal

/// `rescue`: what every attempt left behind, and the way back to it.
enum RescueCommand {
    static func run(_ options: RescueOptions) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        var runs = try await place.repository.runsWithTraces()
        if let run = options.run {
            guard runs.contains(run) else { throw Refusal("nothing is kept of a run '\(run)': `stretto rescue` lists") }
            runs = [run]
        }
        var trees: [KeptTree] = []
        for run in runs { trees += try await place.repository.keptTrees(of: run, bases: place.bases(of: run)) }
        if let name = options.tree {
            trees = KeptTree.named(name, in: trees)
            guard !trees.isEmpty else { throw Refusal("no kept tree is called '\(name)': `stretto rescue` lists them") }
        }
        switch options.action {
        case .list(let format):
            try await list(trees, options, format, in: place)
        case .branch(let name):
            let tree = try single(trees)
            try await place.repository.makeBranch(name, at: tree.ref.commit)
            Output.line("branch \(name) is at \(tree.ref.commit.short), the tree of \(tree.name) in run \(tree.run)")
        case .export(let folder):
            let tree = try single(trees)
            let path = Workplace.absolute(folder)
            try await place.repository.restore(tree, into: path)
            Output.line("\(path) has the files of \(tree.name) in run \(tree.run)")
        }
        return .goalMet
    }

    private static func single(_ trees: [KeptTree]) throws -> KeptTree {
        guard trees.count == 1 else {
            let names = trees.map { "\($0.name) of run \($0.run)" }.joined(separator: ", ")
            throw Refusal("that could be \(names): name one, with --run RUN where it is needed")
        }
        return trees[0]
    }

    private static func list(
        _ trees: [KeptTree],
        _ options: RescueOptions,
        _ format: DocumentFormat,
        in place: Workplace
    ) async throws {
        let asides = try await asides(options, in: place)
        let repository = try await place.repository
        switch format {
        case .json: try Output.json(Document(trees: trees.map(Document.Tree.init), worktrees: asides))
        case .text:
            let rows = trees.map { tree in
                RescueTable.Tree(
                    run: tree.run,
                    name: tree.name,
                    date: tree.date,
                    fileCount: tree.changes.count,
                    added: tree.changes.reduce(0) { $0 + $1.added },
                    removed: tree.changes.reduce(0) { $0 + $1.removed },
                    place: words(tree, in: repository)
                )
            }
            let table = RescueTable.lines(
                rows,
                aside: asides.map { RescueTable.Aside(path: $0.path, reason: $0.reason) }
            )
            table.forEach(Output.line)
        }
    }

    private static func words(_ tree: KeptTree, in repository: Repository) -> String {
        switch tree.containment {
        case .checkout: "in " + (repository.branch ?? "HEAD")
        case .run: "in " + tree.run.branch
        case .branch: "in another branch"
        case .discarded: "nowhere else, once in " + tree.run.branch
        case .nowhere: "nowhere else"
        }
    }

    /// The worktrees that had to stay; where one tree was asked for, none.
    private static func asides(_ options: RescueOptions, in place: Workplace) async throws -> [Document.Worktree] {
        guard options.tree == nil else { return [] }
        return try await place.repository.leftWorktrees(below: place.paths.worktrees).compactMap { left in
            guard options.run == nil || options.run == left.run else { return nil }
            switch left.kind {
            case .attempt(_, let reason?): return Document.Worktree(path: left.path, run: left.run, reason: reason)
            case .folder:
                return Document.Worktree(path: left.path, run: left.run, reason: "git knows no worktree there")
            case .attempt(_, nil), .merge, .spares, .registration: return nil
            }
        }
    }

    /// The list for programs.
    private struct Document: Encodable {
        let trees: [Tree]
        let worktrees: [Worktree]

        struct Tree: Encodable {
            let ref: String
            let name: String
            let run: RunID
            let task: TaskID?
            let attempt: Int
            let commit: CommitID
            /// Milliseconds since 1970.
            let time: Timestamp
            let files: Int
            let added: Int
            let removed: Int
            /// `checkout`, `run`, `branch`, `discarded` or `nowhere`.
            let contained: String

            init(_ tree: KeptTree) {
                ref = tree.ref.name
                name = tree.name
                run = tree.run
                task = tree.ref.task
                attempt = tree.ref.number
                commit = tree.ref.commit
                time = tree.time
                files = tree.changes.count
                added = tree.changes.reduce(0) { $0 + $1.added }
                removed = tree.changes.reduce(0) { $0 + $1.removed }
                contained = tree.containment.rawValue
            }
        }

        struct Worktree: Encodable {
            let path: String
            let run: RunID
            let reason: String
        }
    }
}
