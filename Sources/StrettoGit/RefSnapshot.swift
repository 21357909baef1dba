internal import StrettoCore

/// The refs of a repository at one moment, in the order of their names.
struct RefSnapshot: Hashable, Sendable {
    struct Ref: Hashable, Sendable {
        var name: String
        var commit: CommitID
    }

    var refs: [Ref]

    init(refs: [Ref]) { self.refs = refs }

    /// From lines of `%(objectname) %(refname)`; a ref name holds neither spaces nor line ends.
    init(_ output: [UInt8]) {
        refs = output.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let text = String(decoding: line, as: UTF8.self)
            guard let space = text.firstIndex(of: " ") else { return nil }
            return Ref(name: String(text[text.index(after: space)...]), commit: CommitID(String(text[..<space])))
        }
    }

    subscript(name: String) -> CommitID? { refs.first { $0.name == name }?.commit }

    /// The refs whose change by an agent concerns a reviewer: neither the engine's own nor remote-tracking ones.
    var watched: RefSnapshot {
        RefSnapshot(
            refs: refs.filter { ref in
                !["refs/stretto/", "refs/heads/stretto/", "refs/remotes/"].contains { ref.name.hasPrefix($0) }
            }
        )
    }

    /// What happened between `earlier` and this moment, a sentence for each ref, at most ``sentencesMax``.
    func findings(since earlier: RefSnapshot) -> [String] {
        let before = Dictionary(earlier.refs.map { ($0.name, $0.commit) }) { first, _ in first }
        let now = Dictionary(refs.map { ($0.name, $0.commit) }) { first, _ in first }
        var sentences: [String] = []
        for ref in refs where before[ref.name] != ref.commit {
            let what = ref.name == "refs/stash" ? "the stash" : ref.name
            sentences.append(
                before[ref.name] == nil
                    ? "\(what) was created in the shared repository while the task ran (\(ref.commit.short))"
                    : "\(what) was moved in the shared repository while the task ran (now \(ref.commit.short))"
            )
        }
        for ref in earlier.refs where now[ref.name] == nil {
            let what = ref.name == "refs/stash" ? "the stash" : ref.name
            sentences.append(
                "\(what) was deleted from the shared repository while the task ran (was \(ref.commit.text))"
            )
        }
        guard sentences.count > Self.sentencesMax else { return sentences }
        return sentences.prefix(Self.sentencesMax) + ["and \(sentences.count - Self.sentencesMax) more refs changed"]
    }

    static let sentencesMax = 20
}
