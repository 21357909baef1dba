internal import StrettoCore

/// What decides the bytes of a checkout besides its commit: two checkouts of one commit by the same rules are the same.
///
/// The commit's own `.gitattributes` are no part of it: ``Inventory/attributes`` has those.
struct CheckoutRules: Hashable, Sendable {
    /// All settings that hold in the worktree, as `git config --list -z` prints them.
    var settings: [UInt8]
    /// Contents of the attribute files outside the commit; nil where there is none.
    var attributes: [[UInt8]?]
    /// Objects that stand for others.
    var replacements: [RefSnapshot.Ref]

    /// Whether files come from programs that may answer otherwise the next time.
    ///
    /// Said by the word alone: an attribute can get its filter by way of a macro.
    func mayFilter(with inTree: Set<[UInt8]>) -> Bool {
        let word = Array("filter".utf8)
        return (attributes.compactMap(\.self) + inTree).contains { $0.contains(word) }
    }
}

extension GitWorktrees {
    /// The rules by which git fills a worktree that is registered at `path`.
    func rules(in path: String, _ refs: RefSnapshot) async throws(Trouble) -> CheckoutRules {
        let settings = try await git.run(.init("config", "--list", "-z", in: path)).output
        let home = repository.programEnvironment["HOME"] ?? ""
        let configuration = repository.programEnvironment["XDG_CONFIG_HOME"] ?? home + "/.config"
        var files = [
            repository.commonDirectory + "/info/attributes", "/etc/gitattributes", configuration + "/git/attributes",
        ]
        let mark = "core.attributesfile\n"
        var fields = NulSeparated(settings)
        for field in fields.remaining() where field.hasPrefix(mark) {
            let name = String(field.dropFirst(mark.count))
            files.append(name.hasPrefix("~/") ? home + name.dropFirst(1) : name)
        }
        return CheckoutRules(
            settings: settings,
            attributes: files.map { Disk.read($0) },
            replacements: refs.refs.filter { $0.name.hasPrefix("refs/replace/") }
        )
    }
}

extension [UInt8] {
    /// Whether the bytes hold `part` somewhere.
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        guard let first = part.first, count >= part.count else { return false }
        return (0...(count - part.count)).contains { index in
            self[index] == first && self[index..<(index + part.count)].elementsEqual(part)
        }
    }
}
