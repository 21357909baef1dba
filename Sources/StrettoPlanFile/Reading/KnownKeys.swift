import StrettoCore

/// The keys that mean something in one place of a plan.
struct KnownKeys: Sendable {
    /// Keys that this version reads and uses; a key close to one of them is probably a slip.
    let used: [String]
    /// Keys that other programs read or write there; they are kept, and nothing is said about them.
    let tolerated: Set<String>
    /// Keys that Stretto's own format promises and this version does not use yet.
    let promised: Set<String>
    /// Words that people use for a key of ours and that no edit distance would find.
    let synonyms: [String: String]
    private let expected: Set<String>

    init(
        used: [String],
        tolerated: Set<String> = [],
        promised: Set<String> = [],
        synonyms: [String: String] = [:]
    ) {
        self.used = used
        self.tolerated = tolerated
        self.promised = promised
        self.synonyms = synonyms
        expected = tolerated.union(used)
    }

    /// Whether nothing needs to be said about a key.
    func isExpected(_ key: String) -> Bool { expected.contains(key) }

    /// The key that the author of an unknown one probably meant.
    func suggestion(for key: String) -> String? {
        let slipsMax = 2
        guard !isExpected(key), !promised.contains(key) else { return nil }
        if let meant = synonyms[key] { return meant }
        guard let nearest = NearestName.suggestion(for: key, among: used),
            NearestName.distance(from: key.lowercased(), to: nearest.lowercased()) <= slipsMax
        else { return nil }
        return nearest
    }

    static let top = KnownKeys(used: ["meta", "sections", "tasks"], tolerated: ["issue_id", "complexity", "name"])

    static let meta = KnownKeys(
        used: [
            "name", "description", "plan_doc", "workers", "base", "gates", "preset", "builder", "model", "permissions",
            "setup", "copy", "checks", "max_attempts_default", "max_attempts", "backoff_base", "backoff_max", "timeout",
            "budget", "budget_limit_usd", "circuit_breaker_threshold", "circuit_breaker_reset_timeout",
            "model_escalation", "roles", "routing", "stall_timeout", "environment", "validation",
        ],
        tolerated: [
            "created", "title", "design", "design_doc", "design_path", "id", "type",
            "notification_email", "status",
            "pause_reason", "failure_reason", "step_notifications", "judge_model", "source_item", "requirements_path",
            "slug", "item_slug", "item_type", "worker_pid",
        ],
        promised: ["teardown", "criteria"],
        synonyms: ["max_workers": "workers", "parallel": "workers", "concurrency": "workers", "branch": "base"]
    )

    static let gates = KnownKeys(used: ["plan", "task", "section", "merge", "unattended"])

    static let budget = KnownKeys(
        used: ["usd", "tokens", "on_limit", "quota_ceiling_usd", "max_quota_percent", "reserved_budget_usd"],
        synonyms: ["dollars": "usd", "limit_usd": "usd"]
    )

    static let section = KnownKeys(
        used: ["id", "name", "status", "tasks"],
        tolerated: ["description", "tags", "title", "notes"]
    )

    static let task = KnownKeys(
        used: [
            "id", "name", "description", "status", "depends_on", "dependencies", "dependsOn", "parallel_group",
            "exclusive_resources", "exclusive_resource", "max_attempts", "agent", "builder", "model", "command",
            "checks", "review", "files", "env", "timeout", "stall_timeout", "budget_usd", "budget_tokens",
            "priority",
        ],
        tolerated: [
            "attempts", "last_attempt", "model_used", "completed_at", "result_message", "last_error",
            "validation_findings", "validation_attempts", "suspended_at", "human_question", "human_answer",
            "execution_mode", "team_roles", "target_acs", "title", "tags", "notes", "note",
        ],
        promised: ["compare"],
        synonyms: [
            "needs": "depends_on", "requires": "depends_on", "after": "depends_on", "depends": "depends_on",
            "deps": "depends_on", "dependency": "depends_on", "cmd": "command", "run": "command",
            "script": "command", "prompt": "description", "resources": "exclusive_resources", "retries": "max_attempts",
            "environment": "env", "role": "agent", "check": "checks", "reviewer": "review",
        ]
    )

    static let check = KnownKeys(
        used: ["name", "run", "command", "timeout"],
        synonyms: ["cmd": "run", "script": "run"]
    )
}
