internal import CStrettoProcess

/// The environment of this process.
package enum Environment {
    /// A copy of every variable.
    ///
    /// Of two with one name the first counts, as `getenv` has it. Bytes that are not UTF-8 are replaced.
    package static func current() -> [String: String] {
        var variables: [String: String] = [:]
        guard var entry = unsafe stretto_environment() else { return variables }
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if pair.count == 2 {
                let name = String(pair[0])
                if variables[name] == nil { variables[name] = String(pair[1]) }
            }
            unsafe entry += 1
        }
        return variables
    }
}
