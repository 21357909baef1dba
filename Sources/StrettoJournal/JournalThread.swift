internal import Glibc

/// A serial executor with a thread of its own, because SQLite blocks and nothing that blocks may run on the cooperative pool.
///
/// The thread sleeps while there is no job and ends when the last actor on it is gone.
final class JournalThread: SerialExecutor {
    private let jobs = JobQueue()

    init() { jobs.startThread() }

    deinit { jobs.finish() }

    func enqueue(_ job: consuming ExecutorJob) { jobs.append(UnownedJob(job), for: self) }
}

/// The jobs of one ``JournalThread``, oldest first.
///
/// The thread holds this and not the executor, so the executor can go away, which is what ends the thread.
// SAFETY: `waiting` and `isFinished` are touched only with `mutex` held; both pthread objects live as long as this.
@safe private final class JobQueue: @unchecked Sendable {
    private struct Entry {
        let job: UnownedJob
        /// Kept alive until the job has returned: the job may drop the last actor that uses it.
        let executor: JournalThread
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [Entry] = []
    private var isFinished = false

    init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func append(_ job: UnownedJob, for executor: JournalThread) {
        unsafe pthread_mutex_lock(mutex)
        waiting.append(Entry(job: job, executor: executor))
        unsafe pthread_cond_signal(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Lets the thread end once it has nothing to do.
    func finish() {
        unsafe pthread_mutex_lock(mutex)
        isFinished = true
        unsafe pthread_cond_signal(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    func startThread() {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let code = unsafe pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().work()
                return nil
            },
            context
        )
        unsafe pthread_attr_destroy(&attributes)
        precondition(code == 0, "no thread for the journal: pthread_create says \(code)")
    }

    private func work() {
        // Signals are the business of the program's own threads.
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
        while let batch = next() {
            for entry in batch { unsafe entry.job.runSynchronously(on: entry.executor.asUnownedSerialExecutor()) }
        }
    }

    /// Waits for jobs; nil when there will be none any more.
    private func next() -> [Entry]? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while waiting.isEmpty {
            if isFinished { return nil }
            unsafe pthread_cond_wait(condition, mutex)
        }
        let batch = waiting
        waiting.removeAll(keepingCapacity: true)
        return batch
    }
}
