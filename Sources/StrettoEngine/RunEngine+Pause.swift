import StrettoCore

/// What the engine does while a disk takes nothing more. It decides nothing about tasks here, either: what could not be written
/// or done is held as it is, and asked for again.
extension RunEngine {
    /// Takes letters while a turn cannot be written, or while the engine is to end without writing it.
    func hold(_ letters: [Letter], _ children: inout DiscardingTaskGroup) async -> Outcome? {
        var mustTry = false
        var replies: [@Sendable (Refusal?) -> Void] = []
        for letter in letters {
            switch letter {
            case .tryAgain(let number):
                guard number == pause?.number else { continue }
                pause?.hasTimer = false
                mustTry = true
            case .command(.resumeRun, let reply):
                mustTry = true
                replies.append(reply)
            case .command(.stopRun(.now), let reply):
                reply(nil)
                endInPause(&children)
            case .command(.beginAttendance, _), .command(.endAttendance, _):
                pause?.keep(letter)
            case .command(_, let reply):
                reply(Refusal("nothing can be noted now: " + (pause?.sentence ?? "")))
            case .diff(let task, let reply):
                answerDiff(of: task, reply, &children)
            case .plan(let reply):
                reply(scheduler.spec)
            case .event(let event):
                noteEnd(event)
                pause?.keep(letter)
            case .refused, .accepted:
                pause?.keep(letter)
            }
        }
        if pause?.isEnding == true {
            replies.forEach { $0(Refusal(Pause.endingRefusal)) }
            return agentsAtWork.isEmpty ? .broken(Pause.endingSentence) : nil
        }
        guard mustTry, let turn = pause?.turn else { return nil }
        pause?.turn = nil
        let kept = pause?.takeLetters() ?? []
        let outcome = await complete(turn, &children)
        let isWritten = pause?.turn == nil
        replies.forEach { $0(isWritten ? nil : Refusal("there is still no room: " + (pause?.trouble.message ?? ""))) }
        if isWritten {
            mailbox.postFirst(kept)
            retryEffects(&children)
        } else {
            for letter in kept { pause?.keep(letter) }
        }
        return outcome
    }

    /// Takes note of how effects fare that found no room, and of the time to try them again.
    func takeNews(of letter: Letter, _ children: inout DiscardingTaskGroup) {
        switch letter {
        case .refused(let effect, let trouble, let again):
            if again { pause?.tryingCount -= 1 }
            beginPause(trouble, &children)
            pause?.effects.append(effect)
            // Whoever wanted an end at once does not want to wait for a disk.
            if case .stopping = scheduler.header(logPath: logPath)?.phase { endInPause(&children) }
        case .accepted:
            pause?.tryingCount -= 1
            endPauseIfOver()
        case .tryAgain(let number):
            guard number == pause?.number else { return }
            pause?.hasTimer = false
            retryEffects(&children)
        case .event, .command, .diff, .plan:
            break
        }
    }

    /// Asks again for what found no room.
    func retryEffects(_ children: inout DiscardingTaskGroup) {
        let effects = pause?.effects ?? []
        pause?.effects = []
        pause?.tryingCount += effects.count
        for effect in effects { begin(effect, again: true, &children) }
        endPauseIfOver()
    }

    /// Pauses, or goes on pausing, until the next try.
    func beginPause(_ trouble: Trouble, _ children: inout DiscardingTaskGroup) {
        if pause == nil {
            pauseCount += 1
            let fresh = Pause(number: pauseCount, trouble: trouble)
            pause = fresh
            tell(fault: fresh.sentence, Notice(time: now(), level: .bad, word: "paused", text: fresh.sentence))
        }
        guard var current = pause, !current.hasTimer else { return }
        current.hasTimer = true
        current.tryCount += 1
        pause = current
        let delay = Pause.policy.pause(afterFailures: current.tryCount)
        children.addTask { [clock, mailbox, number = current.number] in
            // Cancelled only when the engine ends.
            guard (try? await clock.sleep(for: delay)) != nil else { return }
            mailbox.post(.tryAgain(pause: number))
        }
    }

    /// Says that the run goes on, once nothing waits for room any more.
    func endPauseIfOver() {
        guard pause?.isOver == true else { return }
        pause = nil
        tell(fault: nil, Notice(time: now(), level: .good, word: "resumed", text: "there is room again"))
    }

    /// Ends agents and then the engine, though nothing of that can be noted: the next start finds it as after a crash.
    func endInPause(_ children: inout DiscardingTaskGroup) {
        guard pause?.isEnding == false else { return }
        pause?.isEnding = true
        for attempt in agentsAtWork { begin(.terminate(attempt), &children) }
    }

    /// Takes an agent off the list when it is over.
    func noteEnd(_ event: Event) {
        if case .exited(let attempt, _) = event { agentsAtWork.removeAll { $0 == attempt } }
    }

    /// Tells front ends how things stand without a word about what is not on the disk.
    private func tell(fault: String?, _ notice: Notice) {
        guard var header = lastHeader else { return }
        // Between two pauses the scheduler's own word is on the disk.
        header.fault = fault ?? scheduler.header(logPath: logPath)?.fault
        publish(RunUpdate(header: header, notices: [notice]))
    }
}
