internal import StrettoBoard
internal import StrettoProcess

/// What other threads have for the board; the session takes it when the descriptor says so.
final class BoardMail: Sendable {
    private let waiting = Lock<[BoardInput]>([])
    private let bell: WakeUp

    /// - Throws: where the system has no descriptor left.
    init() throws(SystemError) { bell = try WakeUp() }

    /// Readable while there is something to take.
    var descriptor: Int32 { bell.descriptor }

    /// Whether everything that was posted has been taken.
    var isEmpty: Bool { waiting.withLock { $0.isEmpty } }

    /// Leaves something for the board, from any thread.
    func post(_ input: BoardInput) {
        waiting.withLock { $0.append(input) }
        bell.ring()
    }

    /// Wakes the session without anything for the board.
    func ring() { bell.ring() }

    /// Everything that was posted since the last call, in order.
    func take() -> [BoardInput] {
        bell.clear()
        return waiting.withLock { waiting in
            let taken = waiting
            waiting = []
            return taken
        }
    }
}
