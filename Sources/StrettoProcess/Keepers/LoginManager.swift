/// What the machine's login manager does with processes of a user who has left.
package enum LoginManager {
    /// Where systemd-logind reads its settings, the weakest first.
    private static let folders = ["/usr/lib/systemd", "/run/systemd", "/etc/systemd"]
    /// A settings file; anything larger is none.
    private static let fileBytesMax = 1 << 20

    /// Whether it ends all processes of a user with the last login: engines and agents then do not survive a closed connection.
    package static func endsProcesses() -> Bool {
        let main = folders.map { $0 + "/logind.conf" }
        let dropIns = folders.flatMap { folder in
            Files.names(in: folder + "/logind.conf.d").filter { $0.hasSuffix(".conf") }
                .map { (name: $0, path: folder + "/logind.conf.d/" + $0) }
        }
        // Drop-ins count in the order of their names, wherever they lie; of one name the strongest folder's.
        var strongest: [String: String] = [:]
        for entry in dropIns { strongest[entry.name] = entry.path }
        let paths =
            (main.last { Files.exists($0) }.map { [$0] } ?? []) + strongest.sorted { $0.key < $1.key }.map(\.value)
        return endsProcesses(
            settings: paths.map { path in
                (try? Files.read(path, bytesMax: fileBytesMax)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            }
        )
    }

    /// The same from the settings' texts, the weakest first; without a word about it, systemd's default is no.
    static func endsProcesses(settings: [String]) -> Bool {
        var answer = false
        for line in settings.flatMap({ $0.split(separator: "\n") }) {
            let parts = line.split(separator: "=", maxSplits: 1).map { part in
                String(part.filter { !$0.isWhitespace })
            }
            guard parts.first == "KillUserProcesses" else { continue }
            answer = parts.count == 2 && ["yes", "true", "1", "on", "y", "t"].contains(parts[1].lowercased())
        }
        return answer
    }
}
