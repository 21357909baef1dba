import FoundationEssentials
import Glibc
import StrettoProcess
import TestSupport
import Testing

@Suite struct SystemTests {
    @Test func `an error speaks the system's words`() {
        #expect(SystemError(ENOENT).description == "No such file or directory")
        #expect(SystemError(EMFILE).description == "Too many open files")
    }

    @Test func `errors say what and how to fix it, and never show arguments`() {
        #expect(
            ProcessError.notFound(program: "claude").description
                == "'claude' is not there or not executable: install it or put its directory on PATH"
        )
        #expect(
            ProcessError.noDirectory(program: "git", directory: "/x").description
                == "'git' cannot start in '/x': that directory does not exist"
        )
    }

    @Test func `the environment holds what was set, with equals signs inside`() async {
        await #expect(processExitsWith: .success) {
            setenv("STRETTO_TEST_VALUE", "a=b=c", 1)
            #expect(Environment.current()["STRETTO_TEST_VALUE"] == "a=b=c")
            #expect(Environment.current()["PATH"] == ProcessInfo.processInfo.environment["PATH"])
        }
    }

    @Test func `a lock lets one at a time change its value`() async {
        final class Counter: Sendable { let value = Lock(0) }
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<10_000 { counter.value.withLock { $0 += 1 } } }
            }
        }

        #expect(counter.value.withLock { $0 } == 80_000)
    }

    @Test func `a descriptor is closed exactly once, with its value`() async throws {
        await #expect(processExitsWith: .success) {
            // A file that nobody else has open: the runtime opens descriptors of its own at any time.
            do {
                let file = try Descriptor.open("/dev/full", O_WRONLY)
                #expect(fcntl(file.number, F_GETFD) == FD_CLOEXEC)
                #expect(openDescriptors { $0 == "/dev/full" } == 1)
            }
            #expect(openDescriptors { $0 == "/dev/full" } == 0)
        }
    }

    @Test func `a process is known by its number and its start`() throws {
        let current = try #require(ProcessIdentity.current)

        #expect(current.pid == getpid())
        #expect(ProcessIdentity(pid: getpid()) == current)
        #expect(ProcessIdentity(pid: 0) == nil)
        #expect(ProcessIdentity(pid: .max) == nil)
    }

    @Test func `a process that is not the one that was meant is not waited for`() async throws {
        let current = try #require(ProcessIdentity.current)

        await ProcessIdentity(pid: current.pid, startTicks: current.startTicks + 1).waitUntilOver()
    }

    @Test func `the keeper is found by its variable, and only where it can run`() throws {
        let keeper = try Attempt.keeperPath()

        #expect(KeeperPath.find(environment: [KeeperPath.variable: keeper]) == keeper)
        #expect(KeeperPath.find(environment: [KeeperPath.variable: "/no/such/keeper"]) == nil)
        #expect(KeeperPath.find(environment: [KeeperPath.variable: "/etc/passwd"]) == nil)
    }
}
