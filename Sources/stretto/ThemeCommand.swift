import FoundationEssentials
import StrettoBoard
import StrettoCommand
import StrettoCore
import StrettoProcess

/// `theme`: which themes there are, and whether one can be read and told apart by everybody.
enum ThemeCommand {
    static func run(_ request: ThemeRequest) throws -> ExitCode {
        let shelf = ThemeFolders(environment: Environment.current()).shelf()
        switch request {
        case .list: return list(shelf)
        case .check(let name): return try check(name, shelf)
        }
    }

    private static func list(_ shelf: ThemeShelf) -> ExitCode {
        let width = shelf.entries.map { Width.of($0.id) }.max() ?? 0
        for entry in shelf.entries {
            let origin =
                switch entry.origin {
                case .builtIn: "built in"
                case .file(let path): path
                }
            let name = Width.pad(entry.id, columns: width)
            do throws(ThemeShelfError) {
                let theme = try shelf.theme(of: entry)
                let ground = theme.background.map { $0.isLight ? "light" : "dark" } ?? "any"
                Output.line(
                    "\(name)  \(Width.pad(theme.name, columns: 20))  \(Width.pad(ground, columns: 5))  \(origin)"
                )
            } catch {
                Output.line("\(name)  cannot be used: \(error)")
            }
        }
        return .goalMet
    }

    /// A theme by its name; what has a slash or ends as a file does is a file.
    private static func check(_ name: String, _ shelf: ThemeShelf) throws -> ExitCode {
        let theme: Theme
        if name.contains("/") || name.hasSuffix(".yaml") {
            guard let text = ThemeFolders.text(of: name) else { throw Refusal("\(name) cannot be read: is it there?") }
            let file = name.split(separator: "/").last ?? ""
            let id = file.hasSuffix(".yaml") ? String(file.dropLast(".yaml".count)) : String(file)
            theme = try shelf.theme(of: ThemeShelf.Entry(id: id, path: name, text: text))
        } else {
            theme = try shelf.theme(name)
        }
        let report = ThemeReport(theme)
        report.lines.forEach(Output.line)
        return report.isReadable ? .goalMet : .error
    }
}
