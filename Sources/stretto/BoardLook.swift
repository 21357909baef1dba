import FoundationEssentials
import StrettoBoard
import StrettoCommand
import StrettoCore
import StrettoFrontEnd

/// How the board is to look here: the theme's file, the terminal's colours, and whether it can show more than ASCII.
enum BoardLook {
    /// The theme where none is asked for.
    private static let themeDefault = "slate-harbor"

    static func of(_ display: DisplayOptions, environment: [String: String]) throws -> BoardSession.Look {
        let depth = ColorDepth.detect(
            choice: display.color,
            term: environment["TERM"],
            colorTerm: environment["COLORTERM"],
            noColor: environment["NO_COLOR"]
        )
        return BoardSession.Look(
            term: environment["TERM"] ?? "",
            theme: try theme(display.theme, environment: environment),
            depth: depth,
            glyphs: display.isASCII || !isUTF8(environment) ? .ascii : .unicode
        )
    }

    /// The user's own themes come before the built-in ones.
    private static func theme(_ name: String?, environment: [String: String]) throws -> Theme {
        let wanted = name ?? themeDefault
        let home = environment["HOME"] ?? ""
        let configuration = environment["XDG_CONFIG_HOME"] ?? home + "/.config"
        let data = environment["XDG_DATA_HOME"] ?? home + "/.local/share"
        var places = [configuration, data].map { $0 + "/stretto/themes/\(wanted).yaml" }
        if let installed = Installation.file("themes/\(wanted).yaml") { places.append(installed) }
        for place in places {
            guard let bytes = try? Data(contentsOf: URL(filePath: place)) else { continue }
            do throws(ThemeError) {
                return try Theme.parse(String(decoding: bytes, as: UTF8.self))
            } catch {
                throw Refusal("\(place): \(error)")
            }
        }
        if let name, name != themeDefault {
            throw Refusal("there is no theme '\(name)': looked for \(places.first ?? name) and among the built-in ones")
        }
        return .slateHarbor
    }

    /// What the C library would make of the locale variables, in their order of precedence.
    private static func isUTF8(_ environment: [String: String]) -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
        // Without any locale the screen itself falls back to C.UTF-8.
        guard let locale else { return true }
        let name = locale.uppercased()
        return name.contains("UTF-8") || name.contains("UTF8")
    }
}
