#define _GNU_SOURCE
#include "stretto_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

enum {
    // How much of standard error is repeated after the screen is gone, in bytes.
    ERRORS_SHOWN_MAX = 16384,
    // How long a terminal that takes nothing is waited for in all, in milliseconds.
    RESTORE_WAIT = 200,
    SIGNAL_STACK_BYTES = 65536,
};

// ESC \ ends whatever sequence a torn frame left open. Then: synchronized updates, mouse, focus and paste off, wrap on, attributes off,
// main screen, cursor on, title back.
static const char restore_bytes[] =
    "\033\\\033[?2026l\033[?1006l\033[?1002l\033[?1000l\033[?1004l\033[?2004l\033[?7h\033[0m\033[?1049l\033[?25h\033[23;2t";

static volatile sig_atomic_t is_active;
static int terminal = -1;
static struct termios saved;
static int errors_saved = -1;
static int errors_log = -1;
static off_t errors_start;

static int signal_pipe[2] = {-1, -1};
// How often the process was let go on.
static volatile sig_atomic_t continued;
static struct sigaction previous[NSIG];
static struct sigaction kept[NSIG];
static const int told[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
static const int curses_takes[] = {SIGWINCH, SIGINT, SIGTERM, SIGTSTP};

#define COUNT(array) (sizeof(array) / sizeof *(array))

// Writes all of it, or as much as the descriptor takes before `wait` milliseconds have passed without progress.
static void write_all(int descriptor, const char *bytes, size_t count, int wait) {
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (written < 0 && errno == EINTR) {
            continue;
        } else if (written < 0 && errno == EAGAIN && wait > 0) {
            struct pollfd writable = {.fd = descriptor, .events = POLLOUT};
            if (poll(&writable, 1, wait) <= 0) return;
        } else {
            return;
        }
    }
}

int stretto_terminal_begin(int descriptor) {
    if (tcgetattr(descriptor, &saved) != 0) return errno;
    terminal = descriptor;
    is_active = 1;
    return 0;
}

int stretto_terminal_raw(void) {
    struct termios raw = saved;
    cfmakeraw(&raw);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    while (tcsetattr(terminal, TCSANOW, &raw) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

const char *stretto_terminal_restore_bytes(void) { return restore_bytes; }

int stretto_terminal_divert_errors(int log) {
    int copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return errno;
    off_t end = lseek(log, 0, SEEK_END);
    errors_start = end < 0 ? 0 : end;
    if (dup2(log, STDERR_FILENO) < 0) {
        int error = errno;
        close(copy);
        return error;
    }
    errors_saved = copy;
    errors_log = log;
    return 0;
}

static void return_errors(void) {
    if (errors_saved < 0) return;
    int original = errors_saved;
    errors_saved = -1;
    dup2(original, STDERR_FILENO);
    close(original);
    off_t end = lseek(errors_log, 0, SEEK_END);
    off_t place = end - errors_start > ERRORS_SHOWN_MAX ? end - ERRORS_SHOWN_MAX : errors_start;
    char buffer[4096];
    while (place < end) {
        ssize_t count = pread(errors_log, buffer, sizeof buffer, place);
        if (count <= 0) break;
        write_all(STDERR_FILENO, buffer, (size_t)count, RESTORE_WAIT);
        place += count;
    }
}

void stretto_terminal_restore(void) {
    if (!is_active) return;
    is_active = 0;
    int error = errno;
    write_all(terminal, restore_bytes, sizeof restore_bytes - 1, RESTORE_WAIT);
    // Answers that nobody waits for any more would be typed into the shell.
    tcflush(terminal, TCIFLUSH);
    tcsetattr(terminal, TCSANOW, &saved);
    return_errors();
    errno = error;
}

int stretto_terminal_is_ours(void) { return is_active; }

static void tell(int number) {
    int error = errno;
    if (number == SIGCONT) continued = continued + 1;
    unsigned char byte = (unsigned char)number;
    // A full pipe has enough to wake whoever reads it.
    ssize_t ignored = write(signal_pipe[1], &byte, 1);
    (void)ignored;
    errno = error;
}

static void die(int number, siginfo_t *info, void *context) {
    (void)context;
    stretto_terminal_restore();
    sigaction(number, &previous[number], NULL);
    // A fault happens again when its instruction is run again; what was sent, and a trap, which lies behind us, would not.
    if (info->si_code <= 0 || number == SIGABRT || number == SIGTRAP) raise(number);
}

int stretto_signals_begin(void) {
    static char stack[SIGNAL_STACK_BYTES];
    static int is_registered;
    if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return -errno;

    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = tell;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    for (size_t index = 0; index < COUNT(told); index++) sigaction(told[index], &action, &previous[told[index]]);

    // Whoever begins is who waits on the pipe; a mask that was inherited would keep it waiting.
    sigset_t mask;
    sigemptyset(&mask);
    for (size_t index = 0; index < COUNT(told); index++) sigaddset(&mask, told[index]);
    // A fault while its signal is blocked would end the process without a word, and leave the terminal as it is.
    for (size_t index = 0; index < COUNT(fatal); index++) sigaddset(&mask, fatal[index]);
    pthread_sigmask(SIG_UNBLOCK, &mask, NULL);

    stack_t current;
    if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) {
        stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
        sigaltstack(&own, NULL);
    }
    memset(&action, 0, sizeof action);
    action.sa_sigaction = die;
    action.sa_flags = SA_ONSTACK | SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    for (size_t index = 0; index < COUNT(fatal); index++) sigaction(fatal[index], &action, &previous[fatal[index]]);

    if (!is_registered) is_registered = atexit(stretto_terminal_restore) == 0;
    return signal_pipe[0];
}

void stretto_signals_end(void) {
    for (size_t index = 0; index < COUNT(told); index++) sigaction(told[index], &previous[told[index]], NULL);
    for (size_t index = 0; index < COUNT(fatal); index++) sigaction(fatal[index], &previous[fatal[index]], NULL);
    close(signal_pipe[0]);
    close(signal_pipe[1]);
    signal_pipe[0] = signal_pipe[1] = -1;
}

// Has a stop signal do what it does by itself.
static void stop_group(int number) {
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, &before);
    sigset_t stop, mask;
    sigemptyset(&stop);
    sigaddset(&stop, number);
    pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
    // The whole group, or a parent such as make would wait for us with the terminal in its hands.
    kill(0, number);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    sigaction(number, &before, NULL);
}

void stretto_stop_group(void) { stop_group(SIGTSTP); }

void stretto_await_foreground(int descriptor) {
    for (;;) {
        pid_t front = tcgetpgrp(descriptor);
        if (front < 0 || front == getpgrp()) return;
        sig_atomic_t before = continued;
        stop_group(SIGTTOU);
        // Another thread may be the one that is told, and a moment later.
        for (int round = 0; continued == before; round++) {
            if (round == 20) return;
            poll(NULL, 0, 5);
        }
    }
}

void stretto_signals_keep(void) {
    for (size_t index = 0; index < COUNT(curses_takes); index++)
        sigaction(curses_takes[index], NULL, &kept[curses_takes[index]]);
}

void stretto_signals_put_back(void) {
    for (size_t index = 0; index < COUNT(curses_takes); index++)
        sigaction(curses_takes[index], &kept[curses_takes[index]], NULL);
}

int stretto_memory_file(void) {
    int descriptor = memfd_create("stretto-screen", MFD_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}
