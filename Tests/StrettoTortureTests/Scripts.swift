/// The shell scripts of a scene: the agents, and the person at the keyboard.
enum Scripts {
    /// One attempt: notes its beginning and its end outside of every worktree, and whether another one of its task was alive.
    ///
    /// Marks are single lines, appended, so their order in the file is the order in time.
    static let agent = #"""
        task=$STRETTO_TASK number=$STRETTO_ATTEMPT_NUMBER
        mark() { echo "$1 $task $number $$ $(date +%s%N)" >>"$MARKS"; }
        open='$2 == t && $1 == "start" { s[$4] } $2 == t && $1 == "end" { delete s[$4] } END { for (p in s) print p }'
        for pid in $(awk -v "t=$task" "$open" "$MARKS"); do
            # A zombie has no environment any more, and a number may be somebody else's by now.
            if tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | grep -qx "STRETTO_TASK=$task"; then mark overlap; fi
        done
        pause() {
            [ "$PACE" = gate ] || { sleep "${PACE:-0}"; return; }
            until [ -e "$MARKS.go" ]; do sleep 0.05; done
        }
        mark start
        case $1 in
            file)
                echo "by $task" >"$task.txt"
                pause
                mkdir -p "new $task"
                echo more >"new $task/ünïcode" ;;
            line)
                pause
                echo "line of $task" >>list ;;
            fails)
                echo "by $task" >"$task.txt"
                if [ "$number" = 1 ]; then mark end; exit 1; fi ;;
            nest)
                echo "by $task" >"$task.txt"
                git init --quiet inner
                echo deep >inner/deep.txt
                git -C inner add deep.txt
                git -C inner -c user.name=u -c user.email=u@localhost commit --quiet --message=Deep
                pause
                echo left >inner/left.txt ;;
            slow)
                echo "by $task" >"$task.txt"
                sleep 600 ;;
        esac
        mark end
        """#

    /// Runs the plan once and answers its gate; exits as the program does.
    ///
    /// Arguments: the scene's folder, a limit for files in blocks.
    static let drive = #"""
        cd "$1/repo" || exit 99
        rm -f "$1/in"; mkfifo "$1/in"; exec 3<>"$1/in"
        {
            [ -z "$2" ] || ulimit -f "$2"
            "$STRETTO" run plan.yaml --plain <&3 3<&- 2>&1
            echo "code $?"
        } | while read -r line; do
            printf '%s\n' "$line"
            case $line in
                code*) exit "${line#code }" ;;
                # An answer to an answer would have no end.
                *refused* | *" skipped "*) continue ;;
                # A merge that failed waits for somebody who has it tried again.
                *" held "* | *running,*) printf 'approve %s\n' a b d e f n z >&3 ;;
            esac
            printf 'approve g\n' >&3
            # Only what has begun shows what a skip leaves behind.
            case $line in
                *running* | *continuing*)
                    {
                        n=0
                        until grep -q '^start s ' "$1/marks" || [ "$n" = 100 ]; do sleep 0.05; n=$((n + 1)); done
                        printf 'skip s\n' >&3
                    } & ;;
            esac
        done
        """#

    /// A git that, once, kills the engine which called it and does its work a second later, when the next engine is there.
    static let lateGit = #"""
        #!/bin/sh
        case " $* " in
            *" $TRAP "*)
                if rmdir "$TRAP_ONCE" 2>/dev/null; then
                    # In the middle of its work it has the index locked.
                    lock=${GIT_INDEX_FILE:+$GIT_INDEX_FILE.lock}
                    [ -z "$lock" ] || : >"$lock"
                    kill -9 "$PPID"
                    sleep 1
                    [ -z "$lock" ] || rm -f "$lock"
                fi ;;
        esac
        PATH=${PATH#*:} exec git "$@"
        """#

    /// Everything of the checkout that is the user's, as text to compare; of the plan all but its statuses.
    static let look = #"""
        cd "$1/repo" || exit 99
        export GIT_OPTIONAL_LOCKS=0
        git rev-parse HEAD
        git symbolic-ref HEAD
        git status --porcelain=v2 --branch --untracked-files=all | grep -v ' plan.yaml$'
        sed 's/, status: [a-z_]*//; /^ *status: [a-z_]*$/d' plan.yaml
        git stash list
        git config --list --local
        find . -path ./.git -prune -o -type f ! -path ./plan.yaml -exec sha256sum {} + | sort
        sha256sum .git/index
        """#

    /// A repository with a user's unfinished work in its checkout.
    ///
    /// Arguments: the scene's folder, how many further files there are.
    static let setUp = #"""
        set -e
        cd "$1/repo"
        n=0
        while [ "$n" -lt "$2" ]; do
            [ "$((n % 100))" != 0 ] || mkdir -p "many/$((n / 100))"
            echo "$n" >"many/$((n / 100))/$n"
            n=$((n + 1))
        done
        echo first >list
        echo base >base.txt
        git init --quiet --initial-branch=main
        git add .
        git -c user.name=u -c user.email=u@localhost commit --quiet --message=Begin
        echo stashed >>base.txt
        git -c user.name=u -c user.email=u@localhost stash --quiet
        echo edited >>base.txt
        echo staged >staged
        git add staged
        echo untracked >untracked
        """#
}
