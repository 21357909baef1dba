import StrettoCore
import Synchronization

/// What reaches the engine: answers to its effects, and what people ask.
enum Letter: Sendable {
    case event(Event)
    case command(Command, reply: @Sendable (Refusal?) -> Void)
    case diff(TaskID, reply: @Sendable (String) -> Void)
    case plan(reply: @Sendable (RunSpec?) -> Void)
    /// The disk took nothing more, so the effect has not happened; `again` tells whether it had been refused before.
    case refused(Effect, Trouble, again: Bool)
    /// An effect that had been refused has happened.
    case accepted
    /// The delay before another try of this pause is over.
    case tryAgain(pause: Int)
}

/// The engine's inbox: anyone may post at any time, the engine takes all that is there at once.
///
/// Unbounded, yet small: a child posts a few letters in its life, and the scheduler bounds the children. What lies here while
/// the journal waits for a disk is bounded by ``Pause``.
final class Mailbox: Sendable {
    private let letters = Mutex<[Letter]>([])
    /// One pending signal is enough, because taking empties the box.
    let signals: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    init() {
        (signals, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func post(_ letter: Letter) {
        letters.withLock { $0.append(letter) }
        bell.yield()
    }

    /// Puts letters before all that are there: what somebody asks of a run comes after its beginning.
    func postFirst(_ first: [Letter]) {
        letters.withLock { $0.insert(contentsOf: first, at: 0) }
        bell.yield()
    }

    func takeAll() -> [Letter] {
        letters.withLock { letters in
            let all = letters
            letters.removeAll(keepingCapacity: true)
            return all
        }
    }
}
