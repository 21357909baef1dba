internal import CStrettoProcess
internal import Glibc

/// The end from which a child's output is collected, on the reactor's thread.
final class PipeReader {
    /// How much is taken before other descriptors have their turn.
    private static let burstCount = 16
    private static let chunkBytesMax = 64 << 10

    /// What came first, at most the given number of bytes.
    private(set) var bytes: [UInt8] = []
    private(set) var isTruncated = false
    private let bytesMax: Int
    private var descriptor: Descriptor?
    private var watch: ReactorLoop.WatchID?

    init(_ descriptor: consuming Descriptor, bytesMax: Int) {
        stretto_set_nonblocking(descriptor.number)
        self.descriptor = consume descriptor
        self.bytesMax = bytesMax
    }

    func begin(on loop: ReactorLoop) {
        guard let number = descriptor?.number else { return }
        watch = loop.watch(number, for: .reading) { [self] in
            for _ in 0..<Self.burstCount {
                guard let count = readOnce() else { return }
                if count == 0 { return close(on: loop) }
                if count < Self.chunkBytesMax { return }
            }
        }
    }

    /// Takes what lies in the pipe at this moment and closes it: whoever still holds the other end is not waited for.
    func finish(on loop: ReactorLoop) {
        guard let number = descriptor?.number else { return }
        var rest = stretto_readable(number)
        while rest > 0, let count = readOnce(), count > 0 { rest -= min(rest, count) }
        close(on: loop)
    }

    /// Reads one chunk: its size, 0 at the end, nil where nothing is there.
    private func readOnce() -> Int? {
        let chunk: [UInt8]
        do throws(SystemError) {
            guard let taken = try descriptor?.read(Self.chunkBytesMax) else { return nil }
            chunk = taken
        } catch {
            // A pipe that cannot be read any more is as good as one that has ended.
            return 0
        }
        let room = bytesMax - bytes.count
        if chunk.count > room { isTruncated = true }
        if bytes.isEmpty, chunk.count <= room { bytes = chunk } else { bytes.append(contentsOf: chunk.prefix(room)) }
        return chunk.count
    }

    private func close(on loop: ReactorLoop) {
        if let watch { loop.unwatch(watch) }
        watch = nil
        descriptor = nil
    }
}

/// The end into which a child's input is written, on the reactor's thread.
final class PipeWriter {
    private var descriptor: Descriptor?
    private var watch: ReactorLoop.WatchID?
    private var rest: ArraySlice<UInt8>

    init(_ descriptor: consuming Descriptor, bytes: [UInt8]) {
        stretto_set_nonblocking(descriptor.number)
        self.descriptor = consume descriptor
        rest = bytes[...]
    }

    func begin(on loop: ReactorLoop) {
        guard let number = descriptor?.number else { return }
        watch = loop.watch(number, for: .writing) { [self] in writeOnce(on: loop) }
    }

    /// Closes the pipe; what was not written by then was not wanted.
    func finish(on loop: ReactorLoop) {
        if let watch { loop.unwatch(watch) }
        watch = nil
        descriptor = nil
    }

    private func writeOnce(on loop: ReactorLoop) {
        do throws(SystemError) {
            guard let count = try descriptor?.write(rest) else { return }
            rest = rest.dropFirst(count)
            if rest.isEmpty { finish(on: loop) }
        } catch {
            // The reader has closed its side: it wants no more, and that is its right.
            finish(on: loop)
        }
    }
}
