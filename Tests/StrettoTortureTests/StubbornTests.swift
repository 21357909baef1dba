import StrettoCore
import StrettoJournal
import StrettoProcess
import Testing

/// Promise P3: no process of ours outlives its purpose, and no process that is not ours is ever signalled.
///
/// Ours is whatever descends from an agent, and whatever bears an attempt's marker: a stranger that copied it cannot be told from an agent's
/// grandchild that hides, so it is ended too. Nothing else is: no name, no working directory, no marker that is only like ours.
@Suite(.serialized) struct StubbornTests {
    /// How the agents come to their end.
    enum End: String, CaseIterable {
        case stop, skip, time, kill

        var code: Int32 {
            switch self {
            case .stop, .kill: 6
            case .skip: 0
            case .time: 4
            }
        }
    }

    private static func plan(_ end: End) -> String {
        #"""
        meta: {name: stubborn, workers: 4, max_attempts_default: 1\#(end == .time ? ", timeout: 4s" : "")}
        tasks:
        - id: deaf
          command: |
            trap "" INT TERM; echo kept >deaf.txt; echo "$PWD" >"$READY"
            while :; do sleep 0.1; done
        - id: daemons
          command: |
            echo kept >daemons.txt
            setsid setsid sh -c 'trap "" INT TERM HUP; echo x >"$READY"; while :; do echo busy >>busy.txt; sleep 0.01; done' &
            sleep 300
        - id: bomb
          command: |
            echo kept >bomb.txt
            for n in 1 2 3 4 5 6 7 8; do
                setsid sh -c 'trap "" TERM; for m in 1 2 3 4; do setsid sleep 300 & done; wait' &
            done
            echo x >"$READY"; wait
        - id: phoenix
          command: |
            echo kept >phoenix.txt
            trap 'setsid sleep 300 & setsid sh -c "trap \"\" TERM INT; sleep 300" &' INT TERM
            echo x >"$READY"; while :; do sleep 0.1; done

        """#
    }

    /// Ends the run when all four are at work, beside processes that only look like ours.
    ///
    /// Arguments: the scene's folder, the end.
    private static let script = #"""
        cd "$1/repo" || exit 99
        mkdir "$1/decoy"; cp "$(command -v sleep)" "$1/decoy/stretto-keeper"
        mkfifo "$1/ready"; exec 4<>"$1/ready"
        await() { for n in 1 2 3 4; do read -r answer <&4; case $answer in /*) place=$answer ;; esac; done; }
        decoys=
        decoy() { "$@" 4<&- & decoys="$decoys $!"; }
        begin() { READY=$1/ready "$STRETTO" run plan.yaml --plain 4<&- </dev/null & run=$!; }

        begin "$1"
        if [ "$2" != time ]; then
            await
            decoy env --chdir="$place" sleep 300
        fi
        # One that bears a keeper's name, one that has its arguments, one with a marker that is only like ours.
        decoy "$1/decoy/stretto-keeper" 300
        decoy sh -c 'sleep 300; : stretto-keeper' "$1/repo/.git/stretto/runs/stubborn-1/deaf.1"
        decoy env STRETTO_ATTEMPT="$1/repo/.git/stretto/runs/stubborn-1/deaf.10" sleep 300
        case $2 in
            stop) "$STRETTO" stop --now ;;
            skip) for task in deaf daemons bomb phoenix; do "$STRETTO" skip "$task" || exit 98; done ;;
            kill)
                # Not written out below, for this very script is a process's command line as well.
                order=--order
                for process in /proc/[0-9]*; do
                    case $(tr '\0' ' ' 2>/dev/null <"$process/cmdline") in
                        *"/stretto-keeper $1"*) kill -9 "${process#/proc/}" ;;
                        *"stretto engine $order "*)
                            case $(readlink "$process/cwd") in "$1"/*) kill -9 "${process#/proc/}" ;; esac ;;
                    esac
                done
                wait "$run"
                begin "$1"
                await
                "$STRETTO" stop --now ;;
        esac
        wait "$run"; echo "code $?"
        for decoy in $decoys; do kill "$decoy" || echo "lost a decoy"; done
        echo "$decoys" | wc -w
        """#

    @Test(.timeLimit(.minutes(5)), arguments: End.allCases)
    func `agents that do not want to end are ended, their work is kept, and who only looks like one lives on`(
        end: End
    ) async throws {
        let scene = try await Scene(plan: Self.plan(end))

        let output = try await Scene.shell(Self.script, [scene.root, end.rawValue], root: scene.root)

        #expect(output.text.contains("code \(end.code)\n"), "\(output.text)\(output.errorText)")
        #expect(!output.text.contains("lost a decoy"), "\(output.text)")
        #expect(output.text.hasSuffix(end == .time ? "\n3\n" : "\n4\n"), "\(output.text)\(output.errorText)")
        scene.expectNoProcess()
        let run = try scene.journal().run.id
        // How far an agent comes until its time is over is the machine's affair.
        for task in ["deaf", "daemons", "bomb", "phoenix"] where end != .time {
            for number in end == .kill ? 1...2 : 1...1 {
                #expect(try await scene.git("show", "refs/stretto/\(run)/\(task)/\(number):\(task).txt") == "kept\n")
            }
        }
        let checkouts = try await scene.checkouts()
        #expect(checkouts.before == checkouts.now)
    }

    @Test(.timeLimit(.minutes(5)))
    func `what agents leave behind when they end by themselves is ended before their work is merged`() async throws {
        let plan = #"""
            meta: {name: leaving, workers: 2}
            tasks:
            - id: forks
              command: |
                echo done >forks.txt
                (setsid sh -c 'trap "" INT TERM HUP; echo x >up; while :; do echo late >>forks.txt; sleep 0.01; done' &)
                until [ -e up ]; do sleep 0.01; done; rm up
            - id: chain
              command: |
                echo done >chain.txt
                LINK='trap "" TERM; [ -d . ] || exit; setsid sh -c "$LINK" & exit'; export LINK; sh -c "$LINK" &
            """#
        let scene = try await Scene(plan: plan)

        let run = try await scene.stretto("run", "plan.yaml", "--plain")

        #expect(run.status == .code(0), "\(run.text)\(run.errorText)")
        scene.expectNoProcess()
        let (record, entries) = try scene.journal()
        let strays = entries.compactMap { entry in
            if case .exited(_, let exit) = entry.event { exit.strayCount } else { nil }
        }
        #expect(strays.count == 2 && strays.allSatisfy { $0 > 0 }, "\(strays)")
        let merged = try await scene.git("show", "\(record.id.branch):chain.txt")
        #expect(merged == "done\n")
    }
}
