internal import Glibc

/// When an attempt's output came: what its keeper noted beside it, to the second.
///
/// A line of the file is a time in milliseconds since 1970 and how much standard output and standard error had before what came then.
package struct OutputTimes: Sendable {
    /// One note.
    package struct Entry: Hashable, Sendable {
        /// Where in the output begins what came then.
        package let offset: Int
        /// Milliseconds since 1970.
        package let milliseconds: Int64
    }

    /// Which of the numbers in a line is the stream's, counted from 0.
    private let place: Int
    private var splitter = LineSplitter(lineBytesMax: 256)

    /// Where the times of an attempt's output lie; nil where the file is none.
    package static func path(of outputPath: String) -> String? {
        stream(of: outputPath) == nil ? nil : Files.folder(of: outputPath) + "/times"
    }

    /// A reader for the stream whose file this is; nil where it is none of an attempt.
    package init?(of outputPath: String) {
        guard let place = Self.stream(of: outputPath) else { return nil }
        self.place = place
    }

    /// Takes the next bytes of the file of times, and returns the notes that they complete.
    package mutating func read(_ bytes: [UInt8]) -> [Entry] {
        var entries: [Entry] = []
        var rest = bytes[...]
        while let line = splitter.next(from: &rest) {
            let numbers = line.text.split(separator: " ").compactMap { Int64($0) }
            guard numbers.count == 3 else { continue }
            entries.append(Entry(offset: Int(numbers[place]), milliseconds: numbers[0]))
        }
        return entries
    }

    private static func stream(of path: String) -> Int? {
        if path.hasSuffix("/stdout") { return 1 }
        return path.hasSuffix("/stderr") ? 2 : nil
    }
}
