package import StrettoCore

/// A ref of ours from which not all of its history and files can be read.
package struct BrokenRef: Hashable, Sendable {
    package var name: String
    /// Git's own words.
    package var complaint: String
}

extension Repository {
    /// How many refs of ours there are, and those whose commits or files are missing or damaged, in the order of their names.
    ///
    /// Only what the checkout's history does not hold is walked, so that it takes a moment also in a large repository.
    package func refHealth() async throws(Trouble) -> (count: Int, broken: [BrokenRef]) {
        let answer = try await ownRefs()
        // A ref that holds no object name at all is left out of the answer and complained about.
        let mark = "ignoring broken ref "
        var broken = answer.errorText.split(separator: "\n").compactMap { line in
            line.range(of: mark).map {
                BrokenRef(name: String(line[$0.upperBound...]), complaint: "it names no object")
            }
        }
        let refs = RefSnapshot(answer.output).refs
        if try await complaint(about: refs.map(\.commit)) != nil {
            for ref in refs {
                guard let text = try await complaint(about: [ref.commit]) else { continue }
                broken.append(BrokenRef(name: ref.name, complaint: text))
            }
        }
        return (refs.count + broken.count { entry in !refs.contains { $0.name == entry.name } }, broken)
    }

    /// Git's list of all refs of ours: branches of runs, and what is kept.
    func ownRefs() async throws(Trouble) -> Git.Answer {
        let format = "--format=%(objectname) %(refname)"
        return try await git.run(.init("for-each-ref", format, "refs/stretto/", "refs/heads/stretto/", in: topLevel))
    }

    /// What git says against the objects that are reachable from the commits; nil: nothing.
    private func complaint(about commits: [CommitID]) async throws(Trouble) -> String? {
        guard !commits.isEmpty else { return nil }
        var request = Git.Request("rev-list", "--objects", "--quiet", "--stdin", in: topLevel)
        request.input = Array((commits.map(\.text) + ["^" + head.text]).joined(separator: "\n").utf8) + [0x0A]
        request.answers = [0, 1, 128]
        let answer = try await git.run(request)
        guard answer.code != 0 else { return nil }
        let line = answer.errorText.split(separator: "\n").first.map(String.init)
        return line ?? "git rev-list ended with code \(answer.code)"
    }

    /// The version of the `git` on PATH, such as `2.39`, and whether it is new enough; nil where there is none.
    package static func gitVersion(
        environment: [String: String]
    ) async -> (text: String, minimum: String, isEnough: Bool)? {
        let git = Git(environment: GitEnvironment.engine(from: environment, identity: .fallback), log: { _ in })
        guard let line = try? await git.run(.init("version", in: "/")).line, let version = GitVersion(line) else {
            return nil
        }
        return (version.text, versionMin.text, version >= versionMin)
    }
}

extension StringProtocol {
    /// Where `text` occurs first.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
