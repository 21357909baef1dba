internal import CStrettoProcess

/// What the system knows of a path besides `lstat`.
package enum FileFacts {
    /// Whether the path itself carries access lists or other attributes that no checkout has; true where nobody can tell.
    package static func carriesAttributes(_ path: String) -> Bool {
        unsafe path.withCString { unsafe stretto_has_attributes($0) != 0 }
    }

    /// Whether the file system of a path notes every change of a file in its `ctime`, writes through memory mappings included.
    ///
    /// A list of those that are known to: a network's file system may answer from a cache, and one in memory does not note mapped writes.
    package static func notesEveryChange(at path: String) -> Bool {
        let kind = unsafe path.withCString { unsafe stretto_file_system($0) }
        return faithful.contains(kind)
    }

    /// ext2 to ext4, XFS, Btrfs, overlays, F2FS, ZFS, bcachefs.
    private static let faithful: [Int64] = [
        0xEF53, 0x5846_5342, 0x9123_683E, 0x794C_7630, 0xF2F5_2010, 0x2FC1_2FC1, 0xCA45_1A4E,
    ]
}
