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

    package init(builder: BuilderName, model: String? = nil, reason: String? = nil) {
        self.builder = builder
        self.model = model
        self.reason = reason
    }
}
