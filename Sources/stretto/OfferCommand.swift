import FoundationEssentials
import Glibc
import StrettoCommand
import StrettoCore
import StrettoGit
import StrettoPlanFile

/// `stretto` alone: attaches to the engine that runs here, or offers the plans that lie here.
enum OfferCommand {
    /// Where people and other tools keep plans, relative to the repository's root.
    private static let folders = [".", "plans", ".claude/plans", "docs/plans", "demo-plans"]
    /// How many plans are listed.
    private static let plansMax = 9

    static func run(_ display: DisplayOptions) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        if try place.liveEngine() != nil { return try await RunCommand.attach(display) }
        if let code = try await offerToGoOn(in: place, display) { return code }
        let plans = plans(in: place.checkout.topLevel)
        guard !plans.isEmpty else {
            Output.line("There is no plan in \(place.checkout.topLevel) yet.")
            Output.line("")
            Output.line("  stretto demo            shows a run in a scratch repository, no account needed")
            Output.line("  stretto run PLAN        runs a plan file")
            Output.line("  stretto help            tells everything else")
            return .goalMet
        }
        for (number, plan) in plans.enumerated() {
            Output.line("  \(number + 1)  \(plan.path)  (\(plan.taskCount) tasks: \(plan.name))")
        }
        guard isatty(0) == 1, isatty(1) == 1 else {
            Output.line("`stretto run PLAN` runs one of them")
            return .goalMet
        }
        Output.write("Run which one? [1-\(plans.count), Enter leaves] ", to: 1)
        guard let answer = readLine(), let number = Int(answer), plans.indices.contains(number - 1) else {
            return .goalMet
        }
        return try await RunCommand.run(
            RunOptions(planPath: place.checkout.topLevel + "/" + plans[number - 1].path, display: display)
        )
    }

    /// Goes on with a run whose engine is gone, if whoever sits there wants that; nil where there is none or it is to wait.
    private static func offerToGoOn(in place: Workplace, _ display: DisplayOptions) async throws -> ExitCode? {
        guard let run = try place.abandonedRun() else { return nil }
        Output.line(Workplace.sentence(ofAbandoned: run))
        guard isatty(0) == 1, isatty(1) == 1 else { return nil }
        Output.write("Go on with it? [Y/n] ", to: 1)
        let answer = readLine()?.lowercased() ?? "n"
        guard answer.isEmpty || answer.hasPrefix("y") else { return nil }
        return try await RunCommand.resume(ResumeOptions(display: display))
    }

    private static func plans(in root: String) -> [(path: String, name: String, taskCount: Int)] {
        var found: [(path: String, name: String, taskCount: Int)] = []
        for folder in folders {
            let directory = folder == "." ? root : root + "/" + folder
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                guard found.count < plansMax, let data = try? Data(contentsOf: URL(filePath: directory + "/" + name)),
                    let plan = PlanFile.read(Array(data), knownRoles: nil, configuration: nil).plan
                else { continue }
                found.append((folder == "." ? name : folder + "/" + name, plan.name, plan.tasks.count))
            }
        }
        return found
    }
}
