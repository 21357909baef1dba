import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoGit

/// Promise P2 against random work, ended at random moments, with git failing, dying and the disk full.
@Suite(.serialized)
struct NothingLostTests {
    private static let seeds: [UInt64] = Array(1...(Torture.isThorough ? 100 : 6))

    @Test(.timeLimit(.minutes(2)), arguments: seeds)
    func `every byte that was not ignored is under a ref, or its worktree is set aside`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let trial = try await Trial()
        for number in 1...3 {
            let worktree = try await trial.run.prepare("t", number)
            // Any moment: the work ends by itself or in the middle of whatever it does, and no verdict hangs on which.
            let patience =
                Int.random(in: 0...3, using: &random) == 0 ? Int.random(in: 20...600, using: &random) : 20_000
            let script = Chaos.script(&random)
            try await trial.work(script, at: worktree.path, milliseconds: patience)
            let truth = try await trial.truth(worktree)
            // What lies in the base alone.
            #expect(truth.count > 5, "\(truth)")

            let ending = Ending.allCases.randomElement(using: &random) ?? .whole
            let place = random.next() % 24
            let disposal = try await trial.end(ending, number, worktree, strike: Int(place))

            let lost = try await trial.lost(truth, worktree, disposal)
            #expect(lost == [], "seed \(seed), attempt \(number), \(ending) at \(place): \(disposal)\n\(script)")
        }
        #expect(try await trial.run.repository.refHealth().broken.isEmpty)
    }

    /// How an attempt comes to its end.
    enum Ending: CaseIterable {
        /// Collected, merged or in conflict, removed.
        case whole
        /// Skipped or stopped: kept by the removal alone.
        case removed
        /// The engine dies after a git command, and does all of it again.
        case crash
        /// A git command is killed in the middle.
        case strike
        /// No file can grow for a while.
        case fullDisk
    }
}

/// A repository, and a git program that fails on demand.
private struct Trial {
    let scratch: ScratchRepository
    let run: ScratchRun
    private let bin: String

    init() async throws {
        scratch = try await ScratchRepository(
            files: [
                "a": "1\n", "b/c": "1\n", "b/d e": "1\n", ".gitignore": "*.o\nout/\n", "eol.txt": "1\n2\n",
                ".gitattributes": "*.txt text eol=crlf\n", "HANDOFF.md": "h\n",
            ]
        )
        bin = scratch.directory.appending("bin")
        try scratch.write(
            """
            #!/bin/sh
            here=${0%/*}
            if [ -e "$here/full" ]; then ulimit -f 0; trap '' XFSZ; fi
            if [ -s "$here/strike" ]; then
                read left pause < "$here/strike"
                if [ "$left" = 0 ]; then : > "$here/strike"; exec timeout -s KILL "$pause" /usr/bin/env PATH="${PATH#*:}" git "$@"; fi
                echo "$((left - 1)) $pause" > "$here/strike"
            fi
            PATH="${PATH#*:}" exec git "$@"
            """,
            to: "git",
            at: bin
        )
        _ = try await scratch.run(["chmod", "+x", bin + "/git"])
        run = try await ScratchRun(scratch, environment: ["PATH": bin + ":" + (scratch.environment["PATH"] ?? "")])
    }

    /// The agent: a shell that is killed with all its children when its time is over.
    func work(_ script: String, at path: String, milliseconds: Int) async throws {
        var environment = scratch.environment
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Agent"
            environment["GIT_\(role)_EMAIL"] = "agent@example.org"
        }
        let command = ProcessCommand(
            arguments: ["timeout", "-s", "KILL", "\(Double(milliseconds) / 1000)", "sh", "-c", script],
            directory: path,
            environment: environment
        )
        _ = try await ChildProcess.run(command)
    }

    /// The objects that must be there in the end, with what they are.
    func truth(_ worktree: Worktree) async throws -> [String: String] {
        let output = try await scratch.run(["sh", "-c", Chaos.truth], at: worktree.path)
        var objects: [String: String] = [:]
        for line in output.text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 2, words[0].count == 40 { objects[String(words[0])] = String(words[1]) }
        }
        return objects
    }

    func end(
        _ ending: NothingLostTests.Ending,
        _ number: Int,
        _ worktree: Worktree,
        strike: Int
    ) async throws -> Disposal {
        switch ending {
        case .whole, .removed: break
        case .crash:
            let broken = try await dying(after: strike)
            _ = try? await broken.collect("t", number, in: worktree)
            _ = await broken.dispose("t", number)
        case .strike:
            try scratch.write("\(strike % 12) 0.00\(strike % 9 + 1)\n", to: "strike", at: bin)
            _ = try? await run.collect("t", number, in: worktree)
            _ = await run.dispose("t", number)
            try scratch.write("", to: "strike", at: bin)
        case .fullDisk:
            try scratch.write("", to: "full", at: bin)
            _ = try? await run.collect("t", number, in: worktree)
            _ = await run.dispose("t", number)
            _ = try await scratch.run(["rm", bin + "/full"])
        }
        let again = try await run.restarted()
        if ending != .removed, let contribution = try? await again.collect("t", number, in: worktree) {
            _ = await again.merge(contribution, of: "t", number, handoff: "\(number)")
        }
        return await again.dispose("t", number)
    }

    /// A run of which every git command fails from one moment on, before it begins or after it is over.
    private func dying(after count: Int) async throws -> ScratchRun {
        // What finding the repository takes is not on trial.
        let left = Lock(count + 14)
        let gate: Git.Gate = { _ throws(Trouble) in
            let isOver = left.withLock { number in
                number -= 1
                return number < 0
            }
            if isOver { throw Trouble("the engine is dead") }
        }
        return try await ScratchRun(scratch, gate: gate)
    }

    /// What is neither reachable nor in a worktree that was set aside.
    func lost(_ truth: [String: String], _ worktree: Worktree, _ disposal: Disposal) async throws -> [String] {
        if case .setAside(let path, let reason) = disposal {
            #expect(path == worktree.path && !reason.isEmpty)
            // Nothing was taken out of it.
            let now = try await self.truth(worktree)
            let kept = try await reachable()
            return truth.filter { now[$0.key] == nil && !kept.contains($0.key) }.map { "\($0.value) \($0.key)" }
                .sorted()
        }
        #expect(!scratch.exists(worktree.path))
        let kept = try await reachable()
        return truth.filter { !kept.contains($0.key) }.map { "\($0.value) \($0.key)" }.sorted()
    }

    private func reachable() async throws -> Set<String> {
        let text = try await scratch.git("rev-list", "--objects", "--no-object-names", "--all")
        return Set(text.split(separator: "\n").map(String.init))
    }
}

/// What agents do when nobody thinks of them.
private enum Chaos {
    private static let names = [
        "a", "b/c", "'b/d e'", "eol.txt", "'sp ace'", "-dash", "'ü ñ/日本'", "\"$(printf 'nl\\nname')\"", "'q\"uote'",
        "deep/er/and/deeper", "x.o", "out/y", ".hidden", "'$x'", "tab\\\tname", "new.txt", "'*'", "n/file", "m/file",
    ]

    static func script(_ random: inout SplitMix64) -> String {
        var lines = [
            // Every one may fail, and the next one goes on.
            "put() { mkdir -p -- \"$(dirname -- \"./$1\")\"; cat > \"./$1\"; }",
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=init.defaultBranch GIT_CONFIG_VALUE_0=main",
        ]
        for _ in 0..<Int.random(in: 4...16, using: &random) { lines.append(line(&random)) }
        return lines.joined(separator: "\n")
    }

    private static func line(_ random: inout SplitMix64) -> String {
        let name = names.randomElement(using: &random) ?? "a"
        let other = names.randomElement(using: &random) ?? "b"
        let text = "'\(random.next() % 1000)'"
        let lines = [
            "echo \(text) | put \(name)",
            "printf \(text)'\\r\\nline\\r\\n' | put \(name)",
            "printf \(text)'\\000\\001\\377' | put \(name)",
            "head -c 300000 /dev/zero | tr '\\0' \(text) | put \(name)",
            "echo \(text) >> ./\(name)",
            "chmod +x ./\(name)",
            "rm -rf ./\(name)",
            "mv ./\(name) ./\(other)",
            "ln -sf \(text) ./\(name)",
            "git add -A",
            "git add -f -- ./\(name)",
            "git commit -qm \(text)",
            "git commit -qam \(text)",
            "git commit -q --amend -m \(text)",
            "git reset -q --hard HEAD~",
            "git reset -q --soft HEAD~",
            "git reset -q",
            "git checkout -q --detach",
            "git checkout -qb branch-\(text)",
            "git checkout -q --orphan orphan-\(text)",
            "git stash -q",
            "echo \(text) > ./\(name) && git add -- ./\(name) && echo more-\(text) > ./\(name)",
            "echo \(text) > ./\(name) && git add -f -- ./\(name) && rm ./\(name)",
            "git update-index --assume-unchanged a && echo \(text) > a",
            "git update-index --skip-worktree b/c && echo \(text) > b/c",
            "git checkout -qb s\(text) && echo \(text) > a && git commit -qam s && git checkout -q - && echo x\(text) > a "
                + "&& git commit -qam m && git merge -q s\(text)",
            "git rm -q --cached -- ./\(name)",
            "git init -q n && echo \(text) > n/file && git -C n add file && git -C n commit -qm \(text)",
            "echo \(text) > n/file && git -C n commit -qam \(text) && git -C n reset -q --hard HEAD~",
            "echo \(text) > n/dirty; git -C n add dirty; echo x\(text) > n/dirty",
            "git init -q m && echo \(text) > m/file && git init -q m/in && echo \(text) > m/in/x",
            "git -C n checkout -q --detach; git -C n checkout -qb x\(text)",
            "git init -q b && git -C b add c && git -C b commit -qm \(text)",
            "git add n m 2> /dev/null && git commit -qm links",
            "echo \(text) | put HANDOFF.md",
        ]
        return (lines.randomElement(using: &random) ?? "true") + " 2> /dev/null || true"
    }

    /// Tells `OBJECT what` of all that must not be lost: files as git would store them, what is staged, and every commit.
    ///
    /// Looked up by other means than the ones on trial. Files inside other repositories have no attributes here.
    static let truth = """
        nested() { find . -mindepth 2 -name .git -not -path './out/*' -printf '%h\\n'; }
        git ls-files -z -co --exclude-standard | sort -zu | xargs -0 -r -n 1 sh -c '
            if [ -L "./$1" ]; then printf "%s link %s\\n" "$(readlink -n -- "./$1" | git hash-object --stdin)" "$1"
            elif [ -f "./$1" ]; then printf "%s file %s\\n" "$(git hash-object --path="$1" --stdin < "./$1")" "$1"
            fi' sh
        git ls-files -s | grep -v '^160000' | sed -E 's/^[0-9]+ ([0-9a-f]+) ([0-9])\\t/\\1 staged \\2 /'
        cut -d ' ' -f 2 "$(git rev-parse --git-dir)/logs/HEAD" | sort -u | sed 's/$/ commit/'
        nested | while IFS= read -r folder; do (
            cd "$folder" || exit
            git rev-parse --verify -q HEAD | sed "s|$| commit of $folder|"
            cat .git/logs/HEAD .git/logs/refs/heads/* 2> /dev/null | cut -d ' ' -f 2 | grep -v '^0*$' | sort -u \\
                | sed "s|$| reflog of $folder|"
            git ls-files -s | grep -v '^160000' | sed -E 's/^[0-9]+ ([0-9a-f]+) ([0-9])\\t/\\1 staged in it \\2 /'
            git ls-files -z -co --exclude-standard | sort -zu | xargs -0 -r -n 1 sh -c '
                [ -f "./$1" ] && printf "%s file in it %s\\n" "$(git hash-object --stdin < "./$1")" "$1"' sh
        ); done
        """
}
