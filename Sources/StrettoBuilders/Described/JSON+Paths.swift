internal import StrettoCore

extension JSON {
    /// The values at a place, in the order written; several where the path has a `*`, none for `null`.
    func all(at path: FieldPath) -> [JSON] {
        var values = [self]
        for step in path.steps { values = values.flatMap { $0.children(step) } }
        return values.filter { $0.kind != .null }
    }

    /// The first value at a place; nil for none and for `null`.
    func first(at path: FieldPath) -> JSON? {
        // Nearly every path is plain, and then no list is made.
        guard !path.steps.contains(FieldPath.everything) else { return all(at: path).first }
        var value = self
        for step in path.steps {
            guard let child = value.child(step) else { return nil }
            value = child
        }
        return value.kind == .null ? nil : value
    }

    private func child(_ step: String) -> JSON? {
        if kind == .object {
            // As the subscript has it: of two the last, and none for `null`.
            return members.last { $0.key == step }.flatMap { $0.value.kind == .null ? nil : $0.value }
        }
        guard kind == .array else { return nil }
        let elements = elements
        return Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
    }

    private func children(_ step: String) -> [JSON] {
        guard step == FieldPath.everything else { return child(step).map { [$0] } ?? [] }
        return kind == .array ? elements : members.map(\.value)
    }

    /// A text, number or boolean at a place as text, cut to about so many bytes.
    func text(at path: FieldPath, bytesMax: Int) -> String? { first(at: path)?.written(bytesMax: bytesMax) }

    private func written(bytesMax: Int) -> String? {
        switch kind {
        case .string: string(bytesMax: bytesMax)
        case .integer: integer.map { String($0) }
        case .number: double.map { "\($0)" }
        case .bool: bool.map { String($0) }
        case .null, .array, .object: nil
        }
    }

    /// Whether all conditions hold.
    func meets(_ conditions: [LineCondition]) -> Bool { conditions.allSatisfy(meets) }

    func meets(_ condition: LineCondition) -> Bool {
        guard let value = first(at: condition.path) else { return false }
        return condition.values.contains { wanted in
            wanted == FieldPath.everything || value.written(bytesMax: wanted.utf8.count + 64) == wanted
        }
    }
}
