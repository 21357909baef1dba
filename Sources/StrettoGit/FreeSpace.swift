internal import Glibc

/// Room on the file system of a path.
package enum FreeSpace {
    /// How many bytes this user may still write at `path`, or where it would be made; nil where nobody can tell.
    package static func bytes(at path: String) -> Int? {
        var place = path
        while Disk.kind(place) == nil, let slash = place.lastIndex(of: "/"), slash > place.startIndex {
            place = String(place[..<slash])
        }
        var status = statvfs()
        guard statvfs(place, &status) == 0 else { return nil }
        let (bytes, overflow) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        return overflow ? Int.max : bytes
    }

    /// Where less than this is left, whatever failed there failed for want of room, said so or not: bytes.
    private static let remainderMin = 256 << 10

    /// Whether there is as good as no room left at `path`.
    static func isUsedUp(at path: String) -> Bool { bytes(at: path).map { $0 < remainderMin } ?? false }
}
