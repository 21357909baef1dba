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
            let pair = unsafe String(cString: text)
            if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(pair[..<equals])
                if variables[name] == nil { variables[name] = String(pair[pair.utf8.index(after: equals)...]) }
            }
            unsafe entry += 1
        }
        return variables
    }
}
