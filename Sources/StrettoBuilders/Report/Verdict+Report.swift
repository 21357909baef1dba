internal import StrettoCore

extension Verdict {
    /// The verdict once the agent's own report is known.
    ///
    /// A report can only take away from what the process's end says, with one exception: an explicit `no_change` is
    /// evidence. A question ends the attempt as failed, so that it is asked before the next one: nobody answers meanwhile.
    ///
    /// A validator has done its work once it has a verdict, whatever that is.
    func considering(_ finding: ReportFile.Finding, isValidation: Bool = false) -> Verdict {
        guard case .completed = self else { return self }
        if isValidation, case .found(let report) = finding, report.validation != nil { return self }
        switch finding {
        case .missing, .unreadable:
            return self
        case .foreign(let sentence):
            return .failed(sentence)
        case .found(let report):
            switch report.status {
            case .completed: return self
            case .noChange: return .completed(evidence: true)
            case .failed: return .failed(report.message.isEmpty ? "it reported a failure" : report.message)
            case .suspended:
                let question = report.questions.first ?? report.message
                return .failed(question.isEmpty ? "it stopped with a question" : "asks: " + question)
            }
        }
    }
}
