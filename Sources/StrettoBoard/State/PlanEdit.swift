package import StrettoCore

/// What came of a plan file that was open in an editor.
package enum PlanEdit: Hashable, Sendable {
    /// It says what the run has.
    case same
    /// It cannot be read, and these are its problems.
    case broken([String])
    /// It says something else, and this is what.
    case changed(Plan, [PlanDifference])
}

/// One difference between the plan that a run has and an edited one.
package struct PlanDifference: Hashable, Sendable {
    /// What happened to what the difference is about.
    package enum Kind: Hashable, Sendable { case added, removed, changed }

    package var kind: Kind
    /// nil where it is about a section or the whole.
    package var task: TaskID?
    /// One line, which names what it is about.
    package var text: String

    package init(kind: Kind, task: TaskID?, text: String) {
        self.kind = kind
        self.task = task
        self.text = text
    }
}

/// The dialog after an editor was closed: what is different, from which line on.
struct PlanEditView: Hashable, Sendable {
    let edit: PlanEdit
    var top = 0

    /// What can be taken; nil where the file cannot be read.
    var plan: Plan? {
        if case .changed(let plan, _) = edit { plan } else { nil }
    }
}

/// What the board knows at the plan gate beside the snapshot.
struct GateView: Hashable, Sendable {
    /// What defines the run; nil until it has come.
    var spec: RunSpec?
    var isAsked = false
    /// How many changes of what would start the engine has not answered.
    var unansweredCount = 0
    /// Whether the tree is one list in the order of starting.
    var isFlat = false
    /// What the last edit that was taken did to tasks.
    var news: [TaskID: PlanDifference.Kind] = [:]
    /// The first line that is shown of a task's card.
    var cardTop = 0
    var cardTask: TaskID?
}
