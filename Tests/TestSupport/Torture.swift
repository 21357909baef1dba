import FoundationEssentials

/// Whether tests that enumerate disturbances are to try all of them; docs/testing.md describes the variable.
package enum Torture {
    package static let isThorough = ProcessInfo.processInfo.environment["STRETTO_TORTURE"] != nil

    /// One line for whoever counts what was tried.
    package static func tell(_ text: String) {
        if isThorough { print("torture \(text)") }
    }
}
