import FoundationEssentials
import Glibc
import StrettoCore
import TestSupport
import Testing

@testable import StrettoJournal

@Suite struct RepositoryLockTests {
    let directory: TemporaryDirectory
    let path: String
    let holder = LockHolder(pid: getpid(), started: Timestamp(milliseconds: 5), command: "stretto run plan.yaml")

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.appending("lock")
    }

    @Test func `the lock is refused to another process, which learns who holds it`() async throws {
        let lock = try RepositoryLock.take(at: path, holder: holder)
        var known = holder
        known.run = RunID("demo")
        known.socket = "/run/x.sock"
        try lock.write(known)

        await #expect(processExitsWith: .exitCode(8)) { [path = path as String, parent = getpid() as Int32] in
            let mine = LockHolder(pid: getpid(), started: Timestamp(milliseconds: 6), command: "stretto run b.yaml")
            do throws(RepositoryLockError) {
                _ = try RepositoryLock.take(at: path, holder: mine)
            } catch .held(_, by: let holder?) where holder.pid == parent && holder.run == RunID("demo") {
                exit(ExitCode.locked.rawValue)
            } catch {
                exit(1)
            }
        }
        #expect(RepositoryLock.lastHolder(at: path) == known)
        _ = consume lock
    }

    @Test func `a holder that was killed is in nobody's way`() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let mine = LockHolder(pid: getpid(), started: Timestamp(milliseconds: 6), command: "stretto run b.yaml")
            let lock = try RepositoryLock.take(at: path, holder: mine)
            kill(getpid(), SIGKILL)
            _ = consume lock
        }
        #expect(RepositoryLock.lastHolder(at: path)?.command == "stretto run b.yaml")

        let lock = try RepositoryLock.take(at: path, holder: holder)
        #expect(RepositoryLock.lastHolder(at: path) == holder)
        _ = consume lock
    }

    @Test func `a child process that outlives a killed holder does not hold the lock`() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            // What the test's own process leaves open would keep its parent waiting for the child.
            for number in 3..<Int32(256) { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
            var child: pid_t = 0
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            for number in 0..<Int32(3) { posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0) }
            var mine = LockHolder(pid: getpid(), started: Timestamp(milliseconds: 6), command: "stretto run b.yaml")
            let lock = try RepositoryLock.take(at: path, holder: mine)
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("3600"), nil]
            #expect(posix_spawn(&child, "/bin/sleep", &actions, nil, &arguments, nil) == 0)
            mine.pid = child
            try lock.write(mine)
            kill(getpid(), SIGKILL)
            _ = consume lock
        }
        let child = try #require(RepositoryLock.lastHolder(at: path)).pid
        #expect(kill(child, 0) == 0)
        defer { kill(child, SIGKILL) }

        _ = try RepositoryLock.take(at: path, holder: holder)
    }

    @Test func `a refused taker leaves the holder's words alone, and an ended one leaves none`() throws {
        let lock = try RepositoryLock.take(at: path, holder: holder)
        #expect(throws: RepositoryLockError.held(path: path, by: holder)) {
            _ = try RepositoryLock.take(at: path, holder: holder)
        }
        #expect(RepositoryLock.lastHolder(at: path) == holder)
        _ = consume lock

        #expect(RepositoryLock.lastHolder(at: path) == nil)
    }

    @Test func `rubbish in the file is no holder and no obstacle`() throws {
        try Data("{\"pid\":".utf8).write(to: URL(filePath: path))
        #expect(RepositoryLock.lastHolder(at: path) == nil)

        _ = try RepositoryLock.take(at: path, holder: holder)
    }

    @Test func `the file is what the protocol's description shows`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/protocol.md")
        let text = try String(contentsOf: page.standardized, encoding: .utf8)
        let known = LockHolder(
            pid: 4711,
            started: Timestamp(milliseconds: 1_700_000_000_000),
            command: "stretto run plan.yaml",
            run: RunID("demo-1"),
            socket: "/run/user/1000/stretto/85944171f73967e8.sock"
        )
        let lock = try RepositoryLock.take(at: path, holder: known)

        #expect(text.contains("\n" + (try String(contentsOf: URL(filePath: path), encoding: .utf8))))
        _ = consume lock
    }

    @Test func `the refusal names process and run, and two ways on`() {
        var known = holder
        known.pid = 7
        known.run = RunID("demo")

        #expect(
            RepositoryLockError.held(path: "/r/lock", by: known).description
                == "/r/lock: another engine works in this repository (pid 7, run demo): "
                + "see it with `stretto attach`, or end it with `stretto stop`"
        )
    }
}
