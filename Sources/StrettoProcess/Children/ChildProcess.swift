/// Programs that are run to their end: one call, one life.
package enum ChildProcess {
    /// Runs a program and returns when it has been reaped, with what it wrote until then.
    ///
    /// It leads a session of its own. A process in the background that still holds the output open delays nothing, and what is left in the
    /// program's process group is killed: whoever wants a survivor must give it a session of its own. When the surrounding task is
    /// cancelled the group gets SIGTERM, after ``ProcessCommand/terminationGrace`` SIGKILL, and the call returns as always; a command that
    /// does not end when cancelled goes on instead.
    /// - Throws: only where nothing was started.
    package static func run(_ command: ProcessCommand) async throws(ProcessError) -> ProcessOutput {
        let run = try await ChildRun.start(command)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Reactor.shared.perform { loop in run.begin(on: loop, continuation) }
            }
        } onCancel: {
            if command.endsWhenCancelled { Reactor.shared.perform { loop in run.end(on: loop) } }
        }
    }
}
