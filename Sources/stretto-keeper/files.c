#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    /// Where the engine puts the order.
    ORDER_DESCRIPTOR = 0,
    /// An environment and arguments together are at most 2 MiB on Linux unless the stack limit was raised; the rest is input.
    ORDER_BYTES_MAX = 64 << 20,
    JSON_BYTES_MAX = 1024,
    BOOT_ID_LENGTH = 36,
};

static const char order_version[] = "stretto-order 2";

/// Where the next text of the order begins.
struct cursor {
    const char *next;
    const char *end;
    bool is_broken;
};

static const char *take_text(struct cursor *cursor) {
    const char *text = cursor->next;
    const char *nul = text < cursor->end ? memchr(text, 0, (size_t)(cursor->end - text)) : NULL;
    if (nul == NULL) {
        cursor->is_broken = true;
        return "";
    }
    cursor->next = nul + 1;
    return text;
}

static int64_t take_number(struct cursor *cursor) {
    const char *text = take_text(cursor);
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || number < 0) cursor->is_broken = true;
    return number;
}

static struct stretto_texts take_texts(struct cursor *cursor) {
    struct stretto_texts texts;
    texts.count = (size_t)take_number(cursor);
    texts.bytes = cursor->next;
    for (size_t i = 0; i < texts.count && !cursor->is_broken; i++) take_text(cursor);
    return texts;
}

/// The steps before SIGTERM: how many, then for each its grace, its signal or 0, and its line, which a signal leaves empty.
static void take_steps(struct cursor *cursor, struct order *order) {
    int64_t count = take_number(cursor);
    if (count > STEP_COUNT_MAX) cursor->is_broken = true;
    for (int64_t i = 0; i < count && !cursor->is_broken; i++) {
        struct step *step = &order->steps[order->step_count++];
        step->grace_ms = take_number(cursor);
        step->signal = (int)take_number(cursor);
        const char *line = take_text(cursor);
        step->line = step->signal == 0 ? line : NULL;
    }
}

/// The whole of an open file in memory that is never given back; NULL and errno on failure.
static char *read_descriptor(int file, size_t bytes_max, size_t *size) {
    struct stat status;
    char *bytes = NULL;
    *size = 0;
    if (fstat(file, &status) == 0) {
        if ((size_t)status.st_size > bytes_max) errno = EFBIG;
        else bytes = malloc((size_t)status.st_size + 1);
    }
    while (bytes != NULL && *size < (size_t)status.st_size) {
        ssize_t count = pread(file, bytes + *size, (size_t)status.st_size - *size, (off_t)*size);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        *size += (size_t)count;
    }
    return bytes;
}

/// The same of a file by its name.
static char *read_file(const char *path, size_t bytes_max, size_t *size) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return NULL;
    char *bytes = read_descriptor(file, bytes_max, size);
    int code = errno;
    close(file);
    errno = code;
    return bytes;
}

static int write_all(int file, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t count = write(file, bytes, size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        bytes += count;
        size -= (size_t)count;
    }
    return 0;
}

int read_order(struct order *order) {
    size_t size;
    char *bytes = read_descriptor(ORDER_DESCRIPTOR, ORDER_BYTES_MAX, &size);
    if (bytes == NULL) return errno;
    // Whatever looks into this process later finds the order there no more.
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, ORDER_DESCRIPTOR);
    close(null);
    struct cursor cursor = {.next = bytes, .end = bytes + size};
    if (strcmp(take_text(&cursor), order_version) != 0) return EPROTO;
    order->path = take_text(&cursor);
    order->directory = take_text(&cursor);
    order->marker = take_text(&cursor);
    order->uses_terminal = take_number(&cursor) != 0;
    order->terminate_grace_ms = take_number(&cursor);
    order->engine_away_ms = take_number(&cursor);
    order->output_bytes_max = take_number(&cursor);
    order->engine_pid = (pid_t)take_number(&cursor);
    order->engine_ticks = (uint64_t)take_number(&cursor);
    order->arguments = take_texts(&cursor);
    order->environment = take_texts(&cursor);
    take_steps(&cursor, order);
    order->input_size = (size_t)take_number(&cursor);
    order->input = cursor.next;
    if (order->input_size != (size_t)(cursor.end - cursor.next)) cursor.is_broken = true;
    return cursor.is_broken ? EPROTO : 0;
}

int open_input(const struct order *order, int *input) {
    *input = -1;
    if (order->input_size == 0) return 0;
    int file = stretto_memory();
    if (file < 0) return errno;
    int code = write_all(file, order->input, order->input_size);
    if (code == 0 && lseek(file, 0, SEEK_SET) != 0) code = errno;
    if (code == 0) *input = file;
    else close(file);
    return code;
}

/// The identity of this boot; empty where the system does not tell.
static void read_boot_id(char id[BOOT_ID_LENGTH + 1]) {
    memset(id, 0, BOOT_ID_LENGTH + 1);
    int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    if (read(file, id, BOOT_ID_LENGTH) < 0) id[0] = 0;
    close(file);
}

struct record read_record(void) {
    struct record record = {0};
    size_t size;
    char *bytes = read_file("keeper.json", JSON_BYTES_MAX, &size);
    if (bytes == NULL) return record;
    bytes[size] = 0;
    record.exists = true;
    char then[BOOT_ID_LENGTH + 1] = "", now[BOOT_ID_LENGTH + 1];
    read_boot_id(now);
    int pid;
    // A record that cannot be read still proves that the attempt was begun; the marker alone then tells what is left.
    sscanf(bytes, "{\"pid\":%d,\"startTicks\":%" SCNu64 ",\"bootId\":\"%36[^\"]", &pid, &record.start_ticks, then);
    record.is_of_another_boot = strcmp(then, now) != 0;
    free(bytes);
    return record;
}

/// Makes or replaces a file as one step: readers see the old text or the new one.
static int replace_file(const char *path, const char *text, bool is_durable) {
    char draft[64];
    snprintf(draft, sizeof draft, "%s.new", path);
    // Cut only when it is written: the draft may hold room that was kept for it.
    int file = open(draft, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return errno;
    int code = write_all(file, text, strlen(text));
    if (code == 0 && ftruncate(file, (off_t)strlen(text)) != 0) code = errno;
    if (code == 0 && is_durable && fsync(file) != 0) code = errno;
    close(file);
    if (code == 0 && rename(draft, path) != 0) code = errno;
    if (code != 0 || !is_durable) return code;
    int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return errno;
    // Some file systems cannot sync a directory; the rename is then as durable as they make it.
    if (fsync(directory) != 0 && errno != EINVAL) code = errno;
    close(directory);
    return code;
}

int write_record(uint64_t start_ticks, pid_t agent, bool is_durable) {
    char boot[BOOT_ID_LENGTH + 1], text[JSON_BYTES_MAX];
    read_boot_id(boot);
    int length = snprintf(text, sizeof text, "{\"pid\":%d,\"startTicks\":%" PRIu64 ",\"bootId\":\"%s\"",
                          getpid(), start_ticks, boot);
    char *rest = text + length;
    size_t room = sizeof text - (size_t)length;
    if (agent > 0) {
        uint64_t ticks = start_ticks_of(agent);
        snprintf(rest, room, ",\"agentPid\":%d,\"agentStartTicks\":%" PRIu64 "}\n", agent, ticks);
    } else {
        snprintf(rest, room, "}\n");
    }
    return replace_file("keeper.json", text, is_durable);
}

int reserve_ending(void) {
    int file = open("exit.json.new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return errno;
    int code = posix_fallocate(file, 0, JSON_BYTES_MAX);
    close(file);
    return code;
}

int write_ending(const struct ending *ending) {
    char text[JSON_BYTES_MAX], status[64] = "", reason[64];
    if (ending->is_known && ending->signal != 0) snprintf(status, sizeof status, "\"signal\":%d,", ending->signal);
    else if (ending->is_known) snprintf(status, sizeof status, "\"code\":%d,", ending->code);
    snprintf(reason, sizeof reason, ending->spawn_error ? "%s:%d" : "%s", ending->reason, ending->spawn_error);
    snprintf(text, sizeof text,
             "{%s\"reason\":\"%s\",\"strays\":%zu,\"survivors\":%zu,\"startedMs\":%" PRId64 ",\"endedMs\":%" PRId64
             ",\"durationMs\":%" PRId64 ",\"userMs\":%" PRId64 ",\"systemMs\":%" PRId64 ",\"maxRssKb\":%" PRId64 "}\n",
             status, reason, ending->stray_count, ending->survivor_count, ending->started_ms, ending->ended_ms,
             ending->duration_ms, ending->usage.user_microseconds / 1000, ending->usage.system_microseconds / 1000,
             ending->usage.resident_kilobytes_max);
    return replace_file("exit.json", text, true);
}

static int64_t clock_ms(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

int64_t now_ms(void) { return clock_ms(CLOCK_MONOTONIC); }

int64_t wall_ms(void) { return clock_ms(CLOCK_REALTIME); }
