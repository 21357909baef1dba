internal import CStrettoProcess
internal import Glibc

/// The system's notices of files that come and grow in some directories: one inotify descriptor.
struct Notices: ~Copyable {
    /// A watched directory; the same one for the same directory.
    typealias WatchID = Int32

    /// One notice; `watch` is nil where so much happened that some were lost and everything may have changed.
    struct Notice {
        var watch: WatchID?
        var name: String
    }

    let descriptor: Descriptor

    private static let batchCount = 64

    init() throws(SystemError) {
        let number = stretto_notices_open()
        guard number >= 0 else { throw .last }
        descriptor = Descriptor(owning: number)
    }

    borrowing func watch(_ directory: String) throws(SystemError) -> WatchID {
        let watch = unsafe stretto_notices_add(descriptor.number, directory)
        guard watch >= 0 else { throw .last }
        return watch
    }

    borrowing func unwatch(_ watch: WatchID) { stretto_notices_remove(descriptor.number, watch) }

    /// Everything that was noticed since the last call.
    borrowing func take() -> [Notice] {
        var notices: [Notice] = []
        let number = descriptor.number
        unsafe withUnsafeTemporaryAllocation(of: stretto_notice.self, capacity: Self.batchCount) { batch in
            guard let start = batch.baseAddress else { return }
            while true {
                let count = unsafe stretto_notices_take(number, start, batch.count)
                if count == 0 { return }
                for index in 0..<count {
                    let watch = unsafe batch[index].watch
                    let name = unsafe withUnsafeBytes(of: &batch[index].name) { bytes in
                        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                    }
                    notices.append(Notice(watch: watch < 0 ? nil : watch, name: name))
                }
            }
        }
        return notices
    }
}
