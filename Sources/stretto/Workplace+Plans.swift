import StrettoBoard
import StrettoCore
import StrettoFrontEnd
import StrettoJournal
import StrettoPlanFile

extension Workplace {
    /// Plan files for the board of a run in this repository.
    var planDesk: PlanDesk {
        PlanDesk(
            path: { absolutePath(ofPlan: $0) },
            compare: { spec, tasks in edit(of: spec, tasks) }
        )
    }

    /// What no view of the last run's output may show: what the user's environment and the plan's variables tell is secret.
    var knownSecrets: KnownSecrets {
        let path = ((try? runs()) ?? []).last.map { absolutePath(ofPlan: $0.planPath) }
        let plan = path.flatMap { path in
            PlanCommands.maySetVariables(path) ? try? PlanCommands.reading(path, FoundConfiguration.here()) : nil
        }?.plan
        return KnownSecrets(environment: environment, and: plan?.tasks.flatMap(\.environment) ?? [])
    }

    /// What the plan file says differently than the run that it belongs to.
    private func edit(of spec: RunSpec, _ tasks: [TaskSnapshot]) -> PlanEdit {
        let path = absolutePath(ofPlan: spec.planPath)
        let reading: PlanReading
        do {
            reading = try PlanCommands.reading(path, FoundConfiguration.here())
        } catch {
            return .broken(["\(error)"])
        }
        guard let file = reading.plan else {
            return .broken(reading.problems.filter { $0.severity == .error }.map { "\($0)" })
        }
        // What this run wrote into the file itself is no edit.
        let plan = spec.plan.asAsked(by: file, tasks, doing: spec.doneAgain ?? [])
        guard plan != spec.plan else { return .same }
        let differences = PlanComparison.between(old: spec.plan, new: plan).map { change in
            PlanDifference(kind: change.kind.asDifference, task: change.subject.task, text: change.description)
        }
        return .changed(plan, differences)
    }
}

extension PlanChange.Kind {
    fileprivate var asDifference: PlanDifference.Kind {
        switch self {
        case .added: .added
        case .removed: .removed
        case .changed: .changed
        }
    }
}

extension PlanChange.Subject {
    fileprivate var task: TaskID? {
        if case .task(let id) = self { id } else { nil }
    }
}
