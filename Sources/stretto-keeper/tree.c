#define _GNU_SOURCE
#include "keeper.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    STAT_BYTES_MAX = 1024,
    /// A chain of parents longer than this is no family that a machine can hold.
    DEPTH_MAX = 4096,
    ENVIRONMENT_BYTES_MAX = 8 << 20,
    CHILDREN_BYTES_MAX = 64 << 10,
    /// How often direct children are killed in a row before the whole of /proc is read again.
    CHILDREN_ROUND_COUNT = 64,
    SEEN_COUNT_MAX = 8192,
    /// How long a killed process is waited for before it is looked for again.
    KILL_PAUSE_MS = 5,
};

struct identity {
    pid_t pid;
    uint64_t ticks;
};

/// One line of /proc: what a process is at this moment.
struct process {
    pid_t pid;
    pid_t parent;
    char state;
    uint64_t ticks;
    bool is_ours;
};

static bool read_process(pid_t pid, struct process *process) {
    char path[32], text[STAT_BYTES_MAX];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return false;
    text[count] = 0;
    // The name in parentheses may hold anything, so fields are counted from the last closing one. The start is field 22.
    const char *rest = strrchr(text, ')');
    *process = (struct process){.pid = pid};
    return rest != NULL &&
           sscanf(rest + 1, " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %" SCNu64,
                  &process->state, &process->parent, &process->ticks) == 3;
}

uint64_t start_ticks_of(pid_t pid) {
    struct process process;
    return read_process(pid, &process) ? process.ticks : 0;
}

static bool is_alive(const struct process *process) { return process->state != 'Z' && process->state != 'X'; }

/// Follows the living parents up to this process.
static bool descends(pid_t pid) {
    pid_t self = getpid();
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        struct process process;
        if (!read_process(pid, &process)) return false;
        if (process.parent == self) return true;
        if (process.parent <= 1) return false;
        pid = process.parent;
    }
    return false;
}

/// The environment with which the process was started has the marker as an entry of its own.
static bool bears(pid_t pid, const char *marker) {
    static char *bytes;
    static size_t capacity;
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/environ", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    size_t size = 0;
    for (;;) {
        if (capacity - size < 2) {
            size_t larger = capacity == 0 ? 64 << 10 : capacity * 2;
            char *grown = larger <= ENVIRONMENT_BYTES_MAX ? realloc(bytes, larger) : NULL;
            if (grown == NULL) break;
            bytes = grown;
            capacity = larger;
        }
        ssize_t count = read(file, bytes + size, capacity - size - 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        size += (size_t)count;
    }
    close(file);
    size_t length = strlen(marker);
    for (size_t at = 0; at < size; at += strnlen(bytes + at, size - at) + 1) {
        if (size - at < length || memcmp(bytes + at, marker, length) != 0) continue;
        if (size - at == length || bytes[at + length] == 0) return true;
    }
    return false;
}

bool has_no_child(void) {
    siginfo_t info = {0};
    // Without WEXITED a zombie is no child to wait for, and a child that lives is one: ECHILD then says that none lives.
    // An orphan becomes this process's child in the same step in which its parent ends, so nothing can hide further down.
    return waitid(P_ALL, 0, &info, WSTOPPED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
}

static int by_pid(const void *left, const void *right) {
    pid_t a = ((const struct process *)left)->pid, b = ((const struct process *)right)->pid;
    return (a > b) - (a < b);
}

/// Every process of the machine by number, in memory that the next call uses again.
static struct process *read_all(size_t *count) {
    static struct process *all;
    static size_t capacity;
    *count = 0;
    DIR *directory = opendir("/proc");
    if (directory == NULL) return all;
    struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0])) continue;
        if (*count == capacity) {
            size_t larger = capacity == 0 ? 1024 : capacity * 2;
            struct process *grown = realloc(all, larger * sizeof *all);
            if (grown == NULL) break;
            all = grown;
            capacity = larger;
        }
        if (read_process(atoi(entry->d_name), &all[*count])) (*count)++;
    }
    closedir(directory);
    if (*count > 0) qsort(all, *count, sizeof *all, by_pid);
    return all;
}

/// Marks what descends from this process, by parents as they were read.
static void mark_descendants(struct process *all, size_t count) {
    pid_t self = getpid();
    bool has_changed = true;
    while (has_changed) {
        has_changed = false;
        for (size_t i = 0; i < count; i++) {
            if (all[i].is_ours) continue;
            struct process key = {.pid = all[i].parent};
            const struct process *parent = bsearch(&key, all, count, sizeof *all, by_pid);
            if (all[i].parent == self || (parent != NULL && parent->is_ours)) has_changed = all[i].is_ours = true;
        }
    }
}

/// Notes a process; true the first time.
static bool note(struct tree *tree, pid_t pid, uint64_t ticks) {
    // A storm of more is counted as if each were new: the count is then too high, and the search stays short.
    if (tree->seen_count == SEEN_COUNT_MAX) return true;
    for (size_t i = tree->seen_count; i-- > 0;) {
        if (tree->seen[i].pid == pid && tree->seen[i].ticks == ticks) return false;
    }
    if (tree->seen_count == tree->seen_capacity) {
        size_t larger = tree->seen_capacity == 0 ? 64 : tree->seen_capacity * 2;
        struct identity *grown = realloc(tree->seen, larger * sizeof *grown);
        if (grown == NULL) return true;
        tree->seen = grown;
        tree->seen_capacity = larger;
    }
    tree->seen[tree->seen_count++] = (struct identity){pid, ticks};
    return true;
}

static void send(int pidfd, int signal) {
    stretto_pidfd_send_signal(pidfd, signal);
    if (signal == SIGTERM) stretto_pidfd_send_signal(pidfd, SIGCONT);
}

size_t signal_tree(struct tree *tree, int signal, size_t *fresh, int *watched, size_t capacity, size_t *watched_count) {
    size_t count, found = 0;
    *fresh = 0;
    *watched_count = 0;
    struct process *all = read_all(&count);
    mark_descendants(all, count);
    for (size_t i = 0; i < count; i++) {
        struct process *process = &all[i];
        if (process->pid == getpid()) continue;
        if (!is_alive(process)) {
            // Zombies are collected here, for a fork storm would otherwise use up the process numbers; the agent's stays.
            if (process->parent == getpid() && process->pid != tree->agent) waitpid(process->pid, NULL, WNOHANG);
            continue;
        }
        if (!process->is_ours && process->ticks < tree->oldest_ticks) continue;
        if (!process->is_ours && !bears(process->pid, tree->marker)) continue;
        int pidfd = stretto_pidfd_open(process->pid);
        if (pidfd < 0) continue;
        // From here on the number stands for one process. That it is the one that was read, and still ours, is asked again.
        bool is_same = start_ticks_of(process->pid) == process->ticks;
        bool is_child = descends(process->pid);
        if (is_same && (is_child || bears(process->pid, tree->marker))) {
            found++;
            bool is_new = note(tree, process->pid, process->ticks);
            if (is_new) (*fresh)++;
            if (is_new && tree->agent_is_over) tree->stray_count++;
            send(pidfd, signal);
            if (!is_child && *watched_count < capacity) {
                watched[(*watched_count)++] = pidfd;
                continue;
            }
        }
        close(pidfd);
    }
    return found;
}

/// Kills direct children as fast as their list can be read, which is faster than they can fork away. Returns how many were seen.
static size_t kill_children(struct tree *tree) {
    static char text[CHILDREN_BYTES_MAX];
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    if (size <= 0) return 0;
    text[size] = 0;
    size_t count = 0;
    char *next = text, *end;
    for (pid_t pid; (pid = (pid_t)strtol(next, &end, 10)) > 0 && end != next; next = end) {
        // A list that did not fit may end inside a number.
        if (*end != ' ') break;
        if (pid == tree->agent && tree->agent_is_over) continue;
        count++;
        // Only this process reaps its children, so the number is theirs until it does.
        kill(pid, SIGKILL);
        uint64_t ticks = start_ticks_of(pid);
        if (ticks != 0 && note(tree, pid, ticks) && tree->agent_is_over) tree->stray_count++;
        if (pid != tree->agent) waitpid(pid, NULL, WNOHANG);
    }
    return count;
}

/// Notices the agent's end without reaping it.
static void look_for_agent(struct tree *tree) {
    siginfo_t info = {0};
    if (tree->agent == 0 || tree->agent_is_over) return;
    if (waitid(P_PID, (id_t)tree->agent, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return;
    tree->agent_is_over = info.si_pid == tree->agent;
}

size_t kill_tree(struct tree *tree, int64_t patience_ms) {
    int64_t deadline = now_ms() + patience_ms;
    size_t found = 0;
    do {
        // One signal to the whole group reaches even a child that is being forked. The agent's zombie keeps the number its own.
        if (tree->agent > 0) kill(-tree->agent, SIGKILL);
        size_t fresh, watched_count;
        found = signal_tree(tree, SIGKILL, &fresh, NULL, 0, &watched_count);
        look_for_agent(tree);
        if (found == 0 && has_no_child()) return 0;
        if (fresh > 0) {
            for (int round = 0; round < CHILDREN_ROUND_COUNT && kill_children(tree) > 0; round++) {}
            continue;
        }
        // All have their signal and are dying; one that forks meanwhile is met in the next round.
        poll(NULL, 0, KILL_PAUSE_MS);
    } while (now_ms() < deadline);
    // A child that /proc does not show is there all the same.
    return found > 0 ? found : 1;
}
