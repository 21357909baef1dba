internal import StrettoCore

/// Listing refs as often as attempts need it, in a repository in which thousands of kept trees have refs of their own.
extension GitWorktrees {
    /// All refs but remote-tracking ones and those of other tasks' kept trees, which no question about an attempt concerns.
    func refs(around attempt: AttemptID) async throws(Trouble) -> RefSnapshot {
        var request = Git.Request("for-each-ref", "--format=%(objectname) %(refname)", in: repository.topLevel)
        if let spaces = refSpaces() {
            request.arguments += [names.keptFolder(attempt.task)] + spaces.map { "refs/" + $0 }
        }
        return RefSnapshot(try await git.run(request).output)
    }

    /// ``refs(around:)`` for a child task, which cannot carry a typed error.
    func listRefs(around attempt: AttemptID) async -> Result<RefSnapshot, Trouble> {
        do throws(Trouble) {
            return .success(try await refs(around: attempt))
        } catch {
            return .failure(error)
        }
    }

    /// The first parts of the names of all refs that anybody may have made, without `refs/`; nil where only git can tell.
    private func refSpaces() -> [String]? {
        let common = repository.commonDirectory
        guard Disk.kind(common + "/reftable") == nil else { return nil }
        // Files before packed ones, as git does: a ref that is packed meanwhile is seen at least once.
        var spaces = Set(Disk.names(in: common + "/refs"))
        let stamp = Disk.stamp(common + "/packed-refs")
        if packedSpaces?.stamp != stamp {
            packedSpaces = (stamp, Self.spaces(ofPacked: Disk.read(common + "/packed-refs") ?? []))
        }
        spaces.formUnion(packedSpaces?.names ?? [])
        // Those that a linked worktree has for itself.
        spaces.formUnion(["heads", "bisect", "worktree", "rewritten"])
        return spaces.subtracting(["stretto", "remotes"]).filter { !$0.hasSuffix(".lock") }.sorted()
    }

    /// From lines of `OID refs/SPACE/...` between comments.
    static func spaces(ofPacked file: [UInt8]) -> Set<String> {
        var spaces: Set<String> = []
        var last: ArraySlice<UInt8> = []
        for line in file.split(separator: UInt8(ascii: "\n")) {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")), line.first != UInt8(ascii: "#") else { continue }
            let name = line[(space + 1)...]
            guard name.starts(with: "refs/".utf8) else { continue }
            let first = name.dropFirst("refs/".utf8.count).prefix { $0 != UInt8(ascii: "/") }
            // They are sorted, so most are like the one before.
            if first == last { continue }
            last = first
            spaces.insert(String(decoding: first, as: UTF8.self))
        }
        return spaces
    }
}
