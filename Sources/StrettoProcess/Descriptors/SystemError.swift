internal import CStrettoProcess
internal import Glibc

/// What the system answered instead of doing what was asked: an `errno`.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value of `errno`.
    package let code: Int32

    package init(_ code: Int32) { self.code = code }

    /// The error of the last failed call on this thread.
    package static var last: SystemError { SystemError(errno) }

    /// The system's own words, such as "No such file or directory".
    package var description: String {
        var buffer = [CChar](repeating: 0, count: 128)
        unsafe stretto_error_text(code, &buffer, buffer.count)
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
