import FoundationEssentials
import StrettoBuilders
import StrettoCommand
import StrettoCore
import StrettoGit
import StrettoJournal
import StrettoPlanFile
import StrettoProcess
import StrettoTerminal

/// `doctor`: whether everything that a run needs is there and in order, each with a verdict and a way to mend it.
enum DoctorCommand {
    typealias Finding = DoctorReport.Finding

    static func run(_ mode: DoctorMode) async throws -> ExitCode {
        var findings = await machine()
        // Told first, for without a repository, or with too old a git, this is all there is to tell.
        DoctorReport.lines(findings).forEach(Output.line)
        do {
            let place = try await Workplace.find(from: ".")
            let inside = try await RepositoryCheckup(place: place).findings()
            DoctorReport.lines(inside).forEach(Output.line)
            findings += inside
            if mode == .clean { try await Cleaning(place: place).run() }
        } catch let error as RepositoryLockError {
            Output.error("\(error)")
            return error.exitCode
        } catch {
            findings.append(Finding(.bad, "\(error)"))
            DoctorReport.lines(findings.suffix(1)).forEach(Output.line)
        }
        return findings.contains { $0.verdict == .bad } ? .error : .goalMet
    }

    /// What does not depend on a repository.
    private static func machine() async -> [Finding] {
        let environment = Environment.current()
        var findings = [await git(environment), keeper(environment)]
        for builder in BuilderName.builtIn where builder != .command {
            if let tool = await BuilderTools.find(builder, environment: environment) {
                findings.append(Finding(.good, "\(builder.rawValue) \(tool.version) at \(tool.path)"))
            } else {
                findings.append(
                    Finding(
                        .note,
                        "\(builder.rawValue) is not on PATH",
                        fix: "install it if a plan is to use it; tasks with `command:` need no agent"
                    )
                )
            }
        }
        findings += await described(environment)
        if !Screen.hasTrueColor {
            let fix = "install Debian's ncurses-term, if you want more"
            findings.append(
                Finding(.note, "the board paints 256 colours: no terminal with true colours is described", fix: fix)
            )
        }
        if LoginManager.endsProcesses() {
            findings.append(
                Finding(
                    .bad,
                    "the login manager ends your processes when you log out, runs and agents among them",
                    fix: "`loginctl enable-linger`, or KillUserProcesses=no in /etc/systemd/logind.conf"
                )
            )
        } else {
            findings.append(Finding(.good, "runs survive your logging out"))
        }
        return findings
    }

    /// The agents of stretto.yaml, or what is wrong with it.
    private static func described(_ environment: [String: String]) async -> [Finding] {
        let found = FoundConfiguration.here()
        var findings = found.problems.map { found in
            let problem = found.problem
            let text = "\(found.file):\(problem.position): \(problem.message)"
            return Finding(problem.severity == .error ? .bad : .note, text, fix: problem.fix)
        }
        for program in found.configuration.settings.agents.programs {
            let name = program.name.rawValue
            guard
                let tool = await BuilderTools.find(program, environment: environment, repository: found.repository)
            else {
                let place = program.command.program.contains("/") ? "there" : "on PATH"
                let fix = program.installation ?? "install it if a plan is to use it, or mend 'command' of the agent"
                findings.append(
                    Finding(.note, "\(name): \(program.command.program) is not \(place)", fix: fix)
                )
                continue
            }
            let version = program.version == nil ? "" : " \(tool.version)"
            findings.append(Finding(.good, "\(name)\(version) at \(tool.path), by stretto.yaml"))
            let missing = (program.passed ?? []).filter { environment[$0] == nil }
            if !missing.isEmpty {
                let fix = "set what it needs before you start a run, or take the name out of 'pass'"
                let names = missing.joined(separator: ", ")
                findings.append(Finding(.note, "\(name) is to get \(names) from your environment: not set", fix: fix))
            }
        }
        return findings
    }

    private static func git(_ environment: [String: String]) async -> Finding {
        guard let version = await Repository.gitVersion(environment: environment) else {
            return Finding(.bad, "git is not on PATH", fix: "install git")
        }
        guard version.isEnough else {
            return Finding(.bad, "git \(version.text) is too old", fix: "install git \(version.minimum) or newer")
        }
        return Finding(.good, "git \(version.text)")
    }

    private static func keeper(_ environment: [String: String]) -> Finding {
        if let keeper = KeeperPath.find(environment: environment) { return Finding(.good, "keeper at \(keeper)") }
        return Finding(
            .bad,
            "stretto-keeper is not beside this program",
            fix: "build it (`make build`), or name it in \(KeeperPath.variable)"
        )
    }
}
