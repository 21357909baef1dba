/// A part of a plan that may hold secrets: whole in memory, masked wherever it is written down for others.
///
/// The journal and what an engine tells its clients hold the masked form; an engine gets the whole one from the plan file
/// (``Scheduler/takeSecrets(from:)``). Whole and masked form of one value are equal, so that a plan can be compared with
/// the one in the journal. That a key in a text was replaced by another one of its shape is not seen: the new one counts.
@propertyWrapper
package struct Guarded<Value: Guardable>: Hashable, Sendable, Codable {
    package var wrappedValue: Value

    package init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    package init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(Value.self)
    }

    package func encode(to encoder: any Encoder) throws {
        let isForOthers = encoder.userInfo[Secrets.areMasked] as? Bool == true
        var container = encoder.singleValueContainer()
        try container.encode(isForOthers ? wrappedValue.masked : wrappedValue)
    }

    package static func == (left: Guarded, right: Guarded) -> Bool {
        left.wrappedValue.agrees(with: right.wrappedValue)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue.masked) }
}

/// What can be masked; masking twice changes nothing.
package protocol Guardable: Hashable, Sendable, Codable {
    var masked: Self { get }
}

extension Guardable {
    /// Whether both are the same, as far as the masked one of them tells.
    func agrees(with other: Self) -> Bool { self == other || masked == other.masked }

    /// The other value where it is the same as this one, for it may be the whole one.
    func filled(by other: Self) -> Self { agrees(with: other) ? other : self }
}

extension String: Guardable {
    package var masked: String { Secrets.mask(self) }
}

extension Optional: Guardable where Wrapped: Guardable {
    package var masked: Wrapped? { map(\.masked) }
}

extension Array: Guardable where Element: Guardable {
    package var masked: [Element] { map(\.masked) }
}

extension Check: Guardable {
    package var masked: Check { Check(name: name.masked, command: command.masked, timeout: timeout) }
}

extension EnvironmentVariable: Guardable {
    /// Without its value, whatever that looks like; four digits of a fingerprint tell another value, and not which one it was.
    package var masked: EnvironmentVariable {
        guard !value.isEmpty, !isMasked else { return self }
        var fingerprint = Fingerprint()
        fingerprint.combine("\(name)=\(value)".utf8)
        return EnvironmentVariable(name: name, value: Self.maskHead + fingerprint.text.suffix(4) + Self.maskEnd)
    }

    /// Whether the value is not here.
    package var isMasked: Bool { value.hasPrefix(Self.maskHead) && value.hasSuffix(Self.maskEnd) }

    private static let maskHead = "[masked "
    private static let maskEnd = "]"
}

extension Secrets {
    /// Set to true by encoders that write for others: what is ``Guarded`` is masked.
    package static let areMasked: CodingUserInfoKey = {
        guard let key = CodingUserInfoKey(rawValue: "stretto.secrets-are-masked") else {
            preconditionFailure("a key of an encoder's user info can be any text, but was refused")
        }
        return key
    }()
}

extension KeyedDecodingContainer {
    /// A text that was left out is none.
    func decode<Value: Guardable>(_ type: Guarded<Value?>.Type, forKey key: Key) throws -> Guarded<Value?> {
        try decodeIfPresent(type, forKey: key) ?? Guarded(wrappedValue: nil)
    }
}

extension KeyedEncodingContainer {
    /// A text that is none is left out.
    mutating func encode<Value: Guardable>(_ value: Guarded<Value?>, forKey key: Key) throws {
        try encodeIfPresent(value.wrappedValue == nil ? nil : value, forKey: key)
    }
}

// MARK: Getting them back

extension PlanTask {
    /// Takes what the other one's masks hide here, as far as both say the same.
    mutating func takeSecrets(from other: PlanTask) {
        description = description.filled(by: other.description)
        command = command.filled(by: other.command)
        checks = checks.filled(by: other.checks)
        environment = environment.filled(by: other.environment)
    }

    /// Whether something is missing here without which the task cannot run.
    package var lacksSecrets: Bool {
        environment.contains(where: \.isMasked) || command.lacksSecrets || checks.lacksSecrets
    }
}

extension PlanSettings {
    /// The same for what is set for all tasks.
    mutating func takeSecrets(from other: PlanSettings) {
        setup = setup.filled(by: other.setup)
        checks = checks.filled(by: other.checks)
    }

    /// Whether something is missing here without which no task can run.
    package var lacksSecrets: Bool { setup.contains { $0.contains(Secrets.mask) } || checks.lacksSecrets }
}

extension Optional<String> {
    fileprivate var lacksSecrets: Bool { self?.contains(Secrets.mask) == true }
}

extension [Check] {
    fileprivate var lacksSecrets: Bool { contains { $0.command.contains(Secrets.mask) } }
}

extension Scheduler {
    /// Takes from the plan file what the journal must not hold; what was changed there comes by ``Event/planRevised(_:)``.
    ///
    /// It is no event, because it changes nothing that the journal knows.
    package mutating func takeSecrets(from plan: Plan) {
        let tasks = Dictionary(plan.tasks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        spec?.plan.settings.takeSecrets(from: plan.settings)
        if let sections = spec?.plan.sections {
            for (section, content) in sections.enumerated() {
                for (place, task) in content.tasks.enumerated() {
                    guard let whole = tasks[task.id] else { continue }
                    spec?.plan.sections[section].tasks[place].takeSecrets(from: whole)
                }
            }
        }
        for place in records.indices {
            if let whole = tasks[records[place].id] { records[place].task.takeSecrets(from: whole) }
        }
    }
}
