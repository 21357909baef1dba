import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoGit

/// Promise P4: whatever state a user's repository is in, a whole run leaves it byte for byte as it was.
@Suite(.timeLimit(.minutes(5)))
struct UserTreeTests {
    /// A state of a repository, made by a script in it; `$EVIL` is a program that tells of itself and fails.
    struct State: Sendable, CustomTestStringConvertible {
        var name: String
        var script: String
        var testDescription: String { name }
    }

    private static let hooks =
        "applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg "
        + "post-commit pre-rebase post-checkout post-merge pre-push pre-receive update proc-receive post-receive "
        + "post-update reference-transaction push-to-checkout pre-auto-gc post-rewrite sendemail-validate "
        + "fsmonitor-watchman post-index-change"

    private static let states = [
        State(
            name: "edits, staged, untracked and ignored files",
            script:
                "echo s > a && git add a && echo u > a && echo n > 'new file' && rm b && echo o > x.o && git add -N later 2>/dev/null || true"
        ),
        State(name: "a stash", script: "echo s > a && git stash -q && echo t > a && git stash -q && echo u > b"),
        State(
            name: "a rebase in progress",
            script:
                "\(diverged) && git checkout -q side && ! git rebase -q main 2>/dev/null && test -d .git/rebase-merge"
        ),
        State(name: "a merge in progress", script: "\(diverged) && ! git merge -q side && test -e .git/MERGE_HEAD"),
        State(name: "a cherry-pick in progress", script: "\(diverged) && ! git cherry-pick side 2>/dev/null"),
        State(
            name: "a bisection in progress",
            script: "\(diverged) && git bisect start -q main side >/dev/null || true"
        ),
        State(
            name: "a dirty submodule",
            script: """
                git init -q ../lib && git -C ../lib -c user.name=L -c user.email=l@example.org commit -q --allow-empty -m 1
                git -c protocol.file.allow=always submodule --quiet add ../lib lib && git commit -qm lib
                echo x > lib/x && git -C lib add x && echo y > lib/y && git -C lib -c user.name=L -c user.email=l@example.org commit -qm x
                """
        ),
        State(
            name: "hooks of every kind that fail",
            script: "for hook in \(hooks); do cp \"$EVIL\" .git/hooks/$hook; done"
        ),
        State(
            name: "core.hooksPath",
            script:
                "mkdir ../hooks && for hook in \(hooks); do cp \"$EVIL\" ../hooks/$hook; done && git config core.hooksPath \"$PWD/../hooks\""
        ),
        State(
            name: "signing with a broken program",
            script:
                "git config commit.gpgSign true; git config tag.gpgSign true; git config gpg.program \"$EVIL\"; git config user.signingKey 1; git config gpg.format openpgp; git config log.showSignature true"
        ),
        State(
            name: "core.fsmonitor",
            script: "git config core.fsmonitor \"$EVIL\"; git config core.untrackedCache true"
        ),
        State(
            name: "automatic line ends",
            script:
                "git config core.autocrlf true; git config core.safecrlf true; printf 'a\\r\\nb\\n' > a; printf 'x\\r\\n' > crlf"
        ),
        State(
            name: "names that clash by case",
            script:
                "echo 1 > Same && echo 2 > same && mkdir D d && echo 1 > D/f && echo 2 > d/F && git add . && git commit -qm Case && echo 3 > SAME"
        ),
        State(
            name: "spaces and Unicode",
            script:
                "mkdir 'süb dir' && echo 1 > 'süb dir/ñ ew' && printf x > \"$(printf 'nl\\nname')\" && echo 1 > '-dash' && echo 1 > '$x `y` \"z\"' && git add . && git commit -qm Names && echo 2 > -dash && git branch 'ünï/cödé'"
        ),
        State(
            name: "a template, aliases and an editor that fails",
            script: """
                echo template > ../template && git config commit.template "$PWD/../template" && git config core.editor false
                git config sequence.editor false && git config core.pager false && git config commit.verbose true
                for word in status add commit update-ref worktree read-tree write-tree merge-tree for-each-ref; do
                git config alias.$word '!false'; done; git config core.commentChar ';'; git config commit.cleanup scissors
                """
        ),
        State(
            name: "settings that change what commands do",
            script: """
                git config merge.ff only; git config fetch.prune true; git config gc.auto 1; git config gc.autoDetach false
                git config core.splitIndex true; git config index.version 4; git config worktree.guessRemote true
                git config checkout.defaultRemote x; git config extensions.worktreeConfig true
                git config status.submoduleSummary true; git config diff.renames copies; git config rerere.enabled true
                git config core.logAllRefUpdates always; git config push.followTags true; git config diff.algorithm patience
                """
        ),
        State(
            name: "a detached head and packed refs",
            script: "git checkout -q --detach && git pack-refs --all && git repack -adq"
        ),
        State(name: "an index that another program holds", script: "touch .git/index.lock && echo 2 > a"),
        State(
            name: "a sparse checkout",
            script:
                "mkdir in out && echo 1 > in/x && echo 1 > out/x && git add . && git commit -qm s && git sparse-checkout set --cone in && echo 2 > in/x"
        ),
        State(
            name: "another worktree and a replaced commit",
            script:
                "git worktree add -q ../other -b other && echo x > ../other/x && git commit -q --allow-empty -m r && git replace HEAD HEAD~ && git notes add -m note"
        ),
    ]

    private static let diverged =
        "git checkout -qb side && echo side > a && git commit -qam side && git checkout -q main && echo main > a && git commit -qam main"

    @Test(arguments: states)
    func `a whole run leaves the user's tree as it was, whatever state it is in`(state: State) async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n", "b": "1\n", ".gitignore": "*.o\n"])
        let directory = scratch.directory.path
        try scratch.write("#!/bin/sh\necho \"$0\" >> '\(directory)/ran'\nexit 1\n", to: "evil", at: directory)
        let run = try await Self.make(state, in: scratch)
        let before = try await Self.look(scratch)

        for (number, script) in [
            "echo 1 > one && git init -q inner && echo 1 > inner/x",
            "echo 2 > two && git add two && git commit -qm Two && git commit -q --allow-empty -m Gone && git reset -q --hard HEAD~",
            "echo 3 > one",
        ].enumerated() {
            let worktree = try await run.prepare("t", number + 1)
            try await run.script("export GIT_CONFIG_GLOBAL=/dev/null && \(Self.harmless)\n" + script, at: worktree.path)
            let contribution = try await run.collect("t", number + 1, in: worktree)
            let result = await run.merge(contribution, of: "t", number + 1, handoff: "\(number)")
            #expect(result.receipt?.changed == true, "\(result)")
            #expect(await run.dispose("t", number + 1) == .removed)
        }
        #expect(await run.conclude(handoff: "over") == nil)

        #expect(try await run.content("two") == "2\n")
        #expect(try await Self.look(scratch).symmetricDifference(before) == [])
        #expect(scratch.read("ran", at: directory) == nil)
    }

    /// Git as the agent runs it, without the settings that are on trial: only Stretto's own calls are.
    private static let harmless = """
        git() { command git -c core.hooksPath=/dev/null -c commit.gpgSign=false -c core.fsmonitor=false \
        -c core.safecrlf=false -c alias.x=x "$@"; }
        """

    private static func make(_ state: State, in scratch: ScratchRepository) async throws -> ScratchRun {
        let evil = scratch.directory.appending("evil")
        let set = try await scratch.run([
            "sh", "-c", "chmod +x \"$1\" && EVIL=\"$1\" sh -ec \"$2\"", "sh", evil, state.script,
        ])
        guard set.status == .code(0) else { throw ScratchRepository.GitSaidNo(text: set.errorText + set.text) }
        let run = try await ScratchRun(scratch)
        // The setting of the scene itself may have set hooks off.
        _ = try await scratch.run(["rm", "-f", scratch.directory.appending("ran")])
        return run
    }

    /// Everything in the checkout, in git's directory and in other worktrees that is not Stretto's: names, contents, times, modes.
    private static func look(_ scratch: ScratchRepository) async throws -> Set<String> {
        let text = try await scratch.run([
            "sh", "-c",
            """
            list() { find "$@" \\( -path ./.git/objects -o -path ./.git/stretto -o -path ./.git/refs/stretto \\
                -o -path ./.git/refs/heads/stretto -o -path ./.git/logs/refs/heads/stretto \\
                -o -path ./.git/logs/refs/stretto -o -path ./.git/worktrees \\) -prune -o -type f -print0; }
            list . | sort -z | xargs -0 cksum
            find . -path ./.git -prune -o -printf '%p %m %T@ %l\\n' | sort
            for other in ../other ../lib; do test -d $other && find $other -type f -exec cksum {} + | sort; done
            git for-each-ref --format='%(refname) %(objectname)' | grep -v stretto
            """,
        ]).text
        return Set(text.split(separator: "\n").map(String.init))
    }
}
