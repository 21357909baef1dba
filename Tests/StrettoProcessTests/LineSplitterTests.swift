import StrettoProcess
import TestSupport
import Testing

@Suite struct LineSplitterTests {
    /// Splits everything as one chunk, the slow and obvious way.
    private func expected(_ bytes: [UInt8], lineBytesMax: Int) -> [Line] {
        var parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if parts.last?.isEmpty ?? false { parts.removeLast() }
        return parts.map { Line(bytes: $0.prefix(lineBytesMax), isTruncated: $0.count > lineBytesMax) }
    }

    @Test(arguments: 0..<200)
    func `lines are the same wherever the chunks are cut`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let alphabet = Array("ab\n\r\u{E9}".utf8)
        let bytes = (0..<Int.random(in: 0...(seed * 3), using: &random)).map { _ in
            alphabet[Int.random(in: 0..<6, using: &random)]
        }
        var splitter = LineSplitter(lineBytesMax: 8)

        var lines: [Line] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...min(rest.count, 20), using: &random)
            var chunk = Array(rest.prefix(count))[...]
            while let line = splitter.next(from: &chunk) { lines.append(line) }
            rest = rest.dropFirst(count)
        }
        if let last = splitter.finish() { lines.append(last) }

        #expect(lines == expected(bytes, lineBytesMax: 8))
    }

    @Test func `a line over the limit is its beginning, and the next one is whole`() {
        var splitter = LineSplitter(lineBytesMax: 3)

        var chunk = Array("abc\nabcd\nef".utf8)[...]
        #expect(splitter.next(from: &chunk) == Line(bytes: Array("abc".utf8)[...]))
        #expect(splitter.next(from: &chunk) == Line(bytes: Array("abc".utf8)[...], isTruncated: true))
        #expect(splitter.next(from: &chunk) == nil)
        #expect(splitter.finish() == Line(bytes: Array("ef".utf8)[...]))
        #expect(splitter.finish() == nil)
    }
}
