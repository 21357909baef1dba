/// The variables of a child, laid out as the system takes them: once, for all programs that are started with them.
package struct ProcessEnvironment: Sendable {
    /// Nil where a name or a value cannot be in any environment.
    let block: TextBlock?
    private let path: String

    package init(_ variables: [String: String]) {
        block = try? TextBlock(environment: variables)
        path = variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    }

    private init(block: TextBlock?, path: String) {
        self.block = block
        self.path = path
    }

    /// The same with more variables; none of them may be there already, nor be `PATH`.
    package func adding(_ variables: [String: String]) -> ProcessEnvironment {
        guard !variables.isEmpty, var whole = block else { return self }
        guard let added = try? TextBlock(environment: variables) else {
            return ProcessEnvironment(block: nil, path: path)
        }
        whole.append(added)
        return ProcessEnvironment(block: whole, path: path)
    }

    /// The file that `program` means, as `execvp` would find it with this `PATH`; nil where there is none.
    ///
    /// A relative entry of `PATH` means `directory`, in which the child will be, and gives a relative answer.
    package func locate(_ program: String, from directory: String? = nil) -> String? {
        guard !program.isEmpty else { return nil }
        if program.utf8.contains(UInt8(ascii: "/")) { return program }
        for folder in path.utf8.split(separator: UInt8(ascii: ":")) {
            let candidate = "\(Substring(folder))/\(program)"
            let checked = candidate.utf8.first == UInt8(ascii: "/") ? candidate : (directory ?? ".") + "/" + candidate
            if Files.isExecutable(checked) { return candidate }
        }
        return nil
    }
}
