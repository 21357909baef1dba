import FoundationEssentials
import StrettoBuilders
import StrettoConnection
import StrettoCore
import StrettoFrontEnd
import StrettoGit
import StrettoJournal
import StrettoPlanFile
import StrettoProcess

/// `paths`: every place that is read or written, and whether something is there.
enum PathsCommand {
    private static let nameColumns = 16

    static func run() async throws -> ExitCode {
        let environment = Environment.current()
        Output.line("Yours")
        show("settings", FoundConfiguration.userPath(environment))
        show("keys", FoundConfiguration.userFolder(environment).map { $0 + "/" + KeysFile.name })
        ThemeFolders(environment: environment).paths.forEach { show("themes", $0) }
        show("prices", PriceList.path(environment: environment))
        show("saved logs", BoardSession.Place.saveFolder(environment: environment))
        // Outside of a repository there is no more to tell.
        guard let place = try? await Workplace.find(from: ".") else { return .goalMet }
        Output.line("Of this repository")
        show("settings", place.checkout.topLevel + "/" + ConfigurationFile.name)
        show("roles", place.checkout.topLevel + "/.claude/agents")
        show("state", place.paths.directory)
        show("journal", place.paths.journal)
        show("lock", place.paths.lock)
        show("runs and logs", place.paths.runs)
        show("worktrees", place.paths.worktrees)
        show("socket", SocketPath.path(commonDirectory: place.checkout.commonDirectory, environment: environment))
        Output.line(
            "Also written: the statuses in the plan file of a run (not with --no-status), refs/stretto/, the branches stretto/RUN"
        )
        return .goalMet
    }

    private static func show(_ name: String, _ path: String?) {
        let space = String(repeating: " ", count: max(1, nameColumns - name.count))
        guard let path else { return Output.line("  \(name)\(space)nowhere: HOME is not set") }
        let home = Environment.current()["HOME"] ?? ""
        let whole = path.hasPrefix("~/") ? home + path.dropFirst(1) : path
        let isThere = FileManager.default.fileExists(atPath: whole)
        Output.line("  \(name)\(space)\(whole)\(isThere ? "" : "  (not there yet)")")
    }
}
