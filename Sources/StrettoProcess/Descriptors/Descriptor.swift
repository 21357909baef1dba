internal import CStrettoProcess
internal import Glibc

/// A file descriptor with one owner, closed exactly once.
package struct Descriptor: ~Copyable, Sendable {
    /// The number, valid as long as this value lives.
    package let number: Int32

    /// Takes over an open descriptor.
    package init(owning number: Int32) { self.number = number }

    deinit { close(number) }

    /// Gives the open descriptor away: whoever takes the number owns it.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Opens a file, closed on exec; `mode` is the permissions of a file that this call makes, before the umask.
    package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o600) throws(SystemError) -> Descriptor {
        while true {
            let number = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
            if number >= 0 { return Descriptor(owning: number) }
            let error = SystemError.last
            guard error.code == EINTR else { throw error }
        }
    }

    /// A file of these bytes that lies in memory alone and is gone with its last descriptor; read from its beginning on.
    static func inMemory(_ bytes: [UInt8]) throws(SystemError) -> Descriptor {
        let number = stretto_memory()
        guard number >= 0 else { throw .last }
        let file = Descriptor(owning: number)
        try file.writeAll(bytes)
        guard lseek(file.number, 0, SEEK_SET) == 0 else { throw .last }
        return file
    }

    /// Reads at most `count` bytes: empty at the end of the file, nil where nothing is there yet on a non-blocking descriptor.
    package borrowing func read(_ count: Int) throws(SystemError) -> [UInt8]? {
        var failure: SystemError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var result = unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
            while result < 0, errno == EINTR { result = unsafe Glibc.read(number, buffer.baseAddress, buffer.count) }
            if result < 0 { failure = .last }
            filled = max(0, result)
        }
        guard let failure else { return Self.fitted(bytes) }
        guard failure.code == EAGAIN else { throw failure }
        return nil
    }

    /// Reads at most `count` bytes of a file from `offset` on; empty at its end.
    package borrowing func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var result = unsafe pread(number, buffer.baseAddress, buffer.count, offset)
            while result < 0, errno == EINTR {
                result = unsafe pread(number, buffer.baseAddress, buffer.count, offset)
            }
            if result < 0 { failure = .last }
            filled = max(0, result)
        }
        if let failure { throw failure }
        return Self.fitted(bytes)
    }

    /// The bytes in a block of their size where the one that was made for them is much larger: a line of git's output may be kept for hours.
    private static func fitted(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.capacity > 2 * bytes.count + 256 else { return bytes }
        return unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// The size of a file in bytes.
    package borrowing func size() throws(SystemError) -> Int {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw .last }
        return Int(status.st_size)
    }

    /// Writes what fits at once: the number of bytes taken, or nil where a non-blocking descriptor takes none now.
    package borrowing func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int? {
        while true {
            let result = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
            if result >= 0 { return result }
            let error = SystemError.last
            if error.code == EAGAIN { return nil }
            guard error.code == EINTR else { throw error }
        }
    }

    /// Writes everything to a blocking descriptor.
    package borrowing func writeAll(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty { rest = rest.dropFirst(try write(rest) ?? 0) }
    }
}

/// Both ends of a pipe, closed on exec.
struct Pipe: ~Copyable {
    let reading: Descriptor
    let writing: Descriptor

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe stretto_pipe(&ends) == 0 else { throw .last }
        reading = Descriptor(owning: ends[0])
        writing = Descriptor(owning: ends[1])
    }
}
