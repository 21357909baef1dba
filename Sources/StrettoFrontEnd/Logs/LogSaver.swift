internal import FoundationEssentials
internal import Glibc
internal import StrettoBoard
internal import StrettoCore
internal import StrettoProcess

/// Writes the whole of a log to a new file: what is shown of it, without colours where it was decoded, else byte for byte.
///
/// Secrets are covered in it as on the screen.
enum LogSaver {
    /// With so many names the search for a free one ends.
    private static let namesMax = 1_000

    /// Where saved logs go, unless somebody says otherwise: the user's state directory, never a checkout.
    static func folder(environment: [String: String]) -> String {
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return state.map { $0 + "/stretto/saved" } ?? "~/.local/state/stretto/saved"
    }

    /// Saves on a thread of its own, and posts what became of it.
    static func save(
        _ source: LogSource,
        to path: String,
        isProposal: Bool,
        in place: BoardSession.Place,
        _ mail: BoardMail
    ) {
        let home = place.environment["HOME"] ?? ""
        OwnThread.start {
            do throws(SavingError) {
                let target = expanded(path, home: home)
                let usual = expanded(folder(environment: place.environment), home: home)
                makeFolder(of: target) { isProposal || $0 == usual }
                let (saved, count) = try write(source, to: target, isProposal: isProposal, place.secrets)
                mail.post(.logAnswer(source, .saved(path: shortened(saved, home: home), byteCount: count)))
            } catch {
                mail.post(.refused("not saved: \(error.text)"))
            }
        }
    }

    /// Why nothing was saved, in half a sentence.
    private struct SavingError: Error { let text: String }

    private static func expanded(_ path: String, home: String) -> String {
        path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    private static func shortened(_ path: String, home: String) -> String {
        !home.isEmpty && path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path
    }

    /// Where a proposed file is there already another name is found; nothing is ever overwritten.
    private static func write(
        _ source: LogSource,
        to path: String,
        isProposal: Bool,
        _ secrets: KnownSecrets
    ) throws(SavingError) -> (path: String, count: Int) {
        for number in 1...namesMax {
            let name = number == 1 ? path : numbered(path, number)
            do throws(SystemError) {
                let log = try LogFile(source, secrets)
                let file = try Descriptor.open(name, O_WRONLY | O_CREAT | O_EXCL)
                return (name, try copy(log, TranscriptFeed(source, secrets), to: file))
            } catch {
                if error.code == EEXIST {
                    if isProposal { continue }
                    throw SavingError(text: "\(path) is there already: choose another name")
                }
                throw SavingError(text: "\(error): \(path)")
            }
        }
        throw SavingError(text: "\(path) and \(namesMax) like it are there already")
    }

    /// Makes the folder of a file where that is a proposed one, whatever name a person gives to the file.
    private static func makeFolder(of path: String, where isOurs: (String) -> Bool) {
        guard let slash = path.lastIndex(of: "/"), isOurs(String(path[..<slash])) else { return }
        try? FileManager.default.createDirectory(atPath: String(path[..<slash]), withIntermediateDirectories: true)
    }

    private static func numbered(_ path: String, _ number: Int) -> String {
        guard path.hasSuffix(".log") else { return "\(path)-\(number)" }
        return "\(path.dropLast(4))-\(number).log"
    }

    private static func copy(
        _ log: LogFile,
        _ feed: TranscriptFeed,
        to file: borrowing Descriptor
    ) throws(SystemError) -> Int {
        let end = try log.size()
        var feed = feed
        var place = 0
        var count = 0
        while place < end {
            let stretch = try log.stretch(from: place)
            guard !stretch.range.isEmpty else { break }
            place = stretch.range.upperBound
            let text = feed.render(stretch.bytes, at: stretch.range.lowerBound)
            let bytes = log.isDecoded ? plain(text) : text.bytes
            try file.writeAll(bytes)
            count += bytes.count
        }
        return count
    }

    private static func plain(_ text: LogText) -> [UInt8] {
        var parser = SGRParser()
        return parser.parse(text.bytes).flatMap { Array(($0.text + "\n").utf8) }
    }
}
