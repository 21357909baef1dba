/// What Swift cannot do for a terminal: signal handlers, which may touch only what C keeps in static memory.
///
/// One terminal at a time. Nothing here allocates once it has begun, and `stretto_terminal_restore` may be called from anywhere.
#pragma once

/// Remembers the terminal's settings and what has to be undone; from now on `stretto_terminal_restore` does something.
/// `descriptor` stays the caller's and must outlive the guard. Returns 0 or an errno.
int stretto_terminal_begin(int descriptor);

/// Gives every byte to us as it is: no echo, no line editing, no signals from keys, no flow control. Returns 0 or an errno.
int stretto_terminal_raw(void);

/// Puts the terminal back as `stretto_terminal_begin` found it: modes off, main screen, cursor, settings, standard error with what it
/// had to say. Does nothing the second time. Async-signal-safe, and never waits for more than a fifth of a second.
void stretto_terminal_restore(void);

/// Whether `stretto_terminal_restore` has something to do: false as soon as it has begun, on whatever thread.
int stretto_terminal_is_ours(void);

/// What `stretto_terminal_restore` writes.
const char *stretto_terminal_restore_bytes(void);

/// Sends standard error to `log` until the terminal is restored, which then repeats the last 16 KiB of what was added.
/// `log` must be readable and stays the caller's. Returns 0 or an errno.
int stretto_terminal_divert_errors(int log);

/// Handles SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP and SIGCONT by writing their number into a pipe; restores the terminal
/// before a fatal signal goes to whoever handled it before; restores it at exit. Returns the pipe's end to read, or minus an errno.
int stretto_signals_begin(void);

/// Undoes `stretto_signals_begin`, and closes its pipe.
void stretto_signals_end(void);

/// Stops the whole process group as the terminal's own Ctrl-Z would, and returns when it goes on.
void stretto_stop_group(void);

/// Stops the whole process group, as the system does with one that writes to a terminal in the background, until it is in the foreground of
/// `descriptor`. Returns at once where it is, where that is not its terminal, and where no shell could let it go on.
void stretto_await_foreground(int descriptor);

/// Remembers how the signals that ncurses may take for itself are handled, and puts that back.
void stretto_signals_keep(void);
void stretto_signals_put_back(void);

/// A file in memory, empty, closed on exec. Returns its descriptor or minus an errno.
int stretto_memory_file(void);
