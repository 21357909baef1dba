import FoundationEssentials
import StrettoBoard
import StrettoCommand
import StrettoCore
import StrettoFrontEnd
import StrettoPlanFile
import StrettoTerminal

/// What the board is to know of the user's surroundings, whatever the repository.
struct BoardSettings: Sendable {
    let environment: [String: String]
    let look: BoardSession.Look
    /// How events look as lines, while the board is left for them.
    let lines: PlainStyle
    let keys: FoundKeys
    let zone: Duration

    /// - Throws: what keeps the board from opening: a terminal that nobody knows, a theme that is not there.
    init(_ display: DisplayOptions, environment: [String: String]) throws {
        self.environment = environment
        look = try BoardLook.of(display, environment: environment)
        lines = PlainStyle.decide(display.color, stdoutIsTerminal: true, environment: environment)
        keys = FoundKeys.here()
        zone = LocalTime.zone()
        try Screen.check(term: look.term)
    }
}

/// How the board is to look here: the themes and which of them, the terminal's colours, and whether it can show more than ASCII.
enum BoardLook {
    static func of(_ display: DisplayOptions, environment: [String: String]) throws -> BoardSession.Look {
        let depth = ColorDepth.detect(
            choice: display.color,
            term: environment["TERM"],
            colorTerm: environment["COLORTERM"],
            noColor: environment["NO_COLOR"]
        )
        let isUTF8 = isUTF8(environment)
        return BoardSession.Look(
            term: environment["TERM"] ?? "",
            themes: try themes(named: display.theme, depth: depth, environment: environment),
            depth: depth,
            glyphs: display.isASCII || !isUTF8 ? .ascii : .unicode,
            isUTF8: isUTF8
        )
    }

    /// The theme that was named for this once or for good, else the one that suits the terminal.
    private static func themes(
        named name: String?,
        depth: ColorDepth,
        environment: [String: String]
    ) throws -> ThemeChoices {
        let folders = ThemeFolders(environment: environment)
        let shelf = folders.shelf()
        let named = name ?? FoundConfiguration.here().configuration.theme
        // What cannot be read is not offered; where it was asked for by name, that is an error.
        if let named { _ = try shelf.theme(named) }
        let choices = shelf.entries.compactMap { entry in
            (try? shelf.theme(of: entry)).map { ThemeChoices.Choice(id: entry.id, theme: $0) }
        }
        let isLight = ThemeChoices.isLight(colorFgBg: environment["COLORFGBG"]) ?? false
        return ThemeChoices(
            choices,
            current: named ?? (isLight ? ThemeChoices.light : ThemeChoices.dark),
            // Without colours no theme suits better than another.
            followsTerminal: named == nil && depth > .mono,
            configurationPath: folders.short(FoundConfiguration.userPath(environment) ?? FoundConfiguration.fileName)
        )
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
