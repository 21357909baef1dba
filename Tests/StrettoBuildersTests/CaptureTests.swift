import StrettoCore
import TestSupport
import Testing

@testable import StrettoBuilders

/// What holds for every capture, whichever program made it.
@Suite struct CaptureTests {
    /// Which capture of which program.
    struct Reference: Sendable, CustomTestStringConvertible {
        var name: String
        var builder: BuilderName

        var testDescription: String { "\(builder) \(name)" }
    }

    static let all =
        Capture.names.map { Reference(name: $0, builder: .claude) }
        + Capture.codexNames.map { Reference(name: $0, builder: .codex) }

    private func read(_ bytes: [UInt8], _ builder: BuilderName) throws -> Judgement {
        var decoder = try #require(builder.builder.makeDecoder(StreamContext()))
        var judgement = Judgement(builder)
        for event in decoder.decode(bytes) + decoder.finish() { judgement.note(event) }
        return judgement
    }

    @Test(arguments: all) func `events are the same however the output is cut into chunks`(of it: Reference) throws {
        let capture = try Capture(it.name, of: it.builder)
        var random = SplitMix64(seed: UInt64(it.name.utf8.count))
        for longest in [1, 7, 1000] {
            var decoder = try #require(it.builder.builder.makeDecoder(StreamContext()))
            var events: [AgentEvent] = []
            var rest = capture.output[...]
            while !rest.isEmpty {
                let chunk = Array(rest.prefix(Int.random(in: 1...longest, using: &random)))
                events += decoder.decode(chunk)
                rest = rest.dropFirst(chunk.count)
            }
            #expect(events + decoder.finish() == capture.events)
        }
    }

    @Test(arguments: all) func `an output cut off before its first result is never a success`(of it: Reference) throws {
        let lines = try Capture(it.name, of: it.builder).output.split(separator: 0x0A)
        let end = lines.firstIndex { line in
            let type = (try? JSONParser.parse(line))?["type"]?.string ?? ""
            return ["result", "turn.completed", "turn.failed"].contains(type)
        }
        for count in 0..<min(lines.count, (end ?? lines.count) + 1) {
            let output = Array(lines[..<count].joined(separator: [0x0A]) + [0x0A] + lines[count].dropLast())
            if case .completed = try read(output, it.builder).end(.code(0), standardErrorTail: "").verdict {
                Issue.record("cut off in line \(count + 1) it counts as completed")
            }
        }
    }

    @Test(arguments: all) func `usage never shrinks while it is reported`(of it: Reference) throws {
        var last = Usage.zero
        for case .usage(let usage) in try Capture(it.name, of: it.builder).events {
            #expect(usage.inputTokens >= last.inputTokens)
            #expect(usage.outputTokens >= last.outputTokens)
            #expect(usage.chargedMicrodollars >= last.chargedMicrodollars)
            last = usage
        }
    }

    @Test(arguments: all) func `no broken bytes crash the decoder`(of it: Reference) throws {
        var random = SplitMix64(seed: UInt64(it.name.utf8.count))
        let output = try Capture(it.name, of: it.builder).output
        guard !output.isEmpty else { return }
        for _ in 0..<10 {
            var bytes = output
            for _ in 0..<5 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            _ = try read(bytes, it.builder).end(.code(1), standardErrorTail: "")
        }
    }
}
