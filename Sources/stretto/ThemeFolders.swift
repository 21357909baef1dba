import FoundationEssentials
import Glibc
import StrettoBoard
import StrettoProcess

/// Where a user's own themes lie, and what is there.
struct ThemeFolders {
    /// In the order in which they count.
    let paths: [String]
    private let home: String

    init(environment: [String: String]) {
        home = environment["HOME"] ?? ""
        var paths: [String] = []
        if let folder = FoundConfiguration.userFolder(environment) { paths.append(folder + "/themes") }
        if let folder = environment["XDG_DATA_HOME"], folder.hasPrefix("/") {
            paths.append(folder + "/stretto/themes")
        } else if !home.isEmpty {
            paths.append(home + "/.local/share/stretto/themes")
        }
        self.paths = paths
    }

    /// The built-in themes and those that lie in the folders.
    func shelf() -> ThemeShelf {
        ThemeShelf(
            own: paths.flatMap { folder in
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                return names.sorted().filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.prefix(ThemeShelf.filesMax)
                    .compactMap { name in
                        let path = folder + "/" + name
                        return Self.text(of: path).map { (String(name.dropLast(".yaml".count)), short(path), $0) }
                    }
            }
        )
    }

    /// A theme's text, no more of it than shows that it is too long; nil where it cannot be read.
    static func text(of path: String) -> String? {
        // Something that is no file must not keep us waiting.
        guard let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK),
            let bytes = try? file.read(ThemeFile.bytesMax + 1, at: 0)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A path as people write it.
    func short(_ path: String) -> String {
        !home.isEmpty && path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path
    }
}
