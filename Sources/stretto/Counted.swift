/// Numbers with their nouns.
enum Counted {
    /// `1 task`, `2 tasks`.
    static func words(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
