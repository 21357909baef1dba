internal import StrettoBoard
internal import StrettoProcess
internal import StrettoTerminal

/// The ways to the clipboard beside the terminal itself: tmux, which may keep OSC 52 to itself, and programs of the desktop.
struct Clipboard {
    private let commands: [(name: String, arguments: [String])]

    /// The ways that the environment speaks of.
    init(environment: [String: String]) {
        func has(_ name: String) -> Bool { environment[name]?.isEmpty == false }
        var commands: [(String, [String])] = []
        if has("TMUX") { commands.append(("tmux", ["tmux", "load-buffer", "-w", "-"])) }
        if has("WAYLAND_DISPLAY") { commands.append(("wl-copy", ["wl-copy"])) }
        if has("DISPLAY") {
            commands.append(("xclip", ["xclip", "-selection", "clipboard"]))
            commands.append(("xsel", ["xsel", "--clipboard", "--input"]))
        }
        self.commands = commands
    }

    /// Gives the text to every way there is on a thread of its own, and posts which of them took it.
    func copy(_ text: String, _ mail: BoardMail) {
        let isCut = text.utf8.count > TerminalRequest.copyBytesMax
        let lineCount = text.isEmpty ? 0 : text.utf8.count { $0 == 0x0A } + 1
        OwnThread.start { [commands] in
            let bytes = Array(text.utf8)
            let taken = commands.filter { Feeding.feed(bytes, to: $0.arguments) }.map(\.name)
            // The terminal does not answer, and has only the beginning of a long text.
            let report = CopyReport(
                lineCount: lineCount,
                isCut: isCut && taken.isEmpty,
                ways: ["terminal (OSC 52)"] + taken
            )
            mail.post(.copied(report))
        }
    }
}
