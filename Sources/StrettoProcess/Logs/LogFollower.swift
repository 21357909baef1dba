internal import Glibc

/// Growing files for a loop that polls descriptors itself: never waits, and remembers how far each file has been read.
///
/// Poll ``descriptor``; when it is readable call ``takeChanges()``, then ``readNew(_:bytesMax:)`` for the paths that it names.
package final class LogFollower {
    private struct Followed: ~Copyable {
        let watch: Notices.WatchID
        /// How much of what is there at the beginning is read.
        let tailBytesMax: Int
        var file: Descriptor?
        var offset = 0
    }

    /// A followed path; a class, since dictionaries hold copyable values only.
    private final class Place {
        var followed: Followed

        init(watch: Notices.WatchID, tailBytesMax: Int) {
            followed = Followed(watch: watch, tailBytesMax: tailBytesMax)
        }
    }

    private let notices: Notices
    private var places: [String: Place] = [:]

    /// - Throws: where the system has no inotify descriptor left.
    package init() throws(SystemError) { notices = try Notices() }

    /// Readable when something may have changed; stays open as long as this value lives.
    package var descriptor: Int32 { notices.descriptor.number }

    /// Follows the file at this absolute path, which need not exist yet, while its directory must; a second time does nothing.
    ///
    /// - Parameters:
    ///   - path: names the file in all other calls.
    ///   - tailBytesMax: how much is read of what lies there already, from the beginning of a line where one is near.
    /// - Throws: where the directory cannot be watched.
    package func follow(_ path: String, tailBytesMax: Int) throws(SystemError) {
        guard places[path] == nil else { return }
        let watch = try notices.watch(Files.folder(of: path))
        places[path] = Place(watch: watch, tailBytesMax: tailBytesMax)
    }

    /// Forgets a file; one that is not followed is no error.
    package func unfollow(_ path: String) {
        guard let place = places.removeValue(forKey: path) else { return }
        let watch = place.followed.watch
        if !places.values.contains(where: { $0.followed.watch == watch }) { notices.unwatch(watch) }
    }

    /// The followed paths that may have changed since the last call, in order; ``descriptor`` is then not readable any more.
    package func takeChanges() -> [String] {
        let taken = notices.take()
        if taken.contains(where: { $0.watch == nil }) { return places.keys.sorted() }
        var names: [Notices.WatchID: Set<String>] = [:]
        for notice in taken {
            if let watch = notice.watch { names[watch, default: []].insert(notice.name) }
        }
        return places.filter { path, place in
            names[place.followed.watch]?.contains(String(path[path.index(after: path.lastSlash)...])) ?? false
        }.keys.sorted()
    }

    /// What was written since the last call, at most `bytesMax` bytes: call again while it returns that many.
    ///
    /// - Returns: nothing where the file does not exist yet, is not followed or cannot be read.
    package func readNew(_ path: String, bytesMax: Int) -> [UInt8] {
        guard let place = places[path] else { return [] }
        do throws(SystemError) {
            if place.followed.file == nil { try Self.open(path, &place.followed) }
            // Whoever keeps the bytes keeps no room for more of them.
            let offset = place.followed.offset
            let count = try place.followed.file?.size() ?? 0
            let bytes = try place.followed.file?.read(min(bytesMax, max(0, count - offset)), at: offset) ?? []
            place.followed.offset += bytes.count
            return bytes
        } catch {
            return []
        }
    }

    /// Leaves out what was written since the last call where that is more than `lagBytesMax` bytes, up to the beginning of a line `tailBytesMax`
    /// before its end, where one is near.
    ///
    /// - Returns: whether something was left out.
    package func skip(_ path: String, lagBytesMax: Int, tailBytesMax: Int) -> Bool {
        guard let place = places[path] else { return false }
        do throws(SystemError) {
            guard let size = try place.followed.file?.size(), size - place.followed.offset > lagBytesMax else {
                return false
            }
            place.followed.offset = try place.followed.file?.lineStart(bytesBeforeEnd: tailBytesMax, size: size) ?? size
            return true
        } catch {
            return false
        }
    }

    /// Where in the file the next call of ``readNew(_:bytesMax:)`` begins; 0 while nothing has been read.
    package func offset(in path: String) -> Int { places[path]?.followed.offset ?? 0 }

    /// Opens the file and finds the place to begin.
    private static func open(_ path: String, _ followed: inout Followed) throws(SystemError) {
        let file = try Descriptor.open(path, O_RDONLY)
        let size = try file.size()
        if size > followed.tailBytesMax {
            followed.offset = try file.lineStart(bytesBeforeEnd: followed.tailBytesMax, size: size)
        }
        followed.file = .some(file)
    }
}

extension Descriptor {
    /// How far a beginning is moved on to meet the start of a line, in bytes.
    private static let alignmentBytesMax = 64 << 10

    /// So many bytes before the end of the file, or after the next newline, where one is near.
    fileprivate func lineStart(bytesBeforeEnd count: Int, size: Int) throws(SystemError) -> Int {
        let start = size - count
        // The byte before counts: the start may be that of a line already.
        let ahead = try read(min(Self.alignmentBytesMax, count) + 1, at: start - 1)
        let newline = ahead.firstIndex(of: UInt8(ascii: "\n"))
        return newline.map { start + $0 } ?? start
    }
}

extension String {
    /// The last slash of an absolute path.
    fileprivate var lastSlash: Index { lastIndex(of: "/") ?? startIndex }
}
