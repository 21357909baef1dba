import StrettoCore
import StrettoJournal
import StrettoProcess
import Testing

/// Promise P3: no process of ours outlives its purpose, and no process that is not ours is ever signalled.
@Suite(.serialized) struct StubbornTests {
    private static let plan = #"""
        meta: {name: stubborn, workers: 4}
        tasks:
        - id: deaf
          command: |
            trap "" INT TERM; echo kept >deaf.txt; echo x >"$READY"
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

    /// Stops the run when all four are at work, beside a process that only bears a keeper's name.
    private static let script = #"""
        cd "$1/repo" || exit 99
        mkdir "$1/decoy"; cp "$(command -v sleep)" "$1/decoy/stretto-keeper"
        "$1/decoy/stretto-keeper" 300 & decoy=$!
        mkfifo "$1/ready"; exec 4<>"$1/ready"
        READY=$1/ready "$STRETTO" run plan.yaml --plain 4<&- </dev/null & run=$!
        for n in 1 2 3 4; do read -r answer <&4; done
        "$STRETTO" stop --now
        wait "$run"; echo "code $?"
        kill "$decoy" && echo "the decoy lived"
        """#

    @Test(.timeLimit(.minutes(1)))
    func `stop ends agents that do not want to end, keeps their work and spares who only looks like one`() async throws
    {
        let scene = try await Scene(plan: Self.plan)

        let output = try await Scene.shell(Self.script, [scene.root], root: scene.root)

        #expect(output.text.contains("code 6"), "\(output.text)\(output.errorText)")
        #expect(output.text.contains("the decoy lived"))
        scene.expectNoProcess()
        let run = try scene.journal().run.id
        for task in ["deaf", "daemons", "bomb", "phoenix"] {
            #expect(try await scene.git("show", "refs/stretto/\(run)/\(task)/1:\(task).txt") == "kept\n")
        }
        let checkouts = try await scene.checkouts()
        #expect(checkouts.before == checkouts.now)
    }
}
