/// What is nothing is left out: most tasks of a long plan have not begun, and every client reads all of them when it connects.
extension TaskSnapshot {
    private enum CodingKeys: CodingKey {
        case id, name, section, description, state, detail, dependencies, releases, builder, model, choice, role,
            hearing
        case worker, started, changed, worked, usage, budget, attempts
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try fields.decode(TaskID.self, forKey: .id),
            name: try fields.decode(String.self, forKey: .name),
            section: try fields.decodeIfPresent(String.self, forKey: .section) ?? "",
            description: try fields.decodeIfPresent(String.self, forKey: .description) ?? "",
            state: try fields.decode(TaskState.self, forKey: .state),
            detail: try fields.decodeIfPresent(String.self, forKey: .detail) ?? "",
            dependencies: try fields.decodeIfPresent([TaskID].self, forKey: .dependencies) ?? [],
            releases: try fields.decodeIfPresent([TaskID].self, forKey: .releases) ?? [],
            builder: try fields.decode(BuilderName.self, forKey: .builder),
            model: try fields.decodeIfPresent(String.self, forKey: .model),
            choice: try fields.decodeIfPresent(String.self, forKey: .choice),
            role: try fields.decodeIfPresent(String.self, forKey: .role),
            hearing: try fields.decodeIfPresent(Hearing.self, forKey: .hearing),
            worker: try fields.decodeIfPresent(Int.self, forKey: .worker),
            started: try fields.decodeIfPresent(Timestamp.self, forKey: .started),
            changed: try fields.decode(Timestamp.self, forKey: .changed),
            worked: try fields.decodeIfPresent(Duration.self, forKey: .worked) ?? .zero,
            usage: try fields.decodeIfPresent(Usage.self, forKey: .usage) ?? .zero,
            budget: try fields.decodeIfPresent(Budget.self, forKey: .budget),
            attempts: try fields.decodeIfPresent([AttemptSnapshot].self, forKey: .attempts) ?? []
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encode(name, forKey: .name)
        if !section.isEmpty { try fields.encode(section, forKey: .section) }
        if !description.isEmpty { try fields.encode(Guarded(wrappedValue: description), forKey: .description) }
        try fields.encode(state, forKey: .state)
        if !detail.isEmpty { try fields.encode(detail, forKey: .detail) }
        if !dependencies.isEmpty { try fields.encode(dependencies, forKey: .dependencies) }
        if !releases.isEmpty { try fields.encode(releases, forKey: .releases) }
        try fields.encode(builder, forKey: .builder)
        try fields.encodeIfPresent(model, forKey: .model)
        try fields.encodeIfPresent(choice, forKey: .choice)
        try fields.encodeIfPresent(role, forKey: .role)
        try fields.encodeIfPresent(hearing, forKey: .hearing)
        try fields.encodeIfPresent(worker, forKey: .worker)
        try fields.encodeIfPresent(started, forKey: .started)
        try fields.encode(changed, forKey: .changed)
        if worked > .zero { try fields.encode(worked, forKey: .worked) }
        if usage != .zero { try fields.encode(usage, forKey: .usage) }
        try fields.encodeIfPresent(budget, forKey: .budget)
        if !attempts.isEmpty { try fields.encode(attempts, forKey: .attempts) }
    }
}
