import FoundationEssentials
import StrettoBuilders
import StrettoCommand
import StrettoCore
import StrettoPlanFile
import StrettoProcess

/// What can be said of a plan file without running it.
enum PlanCommands {
    /// A plan that was read and found valid, with its warnings already shown.
    static func read(_ path: String) throws -> Plan {
        let found = FoundConfiguration.here()
        let reading = try reading(path, found)
        for problem in found.problems { Output.error(problem.line) }
        for problem in reading.problems { Output.error(FoundProblem(file: path, problem: problem).line) }
        try found.demandUse()
        guard let plan = reading.plan else {
            let count = reading.problems.count { $0.severity == .error }
            throw Refusal("\(path) cannot be run: \(count == 1 ? "mend the error" : "mend the \(count) errors") above")
        }
        return plan
    }

    static func check(_ path: String, _ format: DocumentFormat) throws -> ExitCode {
        let found = FoundConfiguration.here()
        let reading = try reading(path, found)
        let problems = found.problems + reading.problems.map { FoundProblem(file: path, problem: $0) }
        switch format {
        case .json:
            for problem in problems { try Output.json(ProblemLine(problem)) }
        case .text:
            problems.map(\.line).forEach(Output.line)
            if let plan = reading.plan, found.isUsable {
                Output.line(
                    "\(path): \(Counted.words(plan.tasks.count, "task")) in "
                        + "\(Counted.words(plan.sections.count, "section")), ready to run"
                )
            }
        }
        return reading.plan == nil || !found.isUsable ? .error : .goalMet
    }

    static func ready(_ path: String, _ format: DocumentFormat) async throws -> ExitCode {
        let plan = try read(path)
        let tasks = readyTasks(of: plan)
        switch format {
        case .json: try Output.json(tasks.map(\.id))
        case .text: ReadyList.lines(tasks).forEach(Output.line)
        }
        return .goalMet
    }

    /// The tasks that a run of this plan would be able to start at once, each with who would do it.
    static func readyTasks(
        of plan: Plan,
        scope: RunSpec.Scope = .all,
        escalation: Escalation? = nil
    ) -> [TaskSnapshot] {
        var scheduler = Scheduler()
        var gates = plan.settings.gates
        gates.plan = .human
        let spec = RunSpec(
            id: RunID("ready"),
            plan: plan,
            planPath: "",
            base: CommitID(""),
            workers: 1,
            gates: gates,
            escalation: escalation,
            scope: scope
        )
        // The plan gate holds everything back, so what is ready shows as ready.
        _ = scheduler.handle(.opened(spec), at: now())
        return plan.tasks.compactMap { scheduler.task($0.id) }.filter { $0.state == .ready }
    }

    static func reading(_ path: String, _ found: FoundConfiguration) throws -> PlanReading {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: Workplace.absolute(path)))
        } catch {
            let hint = FileManager.default.fileExists(atPath: path) ? "it cannot be read" : "there is no such file"
            throw Refusal("\(path): \(hint): name a plan file; `stretto` alone lists those that it finds")
        }
        return PlanFile.read(
            Array(data),
            knownRoles: RoleCatalog.names(forPlanAt: Workplace.absolute(path)),
            configuration: found.configuration
        )
    }

    /// Whether a plan may give variables to its tasks, for whom nothing else of it matters: reading thousands of tasks takes longer than a
    /// board may take to open.
    static func maySetVariables(_ path: String) -> Bool {
        guard let data = try? Data(contentsOf: URL(filePath: Workplace.absolute(path))) else { return false }
        // Written with escapes, a key can look like anything.
        return data.withUnsafeBytes { plan in
            ["env", "\\"].contains { word in Array(word.utf8).withUnsafeBytes { Memory.find($0, in: plan) } != nil }
        }
    }

    /// A problem for programs.
    private struct ProblemLine: Encodable {
        let file: String
        let line: Int
        let column: Int
        let severity: String
        let message: String
        let fix: String?

        init(_ found: FoundProblem) {
            let problem = found.problem
            file = found.file
            line = problem.position.line
            column = problem.position.column
            severity = problem.severity.rawValue
            message = problem.message
            fix = problem.fix
        }
    }
}
