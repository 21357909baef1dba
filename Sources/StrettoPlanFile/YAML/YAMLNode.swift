/// One value of a YAML file: its content and the bytes that it was read from.
///
/// An alias is the very node that it names, so one node may stand in several places.
final class YAMLNode: Sendable {
    enum Content: Sendable {
        /// The text as written, after unquoting and unfolding. YAML's own ideas of numbers and booleans play no part.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable {
        let key: String
        let keySpan: ByteSpan
        let value: YAMLNode
        /// Where the value is written here: for an alias, the alias and not what it names.
        let valueSpan: ByteSpan
        /// Whether a merge key brought it, so that nothing of it is written here.
        var isMerged = false
    }

    let content: Content
    let span: ByteSpan
    /// Whether it is a mapping in braces.
    let isFlow: Bool
    /// How many levels of collections begin here; 0 for a scalar.
    let height: Int
    /// How many nodes this one stands for, itself included, each alias counted in full.
    let weight: Int

    init(_ content: Content, span: ByteSpan, isFlow: Bool = false) {
        self.content = content
        self.span = span
        self.isFlow = isFlow
        switch content {
        case .scalar:
            height = 0
            weight = 1
        case .sequence(let items):
            height = 1 + items.reduce(0) { max($0, $1.height) }
            weight = items.reduce(1) { $0 + $1.weight }
        case .mapping(let entries):
            height = 1 + entries.reduce(0) { max($0, $1.value.height) }
            weight = entries.reduce(1) { $0 + 1 + $1.value.weight }
        }
    }

    /// Whether this is an empty value, `~` or `null`, none of them in quotes.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What kind of value this is, for messages: `a list`.
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
