import TestSupport
import Testing

@testable import StrettoConnection

@Suite struct LineBufferTests {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `lines are the same however the bytes are cut`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let lines = (0..<40).map { _ in String(repeating: "x", count: Int.random(in: 0...20, using: &random)) }
        var rest = Array(lines.map { $0 + "\n" }.joined().utf8)[...]
        var buffer = LineBuffer(lineBytesMax: 20)
        var read: [String] = []
        while !rest.isEmpty {
            let count = Int.random(in: 1...30, using: &random)
            buffer.append(rest.prefix(count))
            rest = rest.dropFirst(count)
            while let line = try buffer.next() { read.append(String(decoding: line, as: UTF8.self)) }
        }

        #expect(read == lines)
    }

    @Test func `a line of the limit passes, and one byte more is refused with or without its end`() throws {
        var buffer = LineBuffer(lineBytesMax: 4)
        buffer.append(Array("1234\n12345".utf8))
        #expect(try buffer.next()?.count == 4)
        #expect(throws: ConnectionError.tooLong(bytesMax: 4)) { try buffer.next() }

        var ended = LineBuffer(lineBytesMax: 4)
        ended.append(Array("12345\n".utf8))
        #expect(throws: ConnectionError.tooLong(bytesMax: 4)) { try ended.next() }
    }
}
