/// A mapping of a plan, together with the words that messages use for it.
struct Fields {
    let node: YAMLNode
    let entries: [YAMLNode.Entry]
    /// What this mapping is, as in `task '1.2'`.
    let owner: String

    /// Nil where `node` is no mapping.
    init?(_ node: YAMLNode, owner: String) {
        guard case .mapping(let entries) = node.content else { return nil }
        self.node = node
        self.entries = entries
        self.owner = owner
    }

    /// The value of a key; nil where the key is missing or has no value.
    subscript(key: String) -> Field? {
        for entry in entries where entry.key == key {
            return entry.value.isNull ? nil : Field(node: entry.value, key: key, owner: owner)
        }
        return nil
    }

    func contains(_ key: String) -> Bool { entries.contains { $0.key == key } }
}

/// One value of a plan, together with the words that messages use for it.
struct Field {
    let node: YAMLNode
    let key: String
    let owner: String

    /// `'timeout' of task '1.2'`.
    var name: String { "'\(key)' of \(owner)" }

    /// The same words for a part of this value.
    func part(_ node: YAMLNode) -> Field { Field(node: node, key: key, owner: owner) }
}
