/// Which front end shows a run.
package enum FrontEndChoice: Hashable, Sendable {
    case board, plain, json

    /// What the process finds around it, as far as that bears on the choice.
    package struct Surroundings: Hashable, Sendable {
        package var stdinIsTerminal: Bool
        package var stdoutIsTerminal: Bool
        /// The variable TERM.
        package var term: String?
        /// The variable CI.
        package var ci: String?

        package init(stdinIsTerminal: Bool, stdoutIsTerminal: Bool, term: String?, ci: String?) {
            self.stdinIsTerminal = stdinIsTerminal
            self.stdoutIsTerminal = stdoutIsTerminal
            self.term = term
            self.ci = ci
        }
    }

    /// The output asked for by name, else the board where it can work: on a terminal, both ways, that can move a cursor, and not under CI.
    package static func decide(_ asked: DisplayOptions.Output?, in surroundings: Surroundings) -> FrontEndChoice {
        switch asked {
        case .plain: return .plain
        case .json: return .json
        case nil: break
        }
        let hasTerminal = surroundings.stdinIsTerminal && surroundings.stdoutIsTerminal
        let term = surroundings.term ?? ""
        return hasTerminal && term != "" && term != "dumb" && !isSet(surroundings.ci) ? .board : .plain
    }

    /// Build services set CI to `true` or `1`; some people unset it by `false` or `0`.
    private static func isSet(_ variable: String?) -> Bool {
        guard let variable else { return false }
        return !["", "0", "false"].contains(variable.lowercased())
    }
}
