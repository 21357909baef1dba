/// Something that the scheduler decided and people should know, besides what the event itself says.
package enum Remark: Hashable, Sendable, Codable {
    case providerClosed(ProviderName, ProviderClosure)
    /// One attempt looks whether the provider works again.
    case providerProbed(ProviderName, AttemptID)
    case providerOpened(ProviderName)
    /// Who does the task, and why: a rule or a ladder chose, not the plan.
    case chosen(TaskID, AgentChoice)
    /// A limit of the run was crossed while agents were at work.
    case budgetCrossed(String, Overrun)
    /// A task spent what it may.
    case taskBudgetSpent(TaskID, String)
}

/// Builder and model of an attempt.
package struct AgentChoice: Hashable, Sendable, Codable {
    package var builder: BuilderName
    /// nil: the role file's model, else the agent's own.
    package var model: String?
    /// Why, where something other than the plan's plain word chose.
    package var reason: String?
    /// Models that stood before this one and were named for another builder.
    package var leftOut: [String]

    package init(builder: BuilderName, model: String? = nil, reason: String? = nil, leftOut: [String] = []) {
        self.builder = builder
        self.model = model
        self.reason = reason
        self.leftOut = leftOut
    }

    /// Why it is this one, and what was left out, as clauses; nil where the plan's plain word chose.
    package var explanation: String? {
        let omission: String? =
            switch leftOut.count {
            case 0: nil
            case 1: "\(leftOut[0]) is left out, for it is another builder's model"
            default: "\(leftOut.joined(separator: ", ")) are left out, for they are another builder's models"
            }
        let parts = [reason, omission].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Builder and model in words, `claude with opus`; without a model the builder alone.
    package var words: String { builder.rawValue + (model.map { " with \($0)" } ?? "") }
}
