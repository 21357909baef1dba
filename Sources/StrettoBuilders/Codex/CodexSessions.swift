internal import FoundationEssentials
internal import Glibc
internal import StrettoCore

/// The files in which codex keeps its sessions: they name the model, which its stream never does.
///
/// One file for each thread: `sessions/YYYY/MM/DD/rollout-TIME-THREAD.jsonl`, by the local date of its beginning. Each turn has
/// a `turn_context` line with the model that answers it.
struct CodexSessions: Sendable {
    /// Codex's own directory; nil without a home.
    let home: String?

    /// The first turn begins within so many bytes: instructions and what codex found in the repository come before it.
    private static let beginningBytesMax = 1 << 20
    private static let modelBytesMax = 128
    private static let millisecondsOfDay: Int64 = 86_400_000

    init(environment: [String: String]) {
        if let folder = environment["CODEX_HOME"], folder.hasPrefix("/") {
            home = folder
        } else {
            home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.codex" : nil }
        }
    }

    /// The model of the thread's first turn; nil where its file cannot be found or does not say it.
    func model(ofThread id: String) -> String? {
        guard let path = path(ofThread: id) else { return nil }
        let bytes = LocalFiles.head(path, bytesMax: Self.beginningBytesMax)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            // Lines of the conversation are long, and none of their business here.
            guard line.count < 64 << 10, let value = try? JSONParser.parse(Array(line)),
                value["type"]?.string(bytesMax: 32) == "turn_context"
            else { continue }
            return value["payload"]?["model"]?.string(bytesMax: Self.modelBytesMax)
        }
        return nil
    }

    private func path(ofThread id: String) -> String? {
        guard let home, let began = Self.beginning(ofThread: id) else { return nil }
        // Wherever its clock hangs, the local date is one of three.
        for shift in [0, -1, 1] {
            let day = began.advanced(by: .milliseconds(Int64(shift) * Self.millisecondsOfDay))
            let folder = home + "/sessions/" + Self.path(ofDay: day)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            if let name = names.sorted().first(where: { $0.hasSuffix("-\(id).jsonl") }) {
                return folder + "/" + name
            }
        }
        return nil
    }

    /// When the thread began: its id is a UUID of version 7, whose first 48 bits are milliseconds since 1970.
    static func beginning(ofThread id: String) -> Timestamp? {
        let digits = id.utf8.filter { $0 != UInt8(ascii: "-") }
        guard id.utf8.count == 36, digits.count == 32, digits[12] == UInt8(ascii: "7"),
            id.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || Character(UnicodeScalar($0)).isHexDigit }),
            let milliseconds = Int64(String(decoding: digits.prefix(12), as: UTF8.self), radix: 16)
        else { return nil }
        return Timestamp(milliseconds: milliseconds)
    }

    /// `2026/11/21`, in UTC.
    private static func path(ofDay time: Timestamp) -> String {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)/\(two(parts.tm_mon + 1))/\(two(parts.tm_mday))"
    }
}
