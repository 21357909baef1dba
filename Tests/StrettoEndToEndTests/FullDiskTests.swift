import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// A real disk that is really full: a small file system in memory over a part of the scene.
private struct SmallDisk: ~Copyable {
    private static let bytes = 4 << 20

    /// Whether this user may mount one here.
    static let isPossible: Bool = {
        guard let folder = try? TemporaryDirectory(named: "mount"), let disk = try? SmallDisk(at: folder.path) else {
            return false
        }
        _ = consume disk
        return true
    }()

    private let path: String

    init(at path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("none", path, "tmpfs", 0, "size=\(Self.bytes),mode=0700") == 0 else {
            throw Overdue(description: "no mount: \(String(cString: strerror(errno)))")
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Writes a file until nothing more fits.
    func fill() {
        let file = open(path + "/filler", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let page = [UInt8](repeating: 1, count: 4096)
        while write(file, page, page.count) > 0 {}
        close(file)
    }

    func clear() { unlink(path + "/filler") }
}

/// A full disk pauses a run, and costs nothing of it.
@Suite(
    .serialized,
    .timeLimit(.minutes(2)),
    .enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here")
) struct FullDiskTests {
    /// How the run stands, from its journal, each entry of which is checked.
    private func snapshot(_ scene: Scene) async throws -> RunSnapshot {
        let output = try await scene.stretto("status", "--json")
        return try JSONDecoder().decode(RunSnapshot.self, from: Data(output.output))
    }

    private func expectMerged(_ tasks: [String], _ scene: Scene) async throws {
        for task in tasks {
            #expect(try await scene.git("show", "stretto/scratch-1:\(task).txt") == task)
        }
        try await scene.waitUntilDeserted()
    }

    @Test func `a journal on a full disk pauses the run, which goes on when there is room`() async throws {
        try await Scene.play(plan: Plans.four) { scene in
            let disk = try SmallDisk(at: scene.repository + "/.git/stretto")
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("four tasks") { scene.lines("outside/ran") == ["a", "b", "c", "d"] }
                disk.fill()
                try scene.write("outside/go", "")
                let line = try await run.line("paused")
                #expect(
                    line.contains("the disk is full: 0 KB free at \(scene.repository)/.git/stretto/journal"),
                    "\(line)"
                )
                #expect(line.contains("agents that run go on"))

                #expect(try await snapshot(scene).header.fault?.contains("the disk is full") == true)
                let refused = try await scene.stretto("skip", "a")
                #expect(refused.errorText.contains("nothing can be noted now"), "\(refused.errorText)")

                disk.clear()
                _ = try await scene.stretto("resume", "--plain")
                try await run.line("there is room again")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(scene.lines("outside/ran") == ["a", "b", "c", "d"], "each ran exactly once")
            #expect(try await snapshot(scene).tasks.map(\.attempts.count) == [1, 1, 1, 1])
            try await expectMerged(["a", "b", "c", "d"], scene)
        }
    }

    @Test func `a paused run can be ended, and is taken up when there is room`() async throws {
        let plan = Plans.of(Plans.patient("a"), "{id: b, name: Beta, command: 'echo b >> \"OUTSIDE/ran\"; sleep 600'}")
        try await Scene.play(plan: plan) { scene in
            let disk = try SmallDisk(at: scene.repository + "/.git/stretto")
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("both tasks") { scene.lines("outside/ran") == ["a", "b"] }
                disk.fill()
                try scene.write("outside/go", "")
                try await run.line("paused")
                let stop = try await scene.stretto("stop", "--now")
                #expect(stop.status == .code(0), "\(stop.errorText)")
                try await run.line("`stretto resume` goes on when there is room")
            }
            #expect(ended.code == .code(1), "\(ended.output)")
            try await scene.waitUntilDeserted()

            disk.clear()
            try await scene.session("resume", "--plain") { run in
                try await waitUntil("b again") { scene.lines("outside/ran") == ["a", "b", "b"] }
                let skip = try await scene.stretto("skip", "b")
                #expect(skip.status == .code(0), "\(skip.errorText)")
                try await run.line("merged")
            }
            let verdict = try await snapshot(scene).tasks.last?.attempts.first?.exit?.verdict
            #expect(verdict == .interrupted("ended on request"), "being ended for a full disk is no failure")
            try await expectMerged(["a"], scene)
        }
    }

    @Test func `worktrees on a full disk pause the run and are no task's failure`() async throws {
        try await Scene.play(plan: Plans.three) { scene in
            let disk = try SmallDisk(at: scene.place.appending("state"))
            disk.fill()
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("paused")
                disk.clear()
                _ = try await scene.stretto("resume", "--plain")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(try await snapshot(scene).tasks.map(\.attempts.count) == [1, 1, 1])
            try await scene.waitUntilDeserted()
        }
    }
}
