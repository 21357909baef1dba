internal import Glibc

/// A value that only one thread at a time can touch: the shape of `Synchronization.Mutex`, on a pthread mutex.
///
/// ThreadSanitizer reports false races through `Mutex` on Linux, and sees this one. Hold it briefly, never across an `await`, and resume no
/// continuation inside.
@safe package struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    // SAFETY: both pointers are owned by this value alone, and `value` is only reached while `mutex` is held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    package init(_ initial: consuming sending Value) {
        unsafe mutex = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe value = .allocate(capacity: 1)
        unsafe value.initialize(to: initial)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
        unsafe value.deinitialize(count: 1)
        unsafe value.deallocate()
    }

    /// Calls `body` with the value while no other thread has it.
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try unsafe body(&value.pointee)
    }
}
