/// One line of a keys file, with the places that a complaint about it is about.
package struct KeysEntry: Hashable, Sendable {
    /// Where the keys count, such as `board`.
    package let place: String
    package let placePosition: Position
    package let action: String
    package let position: Position
    /// The names of the keys; empty: none.
    package let keys: [String]
    package let keyPositions: [Position]
}

/// A keys file as read: what it wishes, and what of it is no wish.
package struct KeysReading: Sendable {
    /// In the order written.
    package let entries: [KeysEntry]
    /// In the order of their positions.
    package let problems: [PlanProblem]
}

/// Reads `keys.yaml`, in which a person gives the board's actions other keys; which actions and keys there are is not its business.
package enum KeysFile {
    /// The file's name, in the user's configuration directory.
    package static let name = "keys.yaml"
    /// How large it may be, in bytes.
    package static let bytesMax = 256 << 10

    /// Everything that can be read, and every problem with its place.
    package static func read(_ bytes: [UInt8]) -> KeysReading {
        guard bytes.count <= bytesMax else {
            let message = "the file has \(bytes.count) bytes, and \(name) may have \(bytesMax)"
            return KeysReading(
                entries: [],
                problems: [PlanProblem(.error, at: .start, message, fix: "make it shorter")]
            )
        }
        let source = SourceText(bytes)
        var problems = source.problems
        var entries: [KeysEntry] = []
        if !problems.contains(where: { $0.severity == .error }) {
            do throws(PlanProblem) {
                var builder = YAMLTreeBuilder(source)
                let root = try builder.build()
                var reader = PlanReader(source: source, knownRoles: nil, configuration: nil)
                entries = reader.readKeys(root)
                problems += builder.problems + reader.problems
            } catch {
                problems.append(error)
            }
        }
        return KeysReading(entries: entries, problems: problems.sorted(by: PlanProblem.precedes))
    }
}

extension PlanReader {
    fileprivate mutating func readKeys(_ root: YAMLNode?) -> [KeysEntry] {
        guard let root, !root.isNull else { return [] }
        guard let top = Fields(root, owner: KeysFile.name) else {
            let message = "\(KeysFile.name) is a mapping, not \(root.kind)"
            report(.error, at: root, message, fix: "begin with 'board:' and an indented line such as 'retry: F5'")
            return []
        }
        return top.entries.flatMap { entry -> [KeysEntry] in
            guard !entry.value.isNull else { return [] }
            guard let fields = Fields(entry.value, owner: quoted(entry.key)) else {
                let message = "\(quoted(entry.key)) must be a mapping, not \(entry.value.kind)"
                report(.error, at: entry.value, message, fix: "put 'action: key' on the next line, indented")
                return []
            }
            let position = source.position(ofByte: entry.keySpan.lower)
            return fields.entries.compactMap { readKeys(of: $0, in: fields, entry.key, at: position) }
        }
    }

    private mutating func readKeys(
        of entry: YAMLNode.Entry,
        in fields: Fields,
        _ place: String,
        at placePosition: Position
    ) -> KeysEntry? {
        guard let field = fields[entry.key] else {
            report(.error, at: entry.value, "\(quoted(entry.key)) has no key", fix: "name one, or write [] for none")
            return nil
        }
        let keys = texts(field)
        // What is no list of texts has been reported.
        if keys.isEmpty {
            guard case .sequence(let items) = field.node.content, items.isEmpty else { return nil }
        }
        return KeysEntry(
            place: place,
            placePosition: placePosition,
            action: entry.key,
            position: source.position(ofByte: entry.keySpan.lower),
            keys: keys.map(\.text),
            keyPositions: keys.map { source.position(ofByte: $0.node.span.lower) }
        )
    }
}
