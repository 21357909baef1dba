import FoundationEssentials
import TestSupport
import Testing

@testable import StrettoJSON

/// Stretto's own coder of JSON against the one that came with the system.
@Suite struct CodingTests {
    private struct Everything: Codable, Equatable {
        var text = "plain, \"quoted\", \\ / \n \t \u{7} \u{1F3B5} ü \u{2028}"
        var empty = ""
        var least = Int64.min
        var greatest = UInt64.max
        var missing: Int?
        var list = [[1, -2], []]
        var nothing: [String?] = [nil, "x", nil]
        var flags = [true, false]
        var duration = Duration.milliseconds(-1500)
        var byName = ["a": 1, "b\"": 2]
    }

    @Test func `what JSONEncoder writes comes back, whatever it holds`() throws {
        let document = [UInt8](try JSONEncoder().encode(Everything()))

        let value = try LineDecoder.decode(Everything.self, from: document)
        #expect(value == Everything())
        #expect(try JSONDecoder().decode(Everything.self, from: Data(document)) == value)
    }

    @Test func `what is written comes back by either decoder, whatever it holds`() throws {
        let line = try LineEncoder.encode(Everything())

        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(try LineDecoder.decode(Everything.self, from: line) == Everything())
        #expect(try JSONDecoder().decode(Everything.self, from: Data(line)) == Everything())
    }

    /// Values that share one object, go on with it after another was complete, leave it empty, or ask for what only the user knows.
    private struct Woven: Encodable {
        enum Key: CodingKey { case first, list, second, inner, empty }
        struct Nothing: Encodable { func encode(to encoder: any Encoder) throws {} }

        static let mark = CodingUserInfoKey(rawValue: "mark")

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: Key.self)
            try fields.encode(1, forKey: .first)
            var list = fields.nestedUnkeyedContainer(forKey: .list)
            try list.encode("a")
            var deep = list.nestedUnkeyedContainer()
            try deep.encode([true, false])
            try list.encodeNil()
            var again = encoder.container(keyedBy: Key.self)
            try again.encode(Self.mark.flatMap { encoder.userInfo[$0] as? String }, forKey: .second)
            var inner = again.nestedContainer(keyedBy: Key.self, forKey: .inner)
            try inner.encodeNil(forKey: .first)
            try again.encode(Nothing(), forKey: .empty)
        }
    }

    @Test func `containers close where the one around them goes on`() throws {
        let mark = try #require(Woven.mark)
        let line = try LineEncoder.encode([Woven()], userInfo: [mark: "m"])

        #expect(
            String(decoding: line, as: UTF8.self)
                == #"[{"first":1,"list":["a",[[true,false]],null],"second":"m","inner":{"first":null},"empty":{}}]"#
        )
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `no damaged document is more than an error`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let sound = [UInt8](try JSONEncoder().encode(Everything()))
        for _ in 0..<200 {
            var document = sound
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: document.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: document[place] = UInt8.random(in: 0...255, using: &random)
                case 1: document.remove(at: place)
                default: document.removeSubrange(place...)
                }
                if document.isEmpty { document = [0x7B] }
            }
            _ = try? LineDecoder.decode(Everything.self, from: document)
        }
    }

    @Test(arguments: [
        "", "{", "{\"a\"}", "{\"a\":}", "[1,]", "[1 2]", "\"abc", "tru", "1.5", "--1", "9223372036854775808", "[1]x",
        String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ])
    func `what is no document of ours is refused`(text: String) {
        #expect(throws: JSONTape.Malformed.self) {
            _ = try LineDecoder.decode([Int].self, from: Array(text.utf8))
        }
    }
}
