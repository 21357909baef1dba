/// What came from the terminal: a key, the mouse, a paste, or an answer to a question.
///
/// Modifiers on keys that have no letter are dropped: Shift-Up is Up. What a terminal sends when Shift is held with a letter is the upper letter.
package enum Key: Hashable, Sendable {
    /// One scalar: marks come as characters of their own.
    case character(Character)
    /// Ctrl with a letter, in lower case, or with one of ` \ ] ^ _`.
    case control(Character)
    case alt(Character)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// F1 is 1.
    case function(Int)
    case mouse(MouseEvent)
    /// Text from the clipboard: for text fields only, never for commands. Line breaks are `\n`; other control characters are gone.
    case paste(String)
    /// A hint only: not every terminal tells.
    case focusIn, focusOut
    case reply(TerminalReply)
}

/// One report of the mouse.
package struct MouseEvent: Hashable, Sendable {
    /// Which button, the wheel's steps included.
    package enum Button: Hashable, Sendable {
        case left, middle, right
    }

    /// What it did.
    package enum Kind: Hashable, Sendable {
        case press(Button), release(Button), drag(Button), move
        case wheelUp, wheelDown, wheelLeft, wheelRight
    }

    package let kind: Kind
    /// Counted from 0.
    package let column: Int
    /// Counted from 0.
    package let row: Int

    package init(_ kind: Kind, column: Int, row: Int) {
        self.kind = kind
        self.column = column
        self.row = row
    }
}

/// What a terminal answered.
package enum TerminalReply: Hashable, Sendable {
    /// State of a private mode (DECRPM): 0 unknown to it, 1 set, 2 reset, 3 and 4 fixed.
    case mode(Int, state: Int)
    /// Where the cursor is, counted from 0.
    case cursor(column: Int, row: Int)
    /// The colour of its background (OSC 11).
    case background(red: UInt8, green: UInt8, blue: UInt8)
    /// The colour of its text (OSC 10).
    case foreground(red: UInt8, green: UInt8, blue: UInt8)
    /// What it says it is (DA1).
    case attributes([Int])
}
