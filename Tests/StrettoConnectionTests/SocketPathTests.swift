import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import StrettoConnection

@Suite struct SocketPathTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func `the runtime directory comes first, and one repository has one path`() throws {
        let environment = ["XDG_RUNTIME_DIR": directory.path, "TMPDIR": "/nowhere"]
        let path = try SocketPath.prepare(commonDirectory: "/r/.git", environment: environment)

        #expect(path.hasPrefix(directory.path + "/stretto/"))
        #expect(path.hasSuffix(".sock"))
        #expect(try SocketPath.prepare(commonDirectory: "/r/.git", environment: environment) == path)
        #expect(try SocketPath.prepare(commonDirectory: "/s/.git", environment: environment) != path)
        #expect(mode(directory.path + "/stretto") == 0o700)
    }

    @Test func `only a socket of the repository's own is removed, whatever a lock says`() throws {
        let environment = ["XDG_RUNTIME_DIR": directory.path]
        let path = try SocketPath.prepare(commonDirectory: "/r/.git", environment: environment)
        let name = path.split(separator: "/").last ?? ""
        let file = directory.appending(String(name))
        for path in [file, directory.appending("victim.txt")] { try Data().write(to: URL(filePath: path)) }
        let listener = try UnixSocket.listen(path)

        #expect(SocketPath.isOwn(path, commonDirectory: "/r/.git"))
        #expect(!SocketPath.isOwn(path, commonDirectory: "/copy/.git"))
        SocketPath.remove(path, commonDirectory: "/copy/.git")
        SocketPath.remove(file, commonDirectory: "/r/.git")
        SocketPath.remove(directory.appending("victim.txt"), commonDirectory: "/r/.git")
        for path in [path, file, directory.appending("victim.txt")] { #expect(mode(path) != 0) }
        SocketPath.remove(path, commonDirectory: "/r/.git")
        #expect(mode(path) == 0)
        _ = consume listener
    }

    @Test func `without it a folder of the user's in the temporary directory serves`() throws {
        for runtime in [nil, "relative", "/nowhere"] {
            var environment = ["TMPDIR": directory.path + "/"]
            environment["XDG_RUNTIME_DIR"] = runtime
            let path = try SocketPath.prepare(commonDirectory: "/r/.git", environment: environment)

            #expect(path.hasPrefix(directory.path + "/stretto-\(getuid())/"))
            #expect(mode(directory.path + "/stretto-\(getuid())") == 0o700)
        }
    }

    @Test func `a path that is too long gives way to a shorter one`() throws {
        let long = directory.appending(String(repeating: "x", count: 100))
        try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: true)
        let environment = ["XDG_RUNTIME_DIR": long, "TMPDIR": long]
        let path = try SocketPath.prepare(commonDirectory: "/r/.git", environment: environment)

        #expect(path.hasPrefix("/tmp/stretto-\(getuid())/"))
        #expect(path.utf8.count <= SocketPath.bytesMax)
    }

    @Test func `a link or an open directory in its place is refused`() throws {
        let folder = directory.appending("stretto-\(getuid())")
        let environment = ["TMPDIR": directory.path]
        #expect(symlink(directory.path, folder) == 0)
        #expect(throws: ConnectionError.unsafeDirectory(path: folder)) {
            try SocketPath.prepare(commonDirectory: "/r/.git", environment: environment)
        }

        #expect(unlink(folder) == 0)
        #expect(mkdir(folder, 0o700) == 0)
        #expect(chmod(folder, 0o770) == 0)
        #expect(throws: ConnectionError.unsafeDirectory(path: folder)) {
            try SocketPath.prepare(commonDirectory: "/r/.git", environment: environment)
        }
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }
}
