#define _GNU_SOURCE
#include "stretto_process.h"

#include <errno.h>
#include <stdalign.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

int stretto_notices_open(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

int stretto_notices_add(int notices, const char *directory) {
    return inotify_add_watch(notices, directory, IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
}

void stretto_notices_remove(int notices, int watch) { inotify_rm_watch(notices, watch); }

size_t stretto_notices_take(int notices, struct stretto_notice *taken, size_t capacity) {
    // The system hands out whole events; each has at least its header, so no more than `capacity` fit into this many bytes.
    alignas(struct inotify_event) char bytes[4096];
    size_t room = capacity * sizeof(struct inotify_event), least = sizeof(struct inotify_event) + sizeof taken->name;
    if (room < least) room = least;
    if (room > sizeof bytes) room = sizeof bytes;
    ssize_t size;
    while ((size = read(notices, bytes, room)) < 0 && errno == EINTR) {}
    size_t count = 0;
    for (char *next = bytes; next < bytes + size && count < capacity; count++) {
        const struct inotify_event *event = (const struct inotify_event *)next;
        taken[count].watch = event->mask & IN_Q_OVERFLOW ? -1 : event->wd;
        snprintf(taken[count].name, sizeof taken->name, "%s", event->len > 0 ? event->name : "");
        next += sizeof *event + event->len;
    }
    return count;
}
