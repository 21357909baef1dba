/// The characters that the board draws with, beside what people and agents wrote; each is one cell wide and has no emoji form.
package struct Glyphs: Hashable, Sendable {
    // States; the word always stands beside the glyph.
    package let waiting, blocked, running, review, done, failed, skipped, retrying, limited, stopped: Character
    // Lists and marks.
    package let folded, unfolded, cursor, bullet, dot, prompt, caret, multiply: Character
    // Rules and frames.
    package let horizontal, vertical, heavyHorizontal, heavyVertical, doubleHorizontal: Character
    package let topLeft, topRight, bottomLeft, bottomRight: Character
    // Bars: a filled and an empty part.
    package let gaugeFill, gaugeRest: Character
    // Arrows and keys.
    package let up, down, left, right: Character
    /// The key; a word where no sign is like it, because a letter would be a key of its own.
    package let enter: String
    /// What stands for text that was cut off.
    package let ellipsis: Character
    /// Eight steps of a sparkline, from low to high.
    package let spark: [Character]

    /// For terminals that show Unicode.
    package static let unicode = Glyphs(
        waiting: "○",
        blocked: "◌",
        running: "●",
        review: "◆",
        done: "✓",
        failed: "✗",
        skipped: "⊘",
        retrying: "↻",
        limited: "◍",
        stopped: "■",
        folded: "▸",
        unfolded: "▾",
        cursor: "▌",
        bullet: "•",
        dot: "·",
        prompt: "›",
        caret: "▏",
        multiply: "×",
        horizontal: "─",
        vertical: "│",
        heavyHorizontal: "━",
        heavyVertical: "┃",
        doubleHorizontal: "═",
        topLeft: "╭",
        topRight: "╮",
        bottomLeft: "╰",
        bottomRight: "╯",
        gaugeFill: "━",
        gaugeRest: "─",
        up: "↑",
        down: "↓",
        left: "←",
        right: "→",
        enter: "↵",
        ellipsis: "…",
        spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    )

    /// For the others, and for people who ask: state is told by these alone, so no two states share one.
    package static let ascii = Glyphs(
        waiting: ".",
        blocked: ":",
        running: ">",
        review: "?",
        done: "+",
        failed: "x",
        skipped: "-",
        retrying: "~",
        limited: "%",
        stopped: "=",
        folded: ">",
        unfolded: "v",
        cursor: "*",
        bullet: "*",
        dot: "-",
        prompt: ">",
        caret: "_",
        multiply: "x",
        horizontal: "-",
        vertical: "|",
        heavyHorizontal: "=",
        heavyVertical: "|",
        doubleHorizontal: "=",
        topLeft: "+",
        topRight: "+",
        bottomLeft: "+",
        bottomRight: "+",
        gaugeFill: "=",
        gaugeRest: "-",
        up: "^",
        down: "v",
        left: "<",
        right: ">",
        enter: "Enter",
        ellipsis: "~",
        spark: ["_", ".", ",", "-", "~", "=", "+", "#"]
    )
}
