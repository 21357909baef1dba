/// The environment of git commands: what the user's shell says about repositories is dropped, what would act by itself is off.
package enum GitEnvironment {
    /// For the engine's plumbing: no hooks, no signing, no upkeep, fixed identity, English messages.
    static func engine(from inherited: [String: String], identity: Identity) -> [String: String] {
        var variables = neutral(from: inherited)
        variables["GIT_OPTIONAL_LOCKS"] = "0"
        variables["GIT_AUTHOR_NAME"] = identity.name
        variables["GIT_AUTHOR_EMAIL"] = identity.email
        variables["GIT_COMMITTER_NAME"] = identity.name
        variables["GIT_COMMITTER_EMAIL"] = identity.email
        variables["GIT_CONFIG_COUNT"] = "\(settings.count)"
        for (index, setting) in settings.enumerated() {
            variables["GIT_CONFIG_KEY_\(index)"] = setting.key
            variables["GIT_CONFIG_VALUE_\(index)"] = setting.value
        }
        return variables
    }

    /// For what the user asked for by name: their hooks, their signing, their identity and their settings.
    static func user(from inherited: [String: String]) -> [String: String] {
        neutral(from: inherited)
    }

    /// For programs that run in a worktree: no variable of git's points elsewhere, the language stays the user's.
    ///
    /// What begins with `GIT_` goes, except what tells who the user is and how to reach remotes.
    package static func withoutRepository(from inherited: [String: String]) -> [String: String] {
        inherited.filter { name, _ in !name.hasPrefix("GIT_") || isHarmless(name) }
    }

    private static func neutral(from inherited: [String: String]) -> [String: String] {
        var variables = withoutRepository(from: inherited)
        variables["LC_ALL"] = "C"
        variables["GIT_TERMINAL_PROMPT"] = "0"
        variables["GIT_EDITOR"] = "true"
        return variables
    }

    /// An allow-list, because a variable that git learns tomorrow must not point a merge at another repository.
    private static func isHarmless(_ name: String) -> Bool {
        let names = [
            "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR", "GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT",
            "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_ATTR_NOSYSTEM",
            "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
        ]
        return names.contains(name) || ["GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_"].contains { name.hasPrefix($0) }
    }

    /// Settings of the engine's calls, stronger than any configuration file.
    private static let settings: [(key: String, value: String)] = [
        ("core.hooksPath", "/dev/null"),
        ("core.fsmonitor", "false"),
        // Whoever can write the configuration could otherwise make an edited file look untouched.
        ("core.trustctime", "true"),
        ("core.checkStat", "default"),
        ("core.ignoreStat", "false"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("commit.gpgSign", "false"),
        ("i18n.commitEncoding", "UTF-8"),
        ("submodule.recurse", "false"),
        // Line ends that will be normalised are no warning that work is lost.
        ("core.safecrlf", "false"),
        ("advice.addEmbeddedRepo", "false"),
        // `git worktree remove` trusts `git status`, which this setting can blind to new files.
        ("status.showUntrackedFiles", "normal"),
        ("status.submoduleSummary", "false"),
    ]
}

/// Who the engine's commits are by.
struct Identity: Hashable, Sendable {
    var name: String
    var email: String

    /// For a user who never told git a name.
    static let fallback = Identity(name: "Stretto", email: "stretto@localhost")
}
