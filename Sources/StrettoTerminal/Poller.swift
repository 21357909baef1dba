internal import Glibc

/// Waits until one of several descriptors has something: the one place where a front end sleeps.
package struct Poller: Sendable {
    /// What is waited for.
    package struct Interest: Hashable, Sendable {
        package let descriptor: Int32
        /// Also wake when it takes bytes.
        package let forWriting: Bool

        package init(_ descriptor: Int32, forWriting: Bool = false) {
            self.descriptor = descriptor
            self.forWriting = forWriting
        }
    }

    /// What a descriptor has.
    package struct Readiness: Hashable, Sendable {
        package let descriptor: Int32
        /// There is something to read, if only the end.
        package let isReadable: Bool
        package let isWritable: Bool
        /// The other end is gone; what was sent before can still be read.
        package let isHungUp: Bool
    }

    /// A poller; it keeps nothing.
    package init() {}

    /// Waits until a descriptor is ready, a signal arrives or the time is over; without a time for ever.
    ///
    /// - Returns: the descriptors that are ready, in the order of `interests`; none after a signal or the time.
    package func wait(for interests: [Interest], timeout: Duration? = nil) -> [Readiness] {
        var descriptors = interests.map { interest in
            let events = POLLIN | (interest.forWriting ? POLLOUT : 0)
            return pollfd(fd: interest.descriptor, events: Int16(events), revents: 0)
        }
        let count = unsafe poll(&descriptors, nfds_t(descriptors.count), Self.milliseconds(timeout))
        guard count > 0 else { return [] }
        return descriptors.filter { $0.revents != 0 }.map { descriptor in
            let events = Int32(descriptor.revents)
            return Readiness(
                descriptor: descriptor.fd,
                isReadable: events & Int32(POLLIN) != 0,
                isWritable: events & Int32(POLLOUT) != 0,
                isHungUp: events & Int32(POLLHUP | POLLERR | POLLNVAL) != 0
            )
        }
    }

    /// Rounded up, so that a deadline has passed when its wait is over.
    private static func milliseconds(_ timeout: Duration?) -> Int32 {
        guard let timeout else { return -1 }
        guard timeout > .zero else { return 0 }
        let (seconds, attoseconds) = timeout.components
        let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(
            clamping: seconds.multipliedReportingOverflow(by: 1_000).overflow ? Int64.max : seconds * 1_000 + part
        )
    }
}
