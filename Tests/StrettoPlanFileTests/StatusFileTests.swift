import FoundationEssentials
import Glibc
import StrettoCore
import TestSupport
import Testing

@testable import StrettoPlanFile

/// The plan file shows statuses, and nobody's work on it is lost.
@Suite struct StatusFileTests {
    private static let text = "# mine\ntasks:\n- {id: a, name: A}  # one\n- {id: b, name: B}\n"

    private let place: TemporaryDirectory
    private let path: String
    private let plan: Plan

    init() throws {
        place = try TemporaryDirectory(named: "status ü")
        path = place.appending("plan.yaml")
        try FileManager.default.createDirectory(atPath: place.appending("scratch"), withIntermediateDirectories: true)
        try Data(Self.text.utf8).write(to: URL(filePath: path))
        plan = try #require(read(Self.text).plan)
    }

    private var file: StatusFile {
        StatusFile(path: path, plan: plan, scratchDirectory: place.appending("scratch"))
    }

    private var now: String { get throws { String(decoding: try bytes(of: path), as: UTF8.self) } }

    private func put(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    private func id(_ text: String) -> TaskID { TaskID(text) }

    private static let completed = text.replacing("name: A}", with: "name: A, status: completed}")

    @Test func `a status is written with the file's mode, and nothing is left beside it`() throws {
        chmod(path, 0o640)

        #expect(try file.write([id("a"): .completed]) == [])

        #expect(try now == Self.completed)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o640)
        let left = try FileManager.default.subpathsOfDirectory(atPath: place.path).sorted()
        #expect(left == ["plan.yaml", "scratch"])
    }

    @Test func `without a directory for the new file it is made beside the old one`() throws {
        for scratch in [nil, place.appending("nowhere")] {
            try put(Self.text)
            let file = StatusFile(path: path, plan: plan, scratchDirectory: scratch)
            #expect(try file.write([id("a"): .completed]) == [])
            #expect(try now == Self.completed)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == ["plan.yaml", "scratch"])
    }

    @Test func `a file that shows all of it already is not written`() throws {
        var before = stat()
        stat(path, &before)

        #expect(try file.write([id("a"): .pending]) == [])

        var after = stat()
        stat(path, &after)
        #expect(before.st_ino == after.st_ino)
    }

    @Test func `a link stays a link, and the file behind it is written`() throws {
        let link = place.appending("link.yaml")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "plan.yaml")

        _ = try StatusFile(path: link, plan: plan).write([id("a"): .completed])

        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "plan.yaml")
        #expect(try now == Self.completed)
    }

    @Test func `an edit between the reading and the writing survives`() throws {
        var edits = ["# yours\n" + Self.text, "# ours\n" + Self.text]

        let left = try file.write([id("a"): .completed]) {
            if let edit = edits.popLast() { try? put(edit) }
        }

        #expect(left == [])
        #expect(try now == "# yours\n" + Self.completed)
    }

    @Test func `an edit of the same length at the same moment survives`() throws {
        var status = stat()
        stat(path, &status)
        var hasEdited = false

        _ = try file.write([id("a"): .completed]) {
            guard !hasEdited else { return }
            hasEdited = true
            // In place, and the clock set back to what it was.
            let descriptor = open(path, O_WRONLY)
            pwrite(descriptor, "# MINE", 6, 0)
            var times = [status.st_atim, status.st_mtim]
            futimens(descriptor, &times)
            close(descriptor)
        }

        #expect(try now == Self.completed.replacing("# mine", with: "# MINE"))
    }

    @Test func `a file that changes each time is left to whoever changes it`() throws {
        var count = 0

        let error = #expect(throws: StatusWriteError.self) {
            try file.write([id("a"): .completed]) {
                count += 1
                try? put("# \(count)\n" + Self.text)
            }
        }

        #expect(error == .restless(path: path))
        #expect(try now == "# \(StatusFile.triesMax)\n" + Self.text)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.appending("scratch")) == [])
    }

    @Test func `a plan that was edited elsewhere gets its statuses, with new tasks beside those of the run`() throws {
        try put("tasks:\n- {id: c, name: C}\n- {id: b, name: B, command: x}\n- {id: a, name: A}")

        #expect(try file.write([id("a"): .failed, id("b"): .inProgress]) == [])

        #expect(
            try now == "tasks:\n- {id: c, name: C}\n- {id: b, name: B, status: in_progress, command: x}\n"
                + "- {id: a, name: A, status: failed}"
        )
    }

    @Test(
        arguments: [
            ("tasks:\n- {id: a, name: A}\n", "no longer has the task 'b'"),
            ("tasks:\n- {id: a, name: A}\n- {id: b, name: Other}\n", "no longer has the task 'b'"),
            ("tasks:\n- {id: a, name: A\n", "2:3: a mapping that begins with '{' is not closed"),
            ("<<<<<<< HEAD\ntasks: []\n", "a merge conflict"),
        ]
    )
    func `what is not the plan that runs is not written`(text: String, reason: String) throws {
        try put(text)

        let error = #expect(throws: StatusWriteError.self) { try file.write([id("a"): .completed]) }

        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(try now == text)
    }

    @Test func `a file that is gone, read-only, linked twice or no file at all is told of and left`() throws {
        chmod(path, 0o444)
        #expect(throws: StatusWriteError.readOnly(path: path)) { try file.write([id("a"): .completed]) }
        chmod(path, 0o644)
        link(path, place.appending("second"))
        #expect(throws: StatusWriteError.linked(path: path)) { try file.write([id("a"): .completed]) }
        #expect(try now == Self.text)
        unlink(path)
        #expect(throws: StatusWriteError.missing(path: path)) { try file.write([id("a"): .completed]) }
        mkfifo(path, 0o600)
        #expect(throws: StatusWriteError.system(path: path, "not a regular file")) {
            try file.write([id("a"): .completed])
        }
    }

    @Test(arguments: [
        "meta:\n  name: N  # mine\n  workers: 2\ntasks:\n- {id: a, name: A}\n- {id: b, name: B}\n",
        "meta: {name: N, workers: 2}\ntasks:\n- {id: a, name: A}\n- {id: b, name: B}\n",
        "meta:\r\n    workers: 2\r\ntasks:\r\n- {id: a, name: A}\r\n- {id: b, name: B}",
        #"{"meta": {"name": "N"}, "tasks": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]}"#,
        "# Two tasks\n\ntasks:\n- {id: a, name: A}\n- {id: b, name: B}\n",
        "---\r\n  tasks:\r\n  - {id: a, name: A}\r\n  - {id: b, name: B}\r\n",
        "{tasks: [{id: a, name: A}, {id: b, name: B}]}",
        #"{ "tasks": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]}"#,
    ])
    func `a pause is marked in meta, and taken away without a trace`(text: String) throws {
        try put(text)

        #expect(try file.write([:], pause: #"the "budget" of $5 is \spent"#) == [])
        let marked = try now
        #expect(marked.contains("paused_quota") && marked.contains(#"the \"budget\" of $5 is \\spent"#), "\(marked)")
        #expect(read(marked).plan == read(text).plan)
        #expect(try file.write([:], pause: "another reason") == [])
        #expect(try now.contains("another reason"))

        #expect(try file.write([:]) == [])
        #expect(try now == text)
    }

    @Test func `a meta with a status of its own keeps it`() throws {
        let text = "meta:\n  status: failed\n  name: N\n" + Self.text
        try put(text)

        #expect(try file.write([:], pause: "no money") == [])
        #expect(try now == text)
    }
}
