/// An identifier that is its text: compared, sorted and written as that text.
package protocol TextIdentifier: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    var text: String { get }
    init(_ text: String)
}

extension TextIdentifier {
    package var description: String { text }

    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// The name of a task as its plan writes it: `1.10` stays `1.10` and is not `1.1`.
package struct TaskID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The name of a run, which is also the last part of its branch `stretto/RUN`: lower-case letters, digits and hyphens.
package struct RunID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// The run's branch, without `refs/heads/`.
    package var branch: String { "stretto/" + text }
}

/// A git commit by its full object name.
package struct CommitID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// The first eight digits, for people.
    package var short: String { String(text.prefix(8)) }
}

/// A git tree by its full object name: what an approval binds.
package struct TreeID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// One try at one task, counted from 1.
package struct AttemptID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let task: TaskID
    package let number: Int

    package init(task: TaskID, number: Int) {
        self.task = task
        self.number = number
    }

    package var description: String { "\(task).\(number)" }

    package static func < (left: AttemptID, right: AttemptID) -> Bool {
        (left.task, left.number) < (right.task, right.number)
    }
}
