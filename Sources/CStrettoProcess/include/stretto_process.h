/// What Swift cannot say itself: spawning with file actions, pidfds, and the calls that the Glibc module leaves out.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// A list of texts as one block of memory: each ends with a NUL, `count` tells how many there are.
struct stretto_texts {
    const char *bytes;
    size_t count;
};

/// A program to be started. Descriptors that are -1 become /dev/null.
struct stretto_spawn_order {
    /// The file to execute; relative to `directory` unless it starts with a slash.
    const char *path;
    struct stretto_texts arguments;
    /// The whole environment as NAME=VALUE.
    struct stretto_texts environment;
    /// NULL: the caller's own.
    const char *directory;
    int input;
    int output;
    int error;
    /// Becomes the child's descriptor 3, or -1 for none. Nothing else is inherited.
    int inherited;
};

/// Starts a program in a session of its own, with an empty signal mask and default signal actions.
///
/// Returns 0, or the errno of the step that went wrong: nothing runs then. `pidfd` is closed on exec.
int stretto_spawn(const struct stretto_spawn_order *order, pid_t *pid, int *pidfd);

/// A descriptor for the process, closed on exec; -1 and errno where it is gone.
int stretto_pidfd_open(pid_t pid);

/// Sends a signal to the process behind a pidfd, never to another that took over its number; -1 and errno on failure.
int stretto_pidfd_send_signal(int pidfd, int signal);

/// A pipe whose ends are closed on exec and are not 0, 1 or 2; `ends[0]` is read from. Returns 0 or -1 with errno.
int stretto_pipe(int ends[2]);

/// A file that lies in memory only and goes with its last descriptor; closed on exec, and not 0, 1 or 2. -1 with errno on failure.
int stretto_memory(void);

/// Sets O_NONBLOCK on a descriptor of ours that has no other status flag; 0 or -1 with errno.
int stretto_set_nonblocking(int descriptor);

/// How many bytes can be read at once; 0 where that is unknown.
size_t stretto_readable(int descriptor);

/// How a child ended.
struct stretto_exit {
    /// The exit code, or the signal where `signalled` is 1.
    int code;
    int signalled;
    int64_t user_microseconds;
    int64_t system_microseconds;
    int64_t resident_kilobytes_max;
};

/// Reaps one child without waiting: 1 when it was reaped, 0 while it still runs, -1 and errno on failure.
int stretto_reap(pid_t pid, struct stretto_exit *exit);

/// The environment of this process, ending with NULL.
char *const *stretto_environment(void);

/// The system's text for an error number, in `buffer`.
void stretto_error_text(int code, char *buffer, size_t size);

/// Where `needle` first lies in `bytes`, by memmem(3); NULL where it does not. `needle_size` is at least 1.
const void *stretto_find(const void *bytes, size_t size, const void *needle, size_t needle_size);

/// A fresh epoll descriptor, or -1 with errno.
int stretto_poll_open(void);

/// Reports `number` whenever the descriptor can be read, or written where `writing` is 1. Returns 0 or -1 with errno.
int stretto_poll_add(int poll, int descriptor, int writing, uint64_t number);

/// Forgets a descriptor, before it is closed.
void stretto_poll_remove(int poll, int descriptor);

/// Waits for events and fills `numbers`; `milliseconds` is -1 for ever. Returns their count, 0 after a signal or the time.
int stretto_poll_wait(int poll, uint64_t *numbers, int capacity, int milliseconds);

/// A descriptor by which one thread wakes another (an eventfd), or -1 with errno.
int stretto_wake_open(void);

/// Makes the descriptor readable.
void stretto_wake(int descriptor);

/// Makes it unreadable again.
void stretto_wake_clear(int descriptor);

/// A fresh inotify descriptor, non-blocking and closed on exec, or -1 with errno.
int stretto_notices_open(void);

/// Watches a directory for files that come or grow: the watch's number, the same for the same directory, or -1 with errno.
int stretto_notices_add(int notices, const char *directory);

/// Ends a watch.
void stretto_notices_remove(int notices, int watch);

/// What was noticed.
struct stretto_notice {
    /// -1: so much happened that notices were lost.
    int watch;
    /// The file's name in its directory.
    char name[256];
};

/// Takes notices that have come and returns their count, 0 where none is left. `capacity` is at least 1.
size_t stretto_notices_take(int notices, struct stretto_notice *taken, size_t capacity);

/// The kind of file system that holds a path, as statfs(2) numbers it; -1 where nobody can tell.
int64_t stretto_file_system(const char *path);

/// Whether the path itself carries extended attributes, access lists among them, other than a security module's labels: 1 or 0.
///
/// 1 also where that cannot be found out.
int stretto_has_attributes(const char *path);

/// Has the allocator serve all threads from `heaps` heaps, and give blocks of 128 KiB and more back at once.
///
/// By itself glibc makes eight heaps for each processor, each of which keeps what it once needed (mallopt(3)).
void stretto_limit_heaps(int heaps);
