/// Values that are secret whatever they look like, because a variable with a telling name holds them.
package struct KnownSecrets: Hashable, Sendable {
    /// Nothing but the shapes that ``Secrets`` knows.
    package static let none = KnownSecrets(values: [])

    /// Shorter values are words that stand everywhere.
    private static let valueBytesMin = 6
    /// Longer ones are files, of which nobody prints the whole.
    private static let valueBytesMax = 8192
    private static let valueCountMax = 1000

    /// By their first byte, the longest first; empty where there is none at all.
    private let values: [[[UInt8]]]
    /// Where to look for them and for the shapes.
    let triggers: SecretTriggers

    private init(values: [[UInt8]]) {
        let sorted = values.prefix(Self.valueCountMax).sorted { $0.count > $1.count }
        var table: [[[UInt8]]] = sorted.isEmpty ? [] : Array(repeating: [], count: 256)
        for value in sorted { table[Int(value[0])].append(value) }
        self.values = table
        triggers = SecretScanner.triggers.adding(signs: sorted.map { $0[0] })
    }

    /// What the variables of an environment hold whose names say that it is secret; paths and flags are not.
    package init(environment: [String: String], and variables: [EnvironmentVariable] = []) {
        let named = environment.sorted { $0.key < $1.key }.map { EnvironmentVariable(name: $0.key, value: $0.value) }
        let values = (named + variables).compactMap { variable -> [UInt8]? in
            let value = Array(variable.value.utf8)
            guard Secrets.isTelling(variable.name), value.first != UInt8(ascii: "/"),
                (Self.valueBytesMin...Self.valueBytesMax).contains(value.count)
            else { return nil }
            return value
        }
        self.init(values: Array(Set(values)))
    }

    /// The same text without these values and whatever else looks like a secret.
    package func mask(_ text: String) -> String {
        let bytes = Array(text.utf8)
        return Secrets.replacing(Secrets.ranges(in: bytes, known: self), in: text, bytes)
    }

    /// The value that stands here, if one does.
    func value(at place: Int, in bytes: [UInt8]) -> Range<Int>? {
        guard !values.isEmpty else { return nil }
        for value in values[Int(bytes[place])] where bytes[place...].starts(with: value) {
            return place..<place + value.count
        }
        return nil
    }
}

/// Covers secrets in a stream of bytes, byte by byte, so that every place in it stays what it is.
///
/// A secret that begins at the very end of one piece is covered from where it can be told to be one.
package struct SecretCover: Sendable {
    /// So much of what came before is looked at again: more than a private key has.
    private static let contextBytesMax = 4096

    private let known: KnownSecrets
    private var context: [UInt8] = []

    package init(_ known: KnownSecrets) { self.known = known }

    /// The next bytes, with stars in place of the bodies of secrets; line ends stay.
    package mutating func cover(_ bytes: [UInt8]) -> [UInt8] {
        let whole = context + bytes
        var covered = bytes
        for range in Secrets.ranges(in: whole, known: known) {
            for place in range.clamped(to: context.count..<whole.count) where whole[place] != UInt8(ascii: "\n") {
                covered[place - context.count] = UInt8(ascii: "*")
            }
        }
        context = Array(whole.suffix(Self.contextBytesMax))
        return covered
    }
}
