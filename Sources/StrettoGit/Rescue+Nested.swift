internal import StrettoCore

extension Repository {
    /// Brings a kept tree into a folder that does not exist yet: its files, or the repository that lay inside a worktree.
    ///
    /// `folder` is absolute. A repository gets its refs, HEAD, staged and edited files back; what is on none of its refs, such as
    /// abandoned commits, comes under `refs/kept/` of the new one. Hooks and settings are not kept.
    package func restore(_ tree: KeptTree, into folder: String) async throws(RescueError) {
        guard case .nested = tree.ref.remark, let prefix = KeptRef.nestedFolder(of: tree.ref.name) else {
            return try await export(tree.ref.commit, into: folder)
        }
        guard Disk.kind(folder) == nil else { throw .folderExists(folder) }
        do {
            try await makeRepository(
                folder,
                from: prefix,
                [.init(name: tree.ref.name, commit: tree.ref.commit)] + tree.companions
            )
        } catch {
            throw Self.rescueError(error)
        }
    }

    private func makeRepository(_ folder: String, from prefix: String, _ refs: [KeptTree.Companion]) async throws {
        var make = Git.Request("init", "--quiet", "--template=", "--", folder, in: topLevel)
        if head.text.count == 64 { make.arguments.insert("--object-format=sha256", at: 2) }
        _ = try await git.run(make)
        var fetch = Git.Request(
            "-c",
            "protocol.file.allow=always",
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--update-head-ok",
            topLevel,
            in: folder
        )
        func commit(_ name: String) -> CommitID? { refs.first { $0.name == "\(prefix)/\(name)" }?.commit }
        fetch.arguments += refs.map { ref in
            let name = String(ref.name.dropFirst(prefix.count + 1))
            return ref.name + ":" + (name.hasPrefix("refs/") ? name : "refs/kept/" + name)
        }
        _ = try await git.run(fetch)
        if let old = commit("head") {
            let mark = prefix + "/refs/heads/"
            let branches = refs.filter { $0.name.hasPrefix(mark) && $0.commit == old }
            // Which one of two it was on, nobody knows any more.
            _ = try await git.run(
                branches.count == 1
                    ? .init("symbolic-ref", "HEAD", String(branches[0].name.dropFirst(prefix.count + 1)), in: folder)
                    : .init("update-ref", "--no-deref", "HEAD", old.text, in: folder)
            )
        }
        guard let work = commit("work") ?? commit("head") else { return }
        _ = try await git.run(.init("read-tree", "--reset", "-u", work.text, in: folder))
        let staged = commit("staged") ?? commit("head")
        _ = try await git.run(.init("read-tree", staged?.text ?? "--empty", in: folder))
    }
}
