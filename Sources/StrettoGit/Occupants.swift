/// Processes that still have to do with a folder: one that survived its attempt must not write into the next one's files.
enum Occupants {
    /// Whether a process that this user may look into is at home in the folder, or holds or maps a file of it.
    static func areIn(_ path: String) -> Bool {
        Disk.names(in: "/proc").contains { name in
            guard name.first?.isNumber == true else { return false }
            return isIn(path, process: "/proc/" + name)
        }
    }

    private static func isIn(_ path: String, process: String) -> Bool {
        let isInside = { (target: String?) in target.map { $0 == path || $0.hasPrefix(path + "/") } ?? false }
        if ["/cwd", "/root", "/exe"].contains(where: { isInside(Disk.target(of: process + $0)) }) { return true }
        let descriptors = process + "/fd"
        if Disk.names(in: descriptors).contains(where: { isInside(Disk.target(of: descriptors + "/" + $0)) }) {
            return true
        }
        // A mapping needs no descriptor. Its line ends in the path.
        guard let maps = Disk.read(process + "/maps") else { return false }
        return maps.split(separator: UInt8(ascii: "\n")).contains { line in
            guard let slash = line.firstIndex(of: UInt8(ascii: "/")) else { return false }
            return isInside(String(decoding: line[slash...], as: UTF8.self))
        }
    }
}
