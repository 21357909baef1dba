internal import StrettoCore

/// A repository inside an attempt's worktree, or files in the place of one.
struct NestedPlace: Hashable, Sendable {
    /// Relative to the worktree's root; `.git/modules/NAME` for a submodule's repository without files.
    var name: String
    /// Its files; nil where only its repository is left.
    var workTree: String?
    /// Its git directory; nil for files in the place of a submodule that was never initialised.
    var gitDirectory: String?
}

/// Looks for repositories inside a worktree, whatever git says of the paths that they lie at.
///
/// One that was made in a folder with tracked files is invisible to `git status`, and so are files in an empty submodule's folder.
struct NestedFinder {
    /// What was found, in the order of the paths.
    private(set) var places: [NestedPlace] = []
    /// Why something may have been missed.
    private(set) var warnings: [String] = []

    /// Walks through `root` but for the `skipped` paths, which are relative, and through the submodules' repositories in `administration`.
    ///
    /// Yields between portions, for a large tree takes its time.
    init(root: String, administration: String, skipping skipped: [String], submodules: [String]) async {
        let skipped = Set(skipped.map { Array($0.utf8.last == UInt8(ascii: "/") ? $0.utf8.dropLast() : $0.utf8[...]) })
        var pending: [[UInt8]] = [[]]
        var count = 0
        while let folder = pending.popLast() {
            count += 1
            if count.isMultiple(of: Self.portion) { await Task.yield() }
            guard count <= Self.foldersMax else {
                warnings.append("more than \(Self.foldersMax) folders: not all were searched for repositories")
                break
            }
            let found = Disk.survey(Array(root.utf8) + (folder.isEmpty ? [] : [UInt8(ascii: "/")] + folder))
            if found.hasGit, !folder.isEmpty { note(folder, root) }
            for name in found.directories {
                let path = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
                if !skipped.contains(path) { pending.append(path) }
            }
        }
        let known = Set(places.map(\.name))
        for path in submodules.sorted() where !known.contains(path) {
            // Without a repository nothing belongs there, so whatever is there would be seen by nobody.
            guard !Disk.names(in: root + "/" + path).isEmpty else { continue }
            places.append(NestedPlace(name: path, workTree: root + "/" + path))
        }
        places.sort { $0.name < $1.name }
        addModules(administration)
        if places.count > Self.placesMax {
            warnings.append("more than \(Self.placesMax) repositories: not all were kept")
            places.removeLast(places.count - Self.placesMax)
        }
    }

    private mutating func note(_ folder: [UInt8], _ root: String) {
        guard let name = String(validating: folder, as: UTF8.self) else {
            warnings.append(
                "a repository in a folder whose name is not UTF-8: " + String(decoding: folder, as: UTF8.self)
            )
            return
        }
        let path = root + "/" + name
        switch Disk.kind(path + "/.git") {
        case .directory where Disk.names(in: path + "/.git").isEmpty: break
        case .file:
            let line = (try? GitDirectory.text(path + "/.git", bytesMax: 8192)) ?? nil
            let target = line.map(\.trimmingLineEnd).flatMap {
                $0.hasPrefix("gitdir: ") ? String($0.dropFirst(8)) : nil
            }
            guard let target else {
                warnings.append("what '\(name)/.git' says names no repository")
                break
            }
            places.append(
                NestedPlace(
                    name: name,
                    workTree: path,
                    gitDirectory: Disk.plain(target.hasPrefix("/") ? target : path + "/" + target)
                )
            )
        default: places.append(NestedPlace(name: name, workTree: path, gitDirectory: path + "/.git"))
        }
    }

    /// Submodules' repositories of which no folder is left.
    private mutating func addModules(_ administration: String) {
        let used = Set(places.compactMap(\.gitDirectory))
        var pending = ["modules"]
        while let next = pending.popLast(), places.count <= Self.placesMax {
            let path = administration + "/" + next
            guard Disk.kind(path + "/HEAD") == nil else {
                if !used.contains(Disk.plain(path)) {
                    places.append(NestedPlace(name: ".git/" + next, gitDirectory: path))
                }
                if Disk.kind(path + "/modules") == .directory { pending.append(next + "/modules") }
                continue
            }
            for name in Disk.names(in: path).reversed() where Disk.kind(path + "/" + name) == .directory {
                pending.append(next + "/" + name)
            }
        }
    }

    private static let portion = 256
    /// Ignored folders are not counted.
    private static let foldersMax = 500_000
    private static let placesMax = 200
}
