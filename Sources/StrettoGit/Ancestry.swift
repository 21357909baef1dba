package import StrettoCore

/// What the history of a commit has of an earlier run.
extension Repository {
    /// Those of the commits that are `head` or lie in its history; one that git no longer has does not.
    package func contained(_ commits: [CommitID], in head: CommitID) async throws(Trouble) -> Set<CommitID> {
        guard !commits.isEmpty else { return [] }
        var ask = Git.Request("cat-file", "--batch-check=%(objectname) %(objecttype)", in: topLevel)
        ask.input = Self.lines(commits.map(\.text))
        let answers = String(decoding: try await git.run(ask).output, as: UTF8.self).split(separator: "\n")
        let known = answers.filter { $0.hasSuffix(" commit") }.map { String($0.prefix { $0 != " " }) }
        guard !known.isEmpty else { return [] }
        var walk = Git.Request("rev-list", "--stdin", in: topLevel)
        walk.input = Self.lines(known + ["^" + head.text])
        let outside = String(decoding: try await git.run(walk).output, as: UTF8.self).split(separator: "\n")
        return Set(known.map { CommitID($0) }).subtracting(outside.map { CommitID(String($0)) })
    }

    /// Whether everything of `tip` is in `head`, by its history or because merging it would change nothing.
    package func holds(_ tip: CommitID, in head: CommitID) async throws(Trouble) -> Bool {
        guard try await !contained([tip], in: tip).isEmpty else { return false }
        return try await hasEverything(of: tip, in: head)
    }

    /// The messages of the commits since `base` up to `head` that have this very line, newest first; none where `base` is gone.
    package func messages(
        with line: String,
        since base: CommitID,
        upTo head: CommitID
    ) async throws(Trouble) -> [String] {
        var request = Git.Request(
            "log",
            "-z",
            "--format=%B",
            "--fixed-strings",
            "--grep=" + line,
            head.text,
            "^" + base.text,
            in: topLevel
        )
        request.answers = [0, 128]
        let answer = try await git.run(request)
        guard answer.code == 0 else { return [] }
        var fields = NulSeparated(answer.output)
        return fields.remaining().filter { $0.split(separator: "\n").contains(line[...]) }
    }

    private static func lines(_ texts: [String]) -> [UInt8] { Array((texts.joined(separator: "\n") + "\n").utf8) }
}
