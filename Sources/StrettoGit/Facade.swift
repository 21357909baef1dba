internal import StrettoCore

/// A repository of ours that borrows the objects of a nested one and shares nothing else with it.
///
/// An agent may have written the nested repository's settings, hooks and attributes, and git would run what they name. So git is never
/// run in it: its refs are read as files, and this stand-in is what git looks at, with settings of our own.
struct Facade: Sendable {
    /// Absolute; made anew each time.
    let path: String
    let git: Git
    /// The nested repository's files; nil where it has none.
    let workTree: String?

    /// Refs below this one are what a fetch from here takes.
    static let prefix = "refs/kept/"

    init(_ path: String, for place: NestedPlace, _ directory: GitDirectory?, nameLength: Int, git: Git) throws(Trouble)
    {
        self.path = path
        self.git = git
        workTree = place.workTree
        try Disk.removeFolder(path)
        for folder in ["objects/info", "objects/pack", "refs", "info"] { try Disk.makeDirectory(path + "/" + folder) }
        try Disk.write(Array("ref: refs/heads/none\n".utf8), to: path + "/HEAD")
        let format = nameLength == 64 ? "1\n[extensions]\n\tobjectFormat = sha256\n" : "0\n"
        try Disk.write(Array("[core]\n\trepositoryFormatVersion = \(format)".utf8), to: path + "/config")
        guard let directory else { return }
        try Disk.write(
            Array((Self.quoted(directory.objects) + "\n").utf8),
            to: path + "/objects/info/alternates"
        )
        // What its owner wanted to be ignored is nobody's work here either.
        if let excluded = try GitDirectory.text(directory.common + "/info/exclude", bytesMax: Self.excludeBytesMax) {
            try Disk.write(Array(excluded.utf8), to: path + "/info/exclude")
        }
    }

    private static let excludeBytesMax = 1 << 20

    /// A path as git's list of alternates holds it, whatever bytes it has.
    private static func quoted(_ path: String) -> String {
        var text = "\""
        for byte in path.utf8 {
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let octal = String(byte, radix: 8)
                text += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
            }
        }
        return text + "\""
    }

    func request(_ arguments: String...) -> Git.Request {
        var request = Git.Request(in: workTree ?? path)
        request.arguments = arguments
        request.repository = (path, workTree)
        return request
    }

    /// The tree of what is staged, and the one of all files that are not ignored; the folders `leavingOut` hold repositories of their own.
    func trees(_ directory: GitDirectory?, leavingOut: [String]) async throws(Trouble) -> (staged: String, all: String)
    {
        if let directory, let entry = Disk.entry(directory.path + "/index") {
            guard entry.kind == .file else { throw Trouble("its index is no file") }
            try Disk.copyIndex(directory.path + "/index", to: path + "/index")
        }
        let staged = try await git.run(request("write-tree")).line
        // Anew from the tree: flags and times of the old index could hide a change.
        Disk.removeFile(path + "/index")
        _ = try await git.run(request("read-tree", staged))
        var add = request("add", "--all", "--sparse", "--", ".")
        add.arguments += leavingOut.map { ":(top,exclude,literal)" + $0 }
        let text = try await git.run(add).errorText.trimmingLineEnd
        guard text.isEmpty else { throw Trouble("git add: " + text) }
        return (staged, try await git.run(request("write-tree")).line)
    }

    func commit(_ tree: String, parent: CommitID?, message: String, time: Timestamp) async throws(Trouble) -> CommitID {
        var request = request("commit-tree", tree)
        if let parent { request.arguments += ["-p", parent.text] }
        request.input = Array(message.utf8)
        request.time = time
        return CommitID(try await git.run(request).line)
    }

    /// Makes these the facade's refs.
    func write(_ refs: [RefSnapshot.Ref]) throws(Trouble) {
        let lines = refs.map { "\($0.commit) \(Self.prefix)\($0.name)\n" }
        try Disk.write(Array(lines.joined().utf8), to: path + "/packed-refs")
    }
}

extension Git {
    /// The outermost of some commits that are reachable from none of the `known` ones; what is no commit here is passed over.
    ///
    /// `isSafe` adds all refs of the repository to what is known.
    func unreachable(
        _ commits: [CommitID],
        from known: [CommitID],
        refsAreKnown: Bool = false,
        like template: Request
    ) async throws(Trouble) -> [CommitID] {
        guard !commits.isEmpty else { return [] }
        var existing = template
        existing.arguments = ["cat-file", "--batch-check=%(objecttype) %(objectname)"]
        existing.input = Array(commits.map { $0.text + "\n" }.joined().utf8)
        let found = try await run(existing).output.split(separator: UInt8(ascii: "\n")).compactMap { line -> String? in
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            return words.count == 2 && words[0] == "commit" ? String(words[1]) : nil
        }
        guard !found.isEmpty else { return [] }
        var walk = template
        walk.arguments = ["rev-list", "--parents", "--stdin"]
        if refsAreKnown { walk.arguments += ["--single-worktree", "--not", "--all"] }
        walk.input = Array((found + known.map { "^" + $0.text }).map { $0 + "\n" }.joined().utf8)
        let answer = try await run(walk)
        guard !answer.isTruncated else { throw Trouble("more abandoned commits than can be listed") }
        var order: [String] = []
        var parents: Set<String> = []
        for line in answer.output.split(separator: UInt8(ascii: "\n")) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
            order += words.prefix(1)
            parents.formUnion(words.dropFirst())
        }
        return order.filter { !parents.contains($0) }.map { CommitID($0) }
    }
}
