internal import Glibc

/// Texts as one block in which each ends with a NUL: how arguments and environments cross into C and into keepers' orders.
struct TextBlock {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    init() {}

    /// - Throws: `EINVAL` where a text has a NUL inside, which would silently become two.
    init(_ texts: some Sequence<String>) throws(SystemError) {
        for text in texts { try append(text) }
    }

    /// The environment as sorted `NAME=VALUE`.
    init(environment: [String: String]) throws(SystemError) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")) else { throw SystemError(EINVAL) }
            try append(name + "=" + value)
        }
    }

    mutating func append(_ text: String) throws(SystemError) {
        guard !text.utf8.contains(0) else { throw SystemError(EINVAL) }
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
        count += 1
    }

    mutating func append(_ block: TextBlock) {
        bytes.append(contentsOf: block.bytes)
        count += block.count
    }
}
