internal import StrettoCore

/// A commit for `git fast-import`: blob, tree and commit from one process, on no ref.
struct CommitStream {
    /// A ref name that exists only while the stream is read.
    var scratchRef: String
    var identity: Identity
    var time: Timestamp
    var message: String
    var parents: [CommitID]
    var tree: TreeID
    /// Put into the tree besides.
    var file: (path: String, bytes: [UInt8])?

    /// The stream; its answer is a line with the commit and one with the tree's entry.
    var bytes: [UInt8] {
        var stream = Array("feature done\ncommit \(scratchRef)\nmark :1\n".utf8)
        let person = "\(identity.name) <\(identity.email)> \(time.milliseconds / 1000) +0000"
        stream += Array("author \(person)\ncommitter \(person)\n".utf8)
        stream += data(Array(message.utf8))
        for (index, parent) in parents.enumerated() {
            stream += Array("\(index == 0 ? "from" : "merge") \(parent)\n".utf8)
        }
        stream += Array("M 040000 \(tree) \"\"\n".utf8)
        if let file {
            stream += Array("M 100644 inline \(file.path)\n".utf8)
            stream += data(file.bytes)
        }
        // The ref was only the way in: without it nothing is left behind.
        let nothing = String(repeating: "0", count: tree.text.count)
        stream += Array("\nreset \(scratchRef)\nfrom \(nothing)\n\nget-mark :1\nls :1 \"\"\ndone\n".utf8)
        return stream
    }

    /// Writes the commit.
    func write(with git: Git, in directory: String) async throws(Trouble) -> (commit: CommitID, tree: TreeID) {
        var request = Git.Request("fast-import", "--quiet", "--done", "--date-format=raw", in: directory)
        request.input = bytes
        let lines = try await git.run(request).line.split(separator: "\n")
        let words = lines.last?.split(whereSeparator: { " \t".contains($0) }) ?? []
        guard lines.count == 2, words.count == 3 else {
            throw Trouble("git fast-import in \(directory) named no commit")
        }
        return (CommitID(String(lines[0])), TreeID(String(words[2])))
    }

    private func data(_ bytes: [UInt8]) -> [UInt8] { Array("data \(bytes.count)\n".utf8) + bytes + Array("\n".utf8) }
}
