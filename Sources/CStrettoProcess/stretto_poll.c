#define _GNU_SOURCE
#include "stretto_process.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENT_COUNT_MAX = 64 };

int stretto_poll_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int stretto_poll_add(int poll, int descriptor, int writing, uint64_t number) {
    struct epoll_event event = {.events = writing ? EPOLLOUT : EPOLLIN, .data.u64 = number};
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

void stretto_poll_remove(int poll, int descriptor) { epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, NULL); }

int stretto_poll_wait(int poll, uint64_t *numbers, int capacity, int milliseconds) {
    struct epoll_event events[EVENT_COUNT_MAX];
    if (capacity > EVENT_COUNT_MAX) capacity = EVENT_COUNT_MAX;
    int count = epoll_wait(poll, events, capacity, milliseconds);
    for (int i = 0; i < count; i++) numbers[i] = events[i].data.u64;
    return count < 0 ? 0 : count;
}

int stretto_wake_open(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void stretto_wake(int descriptor) {
    uint64_t one = 1;
    while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {}
}

void stretto_wake_clear(int descriptor) {
    uint64_t count;
    while (read(descriptor, &count, sizeof count) < 0 && errno == EINTR) {}
}
