/// The whole state as values, for the journal's snapshots; what is decoded equals what was encoded.
extension Scheduler: Codable {
    // The index is left out: it follows from the records.
    private enum Key: CodingKey {
        case spec, phase, records, disposals, isAttended, isPlanApproved, planEdition, isRestarting, fault, gates,
            isBudgetCrossed,
            remarks
        case started, ended, memory, touched
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        spec = try values.decodeIfPresent(RunSpec.self, forKey: .spec)
        phase = try values.decode(Phase.self, forKey: .phase)
        records = TaskRecords(try values.decode([TaskRecord].self, forKey: .records))
        index = Dictionary(zip(records.map(\.id), records.indices), uniquingKeysWith: { _, last in last })
        disposals = try values.decode([AttemptID].self, forKey: .disposals)
        isAttended = try values.decode(Bool.self, forKey: .isAttended)
        isPlanApproved = try values.decode(Bool.self, forKey: .isPlanApproved)
        planEdition = try values.decode(Int.self, forKey: .planEdition)
        isRestarting = try values.decode(Bool.self, forKey: .isRestarting)
        fault = try values.decodeIfPresent(String.self, forKey: .fault)
        gates = try values.decode([ProviderGate].self, forKey: .gates)
        isBudgetCrossed = try values.decode(Bool.self, forKey: .isBudgetCrossed)
        remarks = try values.decode([Remark].self, forKey: .remarks)
        started = try values.decode(Timestamp.self, forKey: .started)
        ended = try values.decodeIfPresent(Timestamp.self, forKey: .ended)
        memory = try values.decode(Handoff.self, forKey: .memory)
        touched = try values.decode([Int].self, forKey: .touched)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encodeIfPresent(spec, forKey: .spec)
        try values.encode(phase, forKey: .phase)
        try values.encode(Array(records), forKey: .records)
        try values.encode(disposals, forKey: .disposals)
        try values.encode(isAttended, forKey: .isAttended)
        try values.encode(isPlanApproved, forKey: .isPlanApproved)
        try values.encode(planEdition, forKey: .planEdition)
        try values.encode(isRestarting, forKey: .isRestarting)
        try values.encodeIfPresent(fault, forKey: .fault)
        try values.encode(gates, forKey: .gates)
        try values.encode(isBudgetCrossed, forKey: .isBudgetCrossed)
        try values.encode(remarks, forKey: .remarks)
        try values.encode(started, forKey: .started)
        try values.encodeIfPresent(ended, forKey: .ended)
        try values.encode(memory, forKey: .memory)
        try values.encode(touched, forKey: .touched)
    }
}
