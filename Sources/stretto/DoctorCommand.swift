import FoundationEssentials
import StrettoBuilders
import StrettoCore
import StrettoGit
import StrettoJournal
import StrettoProcess

/// `doctor`: whether everything that a run needs is there, each with a verdict and a way to mend it.
enum DoctorCommand {
    private struct Finding {
        enum Verdict: String { case good = "ok     ", note = "note   ", bad = "missing" }
        var verdict: Verdict
        var text: String
        var fix: String?
    }

    static func run() async throws -> ExitCode {
        var findings = await tools()
        do {
            let place = try await Workplace.find(from: ".")
            findings += repository(place)
        } catch {
            findings.append(Finding(verdict: .bad, text: "\(error)"))
        }
        for finding in findings {
            Output.line(
                "\(finding.verdict.rawValue)  \(finding.text)" + (finding.fix.map { "\n         fix: \($0)" } ?? "")
            )
        }
        return findings.contains { $0.verdict == .bad } ? .error : .goalMet
    }

    private static func tools() async -> [Finding] {
        let environment = Environment.current()
        var findings: [Finding] = []
        if let keeper = KeeperPath.find() {
            findings.append(Finding(verdict: .good, text: "keeper at \(keeper)"))
        } else {
            findings.append(
                Finding(
                    verdict: .bad,
                    text: "stretto-keeper is not beside this program",
                    fix: "build it (`make build`), or name it in STRETTO_KEEPER"
                )
            )
        }
        for builder in BuilderName.allCases where builder != .command {
            if let tool = await BuilderTools.find(builder, environment: environment) {
                findings.append(Finding(verdict: .good, text: "\(builder.rawValue) \(tool.version) at \(tool.path)"))
            } else {
                findings.append(
                    Finding(
                        verdict: .note,
                        text: "\(builder.rawValue) is not on PATH",
                        fix: "install it if a plan is to use it; tasks with `command:` need no agent"
                    )
                )
            }
        }
        return findings
    }

    private static func repository(_ place: Workplace) -> [Finding] {
        var findings = [
            Finding(verdict: .good, text: "repository \(place.repository.topLevel) at \(place.repository.head.short)")
        ]
        if place.repository.changedPathCount > 0 {
            findings.append(
                Finding(
                    verdict: .note,
                    text: "\(place.repository.changedPathCount) uncommitted changes, which a run does not see",
                    fix: "commit what tasks should build on"
                )
            )
        }
        if let holder = place.liveEngine() {
            findings.append(
                Finding(
                    verdict: .note,
                    text: "run \(holder.run.map(\.text) ?? "?") is under way, engine process \(holder.pid)",
                    fix: "`stretto attach` shows it"
                )
            )
        }
        do {
            if let last = try place.runs().last, last.outcome != .finished {
                findings.append(
                    Finding(verdict: .note, text: "run \(last.id) has not finished", fix: "`stretto resume` goes on")
                )
            }
        } catch {
            findings.append(Finding(verdict: .bad, text: "\(error)"))
        }
        return findings
    }
}
