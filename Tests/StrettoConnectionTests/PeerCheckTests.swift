import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoConnection

@Suite(.timeLimit(.minutes(5))) struct PeerCheckTests {
    @Test(arguments: [
        ("STRETTO_ATTEMPT=x\0PATH=/bin\0", true), ("A=1\0STRETTO_ATTEMPT=\0", true), ("STRETTO_ATTEMPT=x", true),
        ("", false), ("A=STRETTO_ATTEMPT=x\0", false), ("STRETTO_ATTEMPTS=x\0", false), ("STRETTO_ATTEMPT\0", false),
        ("\0\0\0", false),
    ])
    func `the marker is a variable of exactly that name`(environment: String, isAgent: Bool) {
        #expect(PeerCheck.isAgent(environment: Array(environment.utf8)) == isAgent)
    }

    @Test func `a process with the marker is an agent, for an engine outside of that attempt`() throws {
        let sleeper = try Sleeper(environment: ["STRETTO_ATTEMPT=demo/1/1"])
        let process = try #require(ProcessIdentity(pid: sleeper.pid))

        #expect(PeerCheck.examine(process, ownMarker: nil) == .agent)
        #expect(PeerCheck.examine(process, ownMarker: "demo/1/2") == .agent)
        #expect(PeerCheck.examine(process, ownMarker: "demo/1/1") == .person)
    }

    @Test func `a process without the marker is a person`() throws {
        let sleeper = try Sleeper(environment: [])
        let process = try #require(ProcessIdentity(pid: sleeper.pid))

        #expect(PeerCheck.examine(process, ownMarker: Environment.current()["STRETTO_ATTEMPT"]) == .person)
    }

    @Test func `a process that cleared its environment is known by those above it`() throws {
        let sleeper = try Sleeper(
            { "env -i /bin/sh -c '\($0)' & wait" },
            environment: ["STRETTO_ATTEMPT=demo/1/1", "PATH=/usr/bin:/bin"]
        )
        let process = try #require(ProcessIdentity(pid: sleeper.pid))
        let environment = try Data(contentsOf: URL(filePath: "/proc/\(sleeper.pid)/environ"))

        #expect(!PeerCheck.isAgent(environment: [UInt8](environment)))
        #expect(PeerCheck.examine(process, ownMarker: nil) == .agent)
    }

    @Test func `a process without any marker is known by a keeper above it`() throws {
        let directory = try TemporaryDirectory()
        let keeper = directory.appending(PeerCheck.keeperName)
        try Data(contentsOf: URL(filePath: "/bin/sh")).write(to: URL(filePath: keeper))
        try #require(chmod(keeper, 0o700) == 0)
        let sleeper = try Sleeper({ "/bin/sh -c '\($0)' & wait" }, program: keeper, environment: [])
        let process = try #require(ProcessIdentity(pid: sleeper.pid))
        let above = PeerCheck.ancestors(of: sleeper.pid)

        #expect(above.contains(getpid()))
        #expect(PeerCheck.examine(process, ownMarker: nil) == .agent)
        let own = Environment.current()["STRETTO_ATTEMPT"]
        #expect(PeerCheck.examine(process, ownMarker: own, ownAncestors: above) == .person)
    }

    @Test func `a process that is gone, or whose number is another's now, is not known`() throws {
        let sleeper = try Sleeper(environment: [])
        let process = try #require(ProcessIdentity(pid: sleeper.pid))
        let other = ProcessIdentity(pid: process.pid, startTicks: process.startTicks + 1)
        #expect(PeerCheck.examine(other, ownMarker: nil) == .unknown)

        sleeper.end()
        #expect(PeerCheck.examine(process, ownMarker: nil) == .unknown)
    }

    @Test(.enabled(if: Python.isThere))
    func `a command from an agent is refused and never reaches the engine`() async throws {
        let engine = try Engine()
        let output = try await Python.run(
            "ask(connect())",
            path: engine.path,
            environment: ["STRETTO_ATTEMPT": "demo/1/1"]
        )

        #expect(output.contains("an agent cannot steer the run that it works for"))
        #expect(engine.commands.isEmpty)
    }

    @Test(.enabled(if: Python.isThere))
    func `a command over a connection whose process is gone is refused`() async throws {
        let engine = try Engine()
        let output = try await Python.run(
            """
            go, gone = os.pipe()
            done, doing = os.pipe()
            middle = os.fork()
            if middle == 0:
                s = connect()
                if os.fork() == 0:
                    os.close(gone)
                    os.read(go, 1)
                    ask(s)
                    sys.stdout.flush()
                os._exit(0)
            os.waitpid(middle, 0)
            os.close(gone)
            os.close(doing)
            os.read(done, 1)
            """,
            path: engine.path,
            environment: [:]
        )

        #expect(output.contains("its process is gone or hidden"))
        #expect(engine.commands.isEmpty)
    }

    @Test(.enabled(if: Python.isThere))
    func `a command from a person's program is taken, whatever language it is in`() async throws {
        let engine = try Engine()
        let output = try await Python.run("ask(connect())", path: engine.path, environment: [:])

        #expect(output.contains(#"{"reply":{"id":5}}"#))
        #expect(engine.commands == [.approvePlan()])
    }
}

/// A shell that waits for as long as this lives.
private final class Sleeper {
    /// The shell that says that it is there, which may be a descendant of the one that was started.
    let pid: pid_t
    private let started: pid_t
    private let directory: TemporaryDirectory
    private var isOver = false

    /// Starts a shell and returns once it runs: right after the start a process has no environment to be seen.
    init(_ script: (_ body: String) -> String = { $0 }, program: String = "/bin/sh", environment: [String]) throws {
        directory = try TemporaryDirectory()
        let (ready, never) = (directory.appending("ready"), directory.appending("never"))
        try #require(mkfifo(ready, 0o600) == 0 && mkfifo(never, 0o600) == 0)
        let text = script("echo $$ > \(ready); read x < \(never)")
        let arguments = ["/bin/sh", "-c", text]
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var started: pid_t = 0
        // A program that was just written is busy as long as a child of another test, on its way to exec, holds it open.
        var code = ETXTBSY
        while code == ETXTBSY { code = posix_spawn(&started, program, nil, nil, &argv, &envp) }
        try #require(code == 0)
        self.started = started
        let answer = try Descriptor.open(ready, O_RDONLY).read(32) ?? []
        pid = try #require(Int32(String(decoding: answer, as: UTF8.self).prefix { $0.isNumber }))
    }

    func end() {
        guard !isOver else { return }
        isOver = true
        if pid != started { kill(pid, SIGKILL) }
        kill(started, SIGKILL)
        waitpid(started, nil, 0)
    }

    deinit { end() }
}

/// A client in another language, in a process of its own.
private enum Python {
    static let isThere = (Environment.current()["PATH"] ?? "").split(separator: ":")
        .contains { access($0 + "/python3", X_OK) == 0 }

    static func run(_ script: String, path: String, environment: [String: String]) async throws -> String {
        let prelude = """
            import os, socket, sys
            def connect():
                s = socket.socket(socket.AF_UNIX)
                s.connect(sys.argv[1])
                return s
            def ask(s):
                s.sendall(b'{"hello":{"version":1}}\\n{"command":{"_1":{"approvePlan":{}},"id":5}}\\n')
                for line in s.makefile():
                    if '"reply"' in line:
                        print(line)
                        break

            """
        var variables = environment
        variables["PATH"] = Environment.current()["PATH"]
        let command = ProcessCommand(
            arguments: ["python3", "-c", prelude + script, path],
            environment: variables,
            timeout: .seconds(30)
        )
        return try await ChildProcess.run(command).text
    }
}
