internal import CStrettoProcess

/// How this process deals with memory.
package enum Heap {
    /// Has large blocks given back to the system as soon as they are free; for processes that live long.
    ///
    /// HANDOFF.md and the messages of a long run grow with every task. Left alone, glibc soon takes such blocks from its heap, where
    /// each is a little too large for the hole that the one before it left: 2,000 tasks made an engine of 60 MiB one of 330 MiB.
    package static func returnLargeBlocks() { stretto_return_large_blocks() }
}
