extension Narrator {
    /// What the scheduler decided, in words.
    static func notice(of remark: Remark, at time: Timestamp) -> Notice {
        func line(_ level: Notice.Level, _ word: String, _ text: String, _ task: TaskID? = nil) -> Notice {
            Notice(time: time, level: level, task: task, word: word, text: text)
        }
        switch remark {
        case .providerClosed(let provider, let closure):
            let snapshot = ProviderSnapshot(provider: provider, closure: closure)
            let isHopeless = closure.until == nil
            let others = isHopeless ? "" : "; others go on, no attempt is counted"
            return line(isHopeless ? .bad : .attention, "limit", snapshot.sentence(at: time) + others)
        case .providerProbed(let provider, let attempt):
            return line(.info, "probe", "tries whether \(provider) works again", attempt.task)
        case .providerOpened(let provider):
            return line(.good, "limit", "\(provider) works again")
        case .chosen(let task, let choice):
            let link = choice.reason == nil ? "; " : " because "
            let reason = choice.explanation.map { link + $0 } ?? ""
            return line(.info, "agent", "runs by \(choice.words)\(reason)", task)
        case .budgetCrossed(let sentence, .drain):
            return line(.attention, "budget", sentence + ": running tasks finish, nothing new starts")
        case .budgetCrossed(let sentence, .stop):
            return line(.attention, "budget", sentence + ": agents are being ended, their work is kept")
        case .taskBudgetSpent(let task, let sentence):
            return line(.bad, "failed", sentence, task)
        }
    }
}
