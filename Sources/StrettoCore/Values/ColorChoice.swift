/// How many colours the user wants; the raw value is the word on the command line.
package enum ColorChoice: String, Hashable, Sendable, CaseIterable {
    /// What the surroundings suggest.
    case auto
    /// As many as the terminal has, even where `NO_COLOR` or a pipe suggests none.
    case always
    case never
    case sixteen = "16"
    case indexed = "256"
    case direct = "true"
}
