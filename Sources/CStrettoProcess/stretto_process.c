#define _GNU_SOURCE
#include "stretto_process.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// A NULL-ended vector into the block; NULL where memory is short.
static char **vector_of(struct stretto_texts texts) {
    char **vector = calloc(texts.count + 1, sizeof *vector);
    if (vector == NULL) return NULL;
    const char *text = texts.bytes;
    for (size_t i = 0; i < texts.count; i++) {
        vector[i] = (char *)text;
        text += strlen(text) + 1;
    }
    return vector;
}

static int add_stream(posix_spawn_file_actions_t *actions, int descriptor, int target) {
    if (descriptor >= 0) return posix_spawn_file_actions_adddup2(actions, descriptor, target);
    return posix_spawn_file_actions_addopen(actions, target, "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0);
}

static int add_actions(posix_spawn_file_actions_t *actions, const struct stretto_spawn_order *order) {
    int code = 0;
    // The inherited one goes last: by then 0, 1 and 2 have been copied, so overwriting 3 loses nothing that is needed.
    if (code == 0) code = add_stream(actions, order->input, 0);
    if (code == 0) code = add_stream(actions, order->output, 1);
    if (code == 0) code = add_stream(actions, order->error, 2);
    if (code == 0 && order->inherited >= 0) code = posix_spawn_file_actions_adddup2(actions, order->inherited, 3);
    if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(actions, order->inherited >= 0 ? 4 : 3);
    if (code == 0 && order->directory) code = posix_spawn_file_actions_addchdir_np(actions, order->directory);
    return code;
}

static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    // Threads of the Swift runtime block most signals; a child that inherited their mask could not be ended by SIGTERM.
    int code = posix_spawnattr_setsigmask(attributes, &none);
    if (code == 0) code = posix_spawnattr_setsigdefault(attributes, &all);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID;
    if (code == 0) code = posix_spawnattr_setflags(attributes, flags);
    return code;
}

int stretto_spawn(const struct stretto_spawn_order *order, pid_t *pid, int *pidfd) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0) return code;
    code = posix_spawnattr_init(&attributes);
    if (code != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    char **arguments = vector_of(order->arguments);
    char **environment = vector_of(order->environment);
    if (arguments == NULL || environment == NULL) code = ENOMEM;
    if (code == 0) code = add_actions(&actions, order);
    if (code == 0) code = set_attributes(&attributes);
    if (code == 0) code = posix_spawn(pid, order->path, &actions, &attributes, arguments, environment);
    free(arguments);
    free(environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (code != 0) return code;

    *pidfd = stretto_pidfd_open(*pid);
    if (*pidfd >= 0) return 0;
    // Nobody could wait for it without a pidfd. The child is not reaped yet, so its number is still its own.
    code = errno;
    kill(*pid, SIGKILL);
    while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR) {}
    return code;
}

int stretto_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int stretto_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

/// Moves a descriptor above the standard ones, for a process that was started with some of those closed.
static int above_standard(int *descriptor) {
    if (*descriptor > 2) return 0;
    int moved = fcntl(*descriptor, F_DUPFD_CLOEXEC, 3);
    if (moved < 0) return -1;
    close(*descriptor);
    *descriptor = moved;
    return 0;
}

int stretto_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    if (above_standard(&ends[0]) == 0 && above_standard(&ends[1]) == 0) return 0;
    int code = errno;
    close(ends[0]);
    close(ends[1]);
    errno = code;
    return -1;
}

int stretto_memory(void) {
    int file = memfd_create("stretto", MFD_CLOEXEC);
    if (file < 0 || above_standard(&file) == 0) return file;
    int code = errno;
    close(file);
    errno = code;
    return -1;
}

int stretto_set_nonblocking(int descriptor) { return fcntl(descriptor, F_SETFL, O_NONBLOCK); }

size_t stretto_readable(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 && count > 0 ? (size_t)count : 0;
}

int stretto_reap(pid_t pid, struct stretto_exit *exit) {
    int status;
    struct rusage usage;
    pid_t reaped;
    while ((reaped = wait4(pid, &status, WNOHANG, &usage)) < 0 && errno == EINTR) {}
    if (reaped <= 0) return (int)reaped;
    exit->signalled = WIFSIGNALED(status) ? 1 : 0;
    exit->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    exit->user_microseconds = usage.ru_utime.tv_sec * 1000000LL + usage.ru_utime.tv_usec;
    exit->system_microseconds = usage.ru_stime.tv_sec * 1000000LL + usage.ru_stime.tv_usec;
    exit->resident_kilobytes_max = usage.ru_maxrss;
    return 1;
}

char *const *stretto_environment(void) { return environ; }

void stretto_error_text(int code, char *buffer, size_t size) {
    const char *text = strerror_r(code, buffer, size);
    if (text != buffer) snprintf(buffer, size, "%s", text);
}

void stretto_limit_heaps(int heaps) {
    mallopt(M_ARENA_MAX, heaps);
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
}
