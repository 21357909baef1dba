#pragma once
// Wide characters; a -D flag would not reach Swift's importer.
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
// Functions instead of macros, which Swift cannot see.
#ifndef NCURSES_NOMACROS
#define NCURSES_NOMACROS 1
#endif
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

// Declared here because <wchar.h> hides it from Swift's feature macros.
extern int wcwidth(wchar_t character);

/// Reads and writes the file behind `descriptor`, which belongs to the stream from now on. NULL where memory is short.
static inline FILE *stretto_stream(int descriptor) { return fdopen(descriptor, "r+"); }

/// Where the terminal's name is known, a screen that reads and writes `stream` only; else NULL.
static inline SCREEN *stretto_new_screen(const char *name, FILE *stream, bool uses_color) {
    // Sizes come from us, not from the environment.
    use_env(false);
    SCREEN *screen = newterm(name, stream, stream);
    if (screen == NULL) {
        // Unless told to look for a size, curses refuses terminals whose descriptions have none, such as the Linux console.
        use_env(true);
        screen = newterm(name, stream, stream);
    }
    if (screen == NULL) return NULL;
    // Before anything is drawn: a file is always readable, which curses takes for keys waiting, and stops in the middle of a frame.
    typeahead(-1);
    nonl();
    leaveok(stdscr, true);
    // Inserted and deleted characters move the halves of wide ones apart.
    idcok(stdscr, false);
    curs_set(0);
    if (uses_color && has_colors()) {
        start_color();
        use_default_colors();
    }
    return screen;
}

// Declared here because <term.h> makes macros of words such as `lines`.
struct term;
extern struct term *cur_term;
extern int setupterm(const char *name, int descriptor, int *error);
extern int del_curterm(struct term *terminal);

/// Whether a description of the terminal is installed.
static inline bool stretto_knows_terminal(const char *name) {
    int error = 0;
    if (setupterm(name, 1, &error) != OK) return false;
    del_curterm(cur_term);
    return true;
}

static inline int stretto_color_count(void) { return has_colors() ? COLORS : 0; }

/// The next frame starts from a cleared terminal.
static inline void stretto_repaint_all(void) { clearok(curscr, true); }

enum { STRETTO_BOLD = 1, STRETTO_DIM = 2, STRETTO_ITALIC = 4, STRETTO_UNDERLINE = 8, STRETTO_REVERSE = 16 };

static inline attr_t stretto_attributes(unsigned emphasis) {
    attr_t attributes = A_NORMAL;
    if (emphasis & STRETTO_BOLD) attributes |= A_BOLD;
    if (emphasis & STRETTO_DIM) attributes |= A_DIM;
    if (emphasis & STRETTO_ITALIC) attributes |= A_ITALIC;
    if (emphasis & STRETTO_UNDERLINE) attributes |= A_UNDERLINE;
    if (emphasis & STRETTO_REVERSE) attributes |= A_REVERSE;
    return attributes;
}

/// Makes a cell of at most three characters, the first of which takes space. False where curses refuses it.
static inline bool stretto_cell(
    cchar_t *cell, wchar_t base, wchar_t mark, wchar_t second_mark, attr_t attributes, int pair
) {
    const wchar_t text[] = {base, mark, second_mark, 0};
    return setcchar(cell, text, attributes, 0, &pair) != ERR;
}

/// A cell like another one, with a single character that takes one cell.
static inline cchar_t stretto_cell_like(cchar_t cell, wchar_t character) {
    cell.chars[0] = character;
    return cell;
}

/// Puts cells of one row from a column on; wide ones count once. Writing the last column tells of an error where there is none.
static inline void stretto_put_row(int row, int column, const cchar_t *cells, int count) {
    mvwadd_wchnstr(stdscr, row, column, cells, count);
}

/// Lets curses write what differs from the frame before.
static inline void stretto_update(void) {
    wnoutrefresh(stdscr);
    doupdate();
}

/// Has character types follow UTF-8, by the user's own locale or, where that is another or not installed, by the C library's. False where there is none.
static inline bool stretto_use_utf8(void) {
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}
