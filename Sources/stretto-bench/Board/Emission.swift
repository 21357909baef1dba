import Glibc

/// What an agent writes in the measurements: lines as builds and tests write them, the same for the same worker and number.
struct Emission {
    /// How the lines look.
    enum Kind: String {
        case plain
        /// Each line begins with the time at which it was written.
        case clock
        /// With colours, as programs write them that think of a person.
        case colour
    }

    /// The line that is to be found again is written twice: near the beginning, and at half of the whole.
    static let needle = "needle in all of this hay"
    private static let firstNeedleLine = 10

    private let kind: Kind
    private let worker: Int
    private let bytesMax: Int
    private(set) var line = 0
    private var hasSecondNeedle = false
    /// How many bytes of lines there were.
    private(set) var count = 0

    init(_ kind: Kind, worker: Int, bytesMax: Int) {
        self.kind = kind
        self.worker = worker
        self.bytesMax = bytesMax
    }

    /// Whether all of it has been written.
    var isOver: Bool { count >= bytesMax }

    /// The next lines, about so many bytes of them.
    mutating func next(_ bytes: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes + 200)
        while text.count < bytes, !isOver {
            let start = text.count
            append(to: &text)
            text.append(0x0A)
            count += text.count - start
            line += 1
        }
        return text
    }

    private mutating func append(to text: inout [UInt8]) {
        if kind == .clock {
            text.append(UInt8(ascii: "T"))
            Self.append(Int(monotonicNanoseconds() / 1_000_000), to: &text, digits: 10)
            text.append(0x20)
        }
        if line == Self.firstNeedleLine || (!hasSecondNeedle && count >= bytesMax / 2) {
            if line != Self.firstNeedleLine { hasSecondNeedle = true }
            text += Self.needle.utf8
            return
        }
        if kind == .colour { appendColoured(to: &text) } else { appendPlain(to: &text) }
    }

    private func appendPlain(to text: inout [UInt8]) {
        switch line % 5 {
        case 0:
            text += "[".utf8
            Self.append(line, to: &text)
            text += "/90000] Compiling Module".utf8
            Self.append(line % 97, to: &text)
            text += " Sources/Module/Feature/SomethingOfALongerName.swift for worker ".utf8
            Self.append(worker, to: &text)
        case 1:
            text += "Test Case 'LedgerTests.testRefundsOfOrder".utf8
            Self.append(line, to: &text)
            text += "' passed (0.0".utf8
            Self.append(line % 89 + 10, to: &text)
            text += " seconds)".utf8
        case 2:
            text += "    at frame ".utf8
            Self.append(line % 31, to: &text)
            text += " of thread ".utf8
            Self.append(worker, to: &text)
            text += ": Ledger.claim(_:for:) in Sources/Ledger/Claims.swift, statement ".utf8
            Self.append(line, to: &text)
        case 3:
            text += "warning: variable 'value".utf8
            Self.append(line, to: &text)
            text += "' was never used; consider replacing it with '_' or removing it".utf8
        default:
            text += "INFO  request ".utf8
            Self.append(line, to: &text)
            text += " served in ".utf8
            Self.append(line % 53, to: &text)
            text += " ms by worker ".utf8
            Self.append(worker, to: &text)
            text += ", 200 OK, cache hit, session renewed, 4096 bytes".utf8
        }
    }

    private func appendColoured(to text: inout [UInt8]) {
        text += line % 7 == 0 ? "\u{1B}[31m✗\u{1B}[0m ".utf8 : "\u{1B}[32m✓\u{1B}[0m ".utf8
        text += "\u{1B}[1mLedgerTests\u{1B}[22m \u{1B}[38;5;245mrefunds of order \u{1B}[0m".utf8
        Self.append(line, to: &text)
        text += " \u{1B}[2m(0.0".utf8
        Self.append(line % 89 + 10, to: &text)
        text += " seconds by worker ".utf8
        Self.append(worker, to: &text)
        text += ")\u{1B}[0m".utf8
    }

    private static func append(_ number: Int, to text: inout [UInt8], digits: Int = 1) {
        let written = String(number)
        for _ in 0..<max(0, digits - written.utf8.count) { text.append(UInt8(ascii: "0")) }
        text += written.utf8
    }
}

/// Nanoseconds of a clock that all processes of the machine share.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
