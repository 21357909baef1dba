/// Values by the names of a folder's entries, in as little memory as they need: there is one for each folder of each worktree.
///
/// A dictionary of byte arrays takes three times as much.
struct NameTable<Value: Sendable>: Sendable {
    typealias Name = OpenFolder.Name

    /// All names, one behind the other.
    private var bytes: [UInt8] = []
    /// Where each name ends.
    private var ends: [UInt32] = []
    private var values: [Value] = []

    /// The order in which names are appended: by their bytes.
    static func precedes(_ one: Name, _ other: Name) -> Bool { one.lexicographicallyPrecedes(other) }

    /// Adds a name that comes behind all others.
    mutating func append(_ name: Name, _ value: Value) {
        bytes += name
        ends.append(UInt32(truncatingIfNeeded: bytes.count))
        values.append(value)
    }

    /// Gives back the room that was kept for more.
    mutating func close() {
        bytes = bytes.fitted
        ends = ends.fitted
        values = values.fitted
    }

    /// The value of that name; nil where it is unknown.
    subscript(name: Name) -> Value? {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            let here = bytes[(middle == 0 ? 0 : Int(ends[middle - 1]))..<Int(ends[middle])]
            if here.elementsEqual(name) { return values[middle] }
            if here.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}

extension Array {
    /// The same elements in a block of their size.
    fileprivate var fitted: [Element] { capacity == count ? self : withUnsafeBufferPointer { Array($0) } }
}
