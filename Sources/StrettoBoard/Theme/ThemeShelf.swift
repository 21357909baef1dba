import StrettoCore

/// The themes that there are, by the names of their files: the user's own stand before the built-in ones of the same name.
package struct ThemeShelf: Sendable {
    /// Where a theme comes from.
    package enum Origin: Hashable, Sendable {
        case builtIn
        case file(String)
    }

    /// One theme, or why it is none.
    package struct Entry: Sendable {
        /// The file's name without its ending.
        package let id: String
        package let origin: Origin
        package let reading: Result<ThemeFile, ThemeError>

        /// A file's theme.
        package init(id: String, path: String, text: String) { self.init(id: id, origin: .file(path), text: text) }

        fileprivate init(id: String, origin: Origin, text: String) {
            self.id = id
            self.origin = origin
            do throws(ThemeError) {
                reading = .success(try ThemeFile.parse(text))
            } catch {
                reading = .failure(error)
            }
        }
    }

    /// How many files are read of a folder.
    package static let filesMax = 200
    /// How many themes one can extend, each the next.
    package static let basesMax = 8

    /// By name; the built-in ones first, in their own order.
    package private(set) var entries: [Entry]

    /// The built-in themes and the user's, of which those that come first count.
    package init(own files: [(id: String, path: String, text: String)] = []) {
        entries = Theme.builtInTexts.map { Entry(id: $0.id, origin: .builtIn, text: $0.text) }
        var taken: Set<String> = []
        for file in files where taken.insert(file.id).inserted {
            let own = Entry(id: file.id, path: file.path, text: file.text)
            if let index = entries.firstIndex(where: { $0.id == file.id }) {
                entries[index] = own
            } else {
                entries.append(own)
            }
        }
    }

    /// The theme of that name.
    ///
    /// A theme that extends its own name extends the built-in one.
    package func theme(_ id: String) throws(ThemeShelfError) -> Theme {
        guard let entry = entries.first(where: { $0.id == id }) else {
            throw .unknown(id, nearest: NearestName.suggestion(for: id, among: entries.map(\.id)))
        }
        return try theme(of: entry)
    }

    /// The theme of an entry, which need not stand on the shelf.
    package func theme(of entry: Entry) throws(ThemeShelfError) -> Theme {
        var chain = [(origin: entry.origin, file: try reading(of: entry))]
        var last = entry
        while let base = chain[chain.count - 1].file.base {
            let line = chain[chain.count - 1].file.baseLine
            guard let next = self.base(base, of: last) else {
                let nearest = NearestName.suggestion(for: base, among: entries.map(\.id))
                throw .broken(last.origin, .unknownBase(line: line, name: base, nearest: nearest))
            }
            guard chain.count <= Self.basesMax else {
                throw .broken(last.origin, .endless(line: line, max: Self.basesMax))
            }
            chain.append((next.origin, try reading(of: next)))
            last = next
        }
        // From the outermost inwards, so that a mistake is told of the file that has it.
        var theme: Theme?
        for (index, link) in chain.enumerated().reversed() {
            do throws(ThemeError) {
                theme = try link.file.theme(over: chain[(index + 1)...].map(\.file))
            } catch {
                throw .broken(link.origin, error)
            }
        }
        guard let theme else { preconditionFailure("a chain of themes has at least one, and '\(entry.id)' has none") }
        return theme
    }

    /// What an entry extends: never itself.
    private func base(_ id: String, of entry: Entry) -> Entry? {
        if id == entry.id {
            guard entry.origin != .builtIn, let text = Theme.builtInTexts.first(where: { $0.id == id }) else {
                return nil
            }
            return ThemeShelf().entries.first { $0.id == text.id }
        }
        return entries.first { $0.id == id }
    }

    private func reading(of entry: Entry) throws(ThemeShelfError) -> ThemeFile {
        switch entry.reading {
        case .success(let file): return file
        case .failure(let error): throw .broken(entry.origin, error)
        }
    }
}

/// Why a theme cannot be had, in a sentence with a way out.
package enum ThemeShelfError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknown(String, nearest: String?)
    case broken(ThemeShelf.Origin, ThemeError)

    package var description: String {
        switch self {
        case .unknown(let name, let nearest):
            "there is no theme '\(name)'"
                + (nearest.map { ": did you mean '\($0)'?" } ?? ": 'stretto theme' lists them")
        case .broken(.file(let path), let error): "\(path):\(error)"
        case .broken(.builtIn, let error): "a built-in theme: \(error)"
        }
    }
}

extension Theme {
    /// A theme that the program brings.
    package static func builtIn(_ id: String) -> Theme {
        do throws(ThemeShelfError) {
            return try ThemeShelf().theme(id)
        } catch {
            preconditionFailure("the built-in theme \(id) cannot be read: \(error)")
        }
    }

    /// The default theme on dark.
    package static let slateHarbor = builtIn("slate-harbor")
}
