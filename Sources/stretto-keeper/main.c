#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
    /// Where the engine puts the lock and the channel for the first answer.
    LOCK_DESCRIPTOR = 3,
    ANSWER_DESCRIPTOR = 1,
    REQUEST_BYTES_MAX = 512,
    COPY_BYTES_MAX = 64 << 10,
    /// How many copies are made before something else has its turn.
    COPY_BURST = 16,
    WATCHED_COUNT_MAX = 64,
    /// A flood of output wakes the keeper this seldom; an agent that writes nothing does not wake it at all.
    OUTPUT_PAUSE_MS = 100,
    /// Output is listened to from this age on: giving that up again takes the system 15 ms, too much for a short program.
    OUTPUT_FIRST_MS = 200,
    /// How often sizes are asked for where the system cannot tell of their growth.
    OUTPUT_DEAF_MS = 1000,
    /// Times of output are noted this seldom, and after so many notes ten times as seldom.
    TIMES_PAUSE_MS = 1000,
    TIMES_COUNT = 16384,
    /// This part of the output limit may be exceeded during the grace periods.
    EXCESS_PART = 4,
    /// How long killed processes are waited for; after that something holds them in the kernel, and they are reported.
    KILL_PATIENCE_MS = 30000,
    /// Tries while the program is held open for writing, for instance by its installer.
    BUSY_TRY_COUNT = 10,
    TERMINAL_ROWS = 40,
    TERMINAL_COLUMNS = 120,
};

/// How far the end has come. Each step is reached by a request, a deadline or the agent's own exit, and never left backwards.
///
///     running ── request ──► interrupted ── graces ─► terminated ── grace ──► killing ──► over
///        └──────── exit, something is left ──────────────┘   └── nothing is left ──────────┘
///
/// Interrupted is one step or several, as the order says: a signal to the agent's group, or a line on its standard input.
enum phase { RUNNING, INTERRUPTED, TERMINATED, KILLING, OVER };

struct keeper {
    struct order order;
    struct ending ending;
    struct tree tree;
    enum phase phase;
    /// The next of the order's steps.
    size_t step;
    /// The agent's standard input, where a step writes on it; else -1.
    int input;
    pid_t agent;
    int64_t started;
    int signals;
    int requests;
    /// A pidfd; -1 while the engine is away.
    int engine;
    int notices;
    int output;
    int error;
    int terminal;
    int64_t copied_bytes;
    /// The file of times; -1 without one.
    int times;
    size_t times_count;
    /// When the last time was noted, and how much output there was when it was looked at last.
    int64_t times_noted;
    int64_t seen_output;
    int64_t seen_error;
    char request[REQUEST_BYTES_MAX];
    size_t request_size;
    int watched[WATCHED_COUNT_MAX];
    size_t watched_count;
    /// Milliseconds of `now_ms`; -1 where nothing is due.
    int64_t phase_deadline;
    int64_t engine_deadline;
    int64_t output_deadline;
};

// ---- The agent's end

static void begin_phase(struct keeper *keeper, enum phase phase, int64_t grace_ms) {
    keeper->phase = phase;
    keeper->phase_deadline = grace_ms >= 0 ? now_ms() + grace_ms : -1;
}

static size_t sweep(struct keeper *keeper, int signal) {
    for (size_t i = 0; i < keeper->watched_count; i++) close(keeper->watched[i]);
    size_t fresh;
    return signal_tree(&keeper->tree, signal, &fresh, keeper->watched, WATCHED_COUNT_MAX, &keeper->watched_count);
}

static void terminate(struct keeper *keeper) {
    size_t found = sweep(keeper, SIGTERM);
    begin_phase(keeper, TERMINATED, keeper->order.terminate_grace_ms);
    if (found == 0 && has_no_child()) keeper->phase = OVER;
}

/// Writes a line on the agent's standard input and ends that; one that does not read it loses nothing.
static void say(struct keeper *keeper, const char *line) {
    if (keeper->input < 0) return;
    // The pipe is empty and the line is short, so this neither waits nor writes half of it.
    struct iovec parts[] = {{(void *)line, strlen(line)}, {"\n", 1}};
    while (writev(keeper->input, parts, 2) < 0 && errno == EINTR) {}
    close(keeper->input);
    keeper->input = -1;
}

/// Takes the next step towards the agent's end.
static void take_step(struct keeper *keeper) {
    if (keeper->step == keeper->order.step_count) return terminate(keeper);
    const struct step *step = &keeper->order.steps[keeper->step++];
    if (step->line != NULL) say(keeper, step->line);
    // The agent is not reaped before the end, so its number names its group and no other.
    else kill(-keeper->agent, step->signal);
    begin_phase(keeper, INTERRUPTED, step->grace_ms);
}

/// Asks for the end of everything, for a reason that counts if it is the first one.
static void interrupt(struct keeper *keeper, const char *reason) {
    if (keeper->phase != RUNNING || keeper->tree.agent_is_over) return;
    keeper->ending.reason = reason;
    take_step(keeper);
}

static void kill_rest(struct keeper *keeper) {
    keeper->phase = KILLING;
    keeper->ending.survivor_count = kill_tree(&keeper->tree, KILL_PATIENCE_MS);
    keeper->phase = OVER;
}

/// Collects orphans that ended; the agent itself is only noticed.
static void take_children(struct keeper *keeper) {
    siginfo_t info;
    for (;;) {
        info.si_pid = 0;
        if (keeper->tree.agent_is_over) return;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
        if (info.si_pid == keeper->agent) keeper->tree.agent_is_over = true;
        else waitpid(info.si_pid, NULL, WNOHANG);
    }
}

/// Goes on as far as what is known allows.
static void advance(struct keeper *keeper) {
    bool is_due = keeper->phase_deadline >= 0 && now_ms() >= keeper->phase_deadline;
    switch (keeper->phase) {
    case RUNNING:
    case INTERRUPTED:
        if (keeper->tree.agent_is_over) terminate(keeper);
        else if (is_due) take_step(keeper);
        break;
    case TERMINATED:
        if (is_due) kill_rest(keeper);
        // Whatever ended may have left something that the last sweep did not see.
        else if (keeper->tree.agent_is_over && has_no_child() && sweep(keeper, SIGTERM) == 0 && has_no_child()) {
            keeper->phase = OVER;
        }
        break;
    case KILLING:
    case OVER: break;
    }
}

// ---- Requests, the engine, the output

/// Counts the time without an engine, where that matters.
static void miss_engine(struct keeper *keeper) {
    if (keeper->order.engine_away_ms > 0) keeper->engine_deadline = now_ms() + keeper->order.engine_away_ms;
}

static void watch_engine(struct keeper *keeper, pid_t pid, uint64_t ticks) {
    if (keeper->engine >= 0) close(keeper->engine);
    keeper->engine = stretto_pidfd_open(pid);
    // Opened first and compared then: a number that somebody else took over in between shows here.
    if (keeper->engine >= 0 && start_ticks_of(pid) != ticks) {
        close(keeper->engine);
        keeper->engine = -1;
    }
    keeper->engine_deadline = -1;
    if (keeper->engine < 0) miss_engine(keeper);
}

static void take_request(struct keeper *keeper, const char *line) {
    int pid;
    uint64_t ticks;
    if (strcmp(line, "terminate") == 0) interrupt(keeper, "terminated");
    else if (sscanf(line, "engine %d %" SCNu64, &pid, &ticks) == 2) watch_engine(keeper, pid, ticks);
}

static void take_requests(struct keeper *keeper) {
    size_t room = sizeof keeper->request - keeper->request_size;
    ssize_t count = read(keeper->requests, keeper->request + keeper->request_size, room);
    if (count <= 0) return;
    keeper->request_size += (size_t)count;
    char *line = keeper->request, *end = keeper->request + keeper->request_size, *newline;
    while ((newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        *newline = 0;
        take_request(keeper, line);
        line = newline + 1;
    }
    keeper->request_size = (size_t)(end - line);
    memmove(keeper->request, line, keeper->request_size);
    // A line that fills the whole room is none of the engine's.
    if (keeper->request_size == sizeof keeper->request) keeper->request_size = 0;
}

static int64_t size_of(int file) {
    struct stat status;
    return fstat(file, &status) == 0 ? status.st_size : 0;
}

/// Notes when the output that begins behind what was seen before came; a line is the time in milliseconds since 1970 and both sizes.
static void note_time(struct keeper *keeper, int64_t output, int64_t error) {
    int64_t now = now_ms(), pause = keeper->times_count < TIMES_COUNT ? TIMES_PAUSE_MS : 10 * TIMES_PAUSE_MS;
    bool has_grown = output > keeper->seen_output || error > keeper->seen_error;
    if (keeper->times_count == 0 || (has_grown && now - keeper->times_noted >= pause)) {
        // Only a convenience: a disk that takes nothing loses times, not output.
        dprintf(keeper->times, "%" PRId64 " %" PRId64 " %" PRId64 "\n", wall_ms(), keeper->seen_output, keeper->seen_error);
        keeper->times_noted = now;
        keeper->times_count++;
    }
    keeper->seen_output = output;
    keeper->seen_error = error;
}

static void check_output(struct keeper *keeper) {
    int64_t output = size_of(keeper->output), error = size_of(keeper->error);
    int64_t size = output + error, limit = keeper->order.output_bytes_max;
    if (keeper->times >= 0) note_time(keeper, output, error);
    if (size > limit) interrupt(keeper, "output-limit");
    // Who floods on while asked to end gets no more grace: the disk is everybody's.
    if (size > limit + limit / EXCESS_PART && keeper->phase < KILLING) begin_phase(keeper, TERMINATED, 0);
}

/// Copies from the terminal into the file; false where there is nothing more now.
static bool copy_output(struct keeper *keeper) {
    static char bytes[COPY_BYTES_MAX];
    for (int burst = 0; burst < COPY_BURST; burst++) {
        ssize_t count = read(keeper->terminal, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return false;
        if (count <= 0) {
            // EIO: nobody has the other side open any more.
            close(keeper->terminal);
            keeper->terminal = -1;
            return false;
        }
        for (ssize_t done = 0; done < count;) {
            ssize_t written = write(keeper->output, bytes + done, (size_t)(count - done));
            if (written < 0 && errno == EINTR) continue;
            // A full disk loses output, not the agent: reading goes on so that it is not held up.
            if (written <= 0) break;
            done += written;
        }
        check_output(keeper);
    }
    return true;
}

// ---- The start

/// Tells the engine, which may be gone, what became of the start.
static void answer(const char *word, int number) {
    char text[64];
    int length = snprintf(text, sizeof text, "%s %d\n", word, number);
    while (write(ANSWER_DESCRIPTOR, text, (size_t)length) < 0 && errno == EINTR) {}
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, ANSWER_DESCRIPTOR);
    close(null);
}

static void set_signals(struct keeper *keeper) {
    static const int fatal[] = {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGCHLD};
    for (int signal = 1; signal < 32; signal++) {
        bool is_kept = false;
        for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) is_kept = is_kept || fatal[i] == signal;
        // The agent starts with default actions: the spawn sees to that.
        sigaction(signal, &(struct sigaction){.sa_handler = is_kept ? SIG_DFL : SIG_IGN}, NULL);
    }
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_SETMASK, &children, NULL);
    keeper->signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_output(const char *path) { return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600); }

static int open_files(struct keeper *keeper) {
    keeper->output = open_output("stdout");
    keeper->error = open_output("stderr");
    if (keeper->output < 0 || keeper->error < 0) return errno;
    keeper->times = open_output("times");
    if (mkfifo("requests", 0600) != 0 && errno != EEXIST) return errno;
    // Open for writing too, so that it does not end when an engine closes it.
    keeper->requests = open("requests", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (keeper->requests < 0) return errno;
    return 0;
}

/// A terminal for standard output alone: raw, and nobody's controlling one, so that no program can ask a question and wait.
static int open_terminal(struct keeper *keeper, int *agent_side) {
    char name[64];
    keeper->terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (keeper->terminal < 0) return errno;
    if (grantpt(keeper->terminal) != 0 || unlockpt(keeper->terminal) != 0) return errno;
    int code = ptsname_r(keeper->terminal, name, sizeof name);
    if (code != 0) return code;
    *agent_side = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*agent_side < 0) return errno;
    struct termios modes;
    if (tcgetattr(*agent_side, &modes) != 0) return errno;
    cfmakeraw(&modes);
    tcsetattr(*agent_side, TCSANOW, &modes);
    ioctl(*agent_side, TIOCSWINSZ, &(struct winsize){.ws_row = TERMINAL_ROWS, .ws_col = TERMINAL_COLUMNS});
    return stretto_set_nonblocking(keeper->terminal) == 0 ? 0 : errno;
}

/// A pipe as the agent's standard input, where a step writes on it; such an agent has no other input.
static int open_line_input(struct keeper *keeper, int *agent_side) {
    bool is_needed = false;
    for (size_t i = 0; i < keeper->order.step_count; i++) is_needed = is_needed || keeper->order.steps[i].line != NULL;
    int ends[2];
    if (!is_needed) return 0;
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    *agent_side = ends[0];
    keeper->input = ends[1];
    return 0;
}

static int start_agent(struct keeper *keeper) {
    int agent_side = -1, input = -1, pidfd = -1, code = 0;
    if (keeper->order.uses_terminal) code = open_terminal(keeper, &agent_side);
    if (code == 0) code = open_line_input(keeper, &input);
    if (code == 0 && input < 0) code = open_input(&keeper->order, &input);
    struct stretto_spawn_order spawn = {
        .path = keeper->order.path,
        .arguments = keeper->order.arguments,
        .environment = keeper->order.environment,
        .directory = keeper->order.directory,
        .input = input,
        .output = agent_side >= 0 ? agent_side : keeper->output,
        .error = keeper->error,
        .inherited = -1,
    };
    if (code == 0) code = ETXTBSY;
    else return code;
    for (int tried = 0; code == ETXTBSY && tried < BUSY_TRY_COUNT; tried++) {
        if (tried > 0) poll(NULL, 0, 1 << tried);
        code = stretto_spawn(&spawn, &keeper->agent, &pidfd);
    }
    if (agent_side >= 0) close(agent_side);
    if (input >= 0) close(input);
    if (code != 0) return code;
    close(pidfd);
    keeper->tree.agent = keeper->agent;
    return 0;
}

// ---- The whole

static int timeout_of(const struct keeper *keeper) {
    const int64_t deadlines[] = {keeper->phase_deadline, keeper->engine_deadline, keeper->output_deadline};
    int64_t next = -1, now = now_ms();
    for (size_t i = 0; i < sizeof deadlines / sizeof *deadlines; i++) {
        if (deadlines[i] >= 0 && (next < 0 || deadlines[i] < next)) next = deadlines[i];
    }
    if (next < 0) return -1;
    if (next <= now) return 0;
    return next - now > 3600000 ? 3600000 : (int)(next - now);
}

/// Has the system tell when output grows; false where it has no room for another listener.
static bool listen_to_output(struct keeper *keeper) {
    keeper->notices = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (keeper->notices < 0) return false;
    // What comes through the terminal is counted as it is copied.
    bool is_heard = keeper->order.uses_terminal || inotify_add_watch(keeper->notices, "stdout", IN_MODIFY) >= 0;
    if (is_heard && inotify_add_watch(keeper->notices, "stderr", IN_MODIFY) >= 0) return true;
    close(keeper->notices);
    keeper->notices = -1;
    return false;
}

static void follow_deadlines(struct keeper *keeper) {
    int64_t now = now_ms();
    if (keeper->output_deadline >= 0 && now >= keeper->output_deadline) {
        keeper->output_deadline = -1;
        if (keeper->notices < 0) {
            if (!listen_to_output(keeper)) keeper->output_deadline = now + OUTPUT_DEAF_MS;
            check_output(keeper);
        }
    }
    if (keeper->engine_deadline >= 0 && now >= keeper->engine_deadline) {
        keeper->engine_deadline = -1;
        interrupt(keeper, "engine-away");
    }
}

/// Waits for the next event and acts on it.
static void turn(struct keeper *keeper) {
    struct pollfd polls[5 + WATCHED_COUNT_MAX] = {
        {.fd = keeper->signals, .events = POLLIN},
        {.fd = keeper->requests, .events = POLLIN},
        {.fd = keeper->engine, .events = POLLIN},
        {.fd = keeper->output_deadline < 0 ? keeper->notices : -1, .events = POLLIN},
        {.fd = keeper->terminal, .events = POLLIN},
    };
    for (size_t i = 0; i < keeper->watched_count; i++) {
        polls[5 + i] = (struct pollfd){.fd = keeper->watched[i], .events = POLLIN};
    }
    if (poll(polls, 5 + keeper->watched_count, timeout_of(keeper)) < 0) return;

    char drain[4096];
    if (polls[0].revents != 0) {
        while (read(keeper->signals, drain, sizeof drain) > 0) {}
        take_children(keeper);
    }
    if (polls[1].revents != 0) take_requests(keeper);
    if (polls[2].revents != 0) {
        close(keeper->engine);
        keeper->engine = -1;
        miss_engine(keeper);
    }
    if (polls[3].revents != 0) {
        while (read(keeper->notices, drain, sizeof drain) > 0) {}
        check_output(keeper);
        keeper->output_deadline = now_ms() + OUTPUT_PAUSE_MS;
    }
    if (polls[4].revents != 0) copy_output(keeper);
    size_t kept = 0;
    for (size_t i = 0; i < keeper->watched_count; i++) {
        // What has ended stays readable for ever.
        if (polls[5 + i].revents != 0) close(keeper->watched[i]);
        else keeper->watched[kept++] = keeper->watched[i];
    }
    keeper->watched_count = kept;
    follow_deadlines(keeper);
    advance(keeper);
}

/// Ends what an earlier keeper of this attempt, which was killed, has left behind.
static void recover(struct keeper *keeper, struct record record) {
    keeper->ending.reason = "lost";
    keeper->tree.agent_is_over = true;
    keeper->tree.oldest_ticks = record.start_ticks;
    if (record.is_of_another_boot) return;
    terminate(keeper);
    while (keeper->phase != OVER) turn(keeper);
}

static int run_agent(struct keeper *keeper) {
    keeper->tree.oldest_ticks = start_ticks_of(getpid());
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    int code = open_files(keeper);
    if (code == 0) code = reserve_ending();
    if (code == 0) code = write_record(keeper->tree.oldest_ticks, 0, true);
    if (code != 0) return code;
    keeper->ending.spawn_error = start_agent(keeper);
    if (keeper->ending.spawn_error != 0) {
        keeper->ending.reason = "spawn-failed";
        return 0;
    }
    // Only a convenience from here on: the agent runs, and its end will be recorded in any case.
    write_record(keeper->tree.oldest_ticks, keeper->agent, false);
    answer("agent", keeper->agent);
    watch_engine(keeper, keeper->order.engine_pid, keeper->order.engine_ticks);
    keeper->output_deadline = now_ms() + OUTPUT_FIRST_MS;
    if (keeper->times >= 0) note_time(keeper, 0, 0);
    while (keeper->phase != OVER) turn(keeper);

    while (keeper->terminal >= 0 && copy_output(keeper)) {}
    struct stretto_exit *usage = &keeper->ending.usage;
    keeper->ending.is_known = stretto_reap(keeper->agent, usage) == 1;
    if (usage->signalled) keeper->ending.signal = usage->code;
    else keeper->ending.code = usage->code;
    return 0;
}

int main(int count, char **arguments) {
    if (count != 2 || strcmp(arguments[1], "--help") == 0) {
        fputs("stretto-keeper ATTEMPT_DIRECTORY: runs one attempt's agent; started by stretto, not by hand\n", stderr);
        return 2;
    }
    static struct keeper keeper = {
        .input = -1, .requests = -1, .engine = -1, .notices = -1, .output = -1, .error = -1, .terminal = -1, .times = -1,
        .phase_deadline = -1, .engine_deadline = -1, .output_deadline = -1,
    };
    fcntl(LOCK_DESCRIPTOR, F_SETFD, FD_CLOEXEC);
    set_signals(&keeper);
    keeper.ending.reason = "exit";
    keeper.ending.started_ms = wall_ms();
    keeper.started = now_ms();
    int code = chdir(arguments[1]) == 0 ? read_order(&keeper.order) : errno;
    struct record record = read_record();
    keeper.tree.marker = keeper.order.marker;
    if (code == 0 && record.exists) recover(&keeper, record);
    else if (code == 0) code = run_agent(&keeper);
    keeper.ending.ended_ms = wall_ms();
    keeper.ending.duration_ms = now_ms() - keeper.started;
    keeper.ending.stray_count = keeper.tree.stray_count;
    if (code == 0) code = write_ending(&keeper.ending);
    if (code != 0) answer("failed", code);
    return code == 0 ? 0 : 1;
}
