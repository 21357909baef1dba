/// The keeper: one process that outlives the engine, runs one attempt's agent, ends everything that comes of it, and writes how it ended.
///
///     engine ── order (descriptor 0), lock (3) ───────► keeper ── spawn ──► agent ──► whatever the agent starts
///            ── requests (a FIFO) ──────────────────►   │  subreaper: orphans of the agent become its children
///            ◄─ "agent PID" on descriptor 1, keeper.json, stdout, stderr, times, exit.json (by rename) ──┘
///
/// The order lies in memory alone: it holds the agent's environment, keys and all, which nothing may leave on a disk.
///
/// The lock is a flock that lives as long as a copy of the descriptor does: whoever cannot take it knows that the keeper lives.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "stretto_process.h"

// ---- files.c: what is read and written in the attempt's directory, which is the working directory.

/// More steps towards an end are no order.
enum { STEP_COUNT_MAX = 16 };

/// One step towards the agent's end.
struct step {
    /// Written on the agent's standard input, which then ends; NULL where a signal is sent.
    const char *line;
    int signal;
    int64_t grace_ms;
};

/// What the engine asked for.
struct order {
    /// The file to execute; empty where the engine found none.
    const char *path;
    /// The agent's working directory.
    const char *directory;
    /// "STRETTO_ATTEMPT=..." as it stands in the agent's environment.
    const char *marker;
    bool uses_terminal;
    int64_t terminate_grace_ms;
    /// 0: an absent engine is no reason to end.
    int64_t engine_away_ms;
    int64_t output_bytes_max;
    pid_t engine_pid;
    uint64_t engine_ticks;
    struct stretto_texts arguments;
    struct stretto_texts environment;
    /// What is tried before SIGTERM goes to the whole tree.
    struct step steps[STEP_COUNT_MAX];
    size_t step_count;
    /// What the agent finds on its standard input; a size of 0: nothing, as from /dev/null.
    const char *input;
    size_t input_size;
};

/// What an earlier keeper of this attempt wrote about itself.
struct record {
    bool exists;
    uint64_t start_ticks;
    /// The machine was started again since: nothing of it can live.
    bool is_of_another_boot;
};

/// How the attempt ended; becomes exit.json.
struct ending {
    /// "exit", "terminated", "engine-away", "output-limit", "spawn-failed:ERRNO" or "lost".
    const char *reason;
    int spawn_error;
    /// The agent's status is known.
    bool is_known;
    int code;
    int signal;
    size_t stray_count;
    /// Processes that could not be ended within the keeper's patience.
    size_t survivor_count;
    int64_t started_ms;
    int64_t ended_ms;
    int64_t duration_ms;
    struct stretto_exit usage;
};

/// Reads the order from its descriptor, which becomes /dev/null; its texts live as long as the process. 0 or an errno.
int read_order(struct order *order);

/// A descriptor from which the agent reads its input from the first byte on; -1 where it has none. 0 or an errno.
int open_input(const struct order *order, int *input);

struct record read_record(void);

/// Writes keeper.json; durable before the agent runs, so that a lost attempt can be told from one that never began. 0 or an errno.
int write_record(uint64_t start_ticks, pid_t agent, bool is_durable);

/// Keeps room for exit.json, so that a disk which fills up meanwhile cannot swallow how the attempt ended. 0 or an errno.
int reserve_ending(void);

/// Writes exit.json, durably. 0 or an errno.
int write_ending(const struct ending *ending);

/// Milliseconds that only grow.
int64_t now_ms(void);

/// Milliseconds since 1970.
int64_t wall_ms(void);

// ---- tree.c: which processes are the attempt's, and signals to them. Identity is always pid and start time.

/// The start of a process in clock ticks since boot; 0 where there is none.
uint64_t start_ticks_of(pid_t pid);

/// Everything that may be signalled: descendants of this process, and bearers of the marker that started after it.
struct tree {
    const char *marker;
    uint64_t oldest_ticks;
    /// Leads the agent's group; not reaped before the end, so the number stays its own. 0 where there was none.
    pid_t agent;
    bool agent_is_over;
    /// Every process that was signalled after the agent was over, each once.
    size_t stray_count;
    struct identity *seen;
    size_t seen_count;
    size_t seen_capacity;
};

/// No descendant lives any more, by the kernel's own account.
bool has_no_child(void);

/// Signals every process of the tree but the agent's zombie; SIGCONT goes after SIGTERM so that a stopped one can act on it.
///
/// Returns how many live ones were found. `fresh` counts those that were not known before. Pidfds of bearers which are no children go to
/// `watched`, at most `capacity`, for their end is told by nothing else; the caller closes them.
size_t signal_tree(struct tree *tree, int signal, size_t *fresh, int *watched, size_t capacity, size_t *watched_count);

/// Kills everything, again and again, until nothing is left or `patience_ms` is over. Returns what is left.
size_t kill_tree(struct tree *tree, int64_t patience_ms);
