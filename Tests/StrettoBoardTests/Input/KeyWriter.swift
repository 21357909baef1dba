import StrettoBoard
import TestSupport

/// The other way around: what a terminal of today sends for a key.
enum KeyWriter {
    private static let named: [(Key, String)] = [
        (.enter, "\r"), (.tab, "\t"), (.backTab, "\u{1B}[Z"), (.backspace, "\u{7F}"), (.delete, "\u{1B}[3~"),
        (.insert, "\u{1B}[2~"), (.up, "\u{1B}[A"), (.down, "\u{1B}[B"), (.right, "\u{1B}[C"), (.left, "\u{1B}[D"),
        (.home, "\u{1B}[H"), (.end, "\u{1B}[F"), (.pageUp, "\u{1B}[5~"), (.pageDown, "\u{1B}[6~"),
        (.focusIn, "\u{1B}[I"), (.focusOut, "\u{1B}[O"), (.control(" "), "\u{0}"),
    ]
    private static let functions = [
        "OP", "OQ", "OR", "OS", "[15~", "[17~", "[18~", "[19~", "[20~", "[21~", "[23~", "[24~",
    ]
    /// Those that have no name of their own, as Tab is Ctrl-I.
    private static let controls: [Character] = Array("abcdefgklnopqrstuvwxyz")
    private static let letters: [Character] = Array("aZ09!/:~ éßЖ漢😀") + ["\u{301}"]

    /// Any key that can stand before any other one: a lone Esc cannot.
    static func key(_ random: inout SplitMix64) -> Key {
        switch Int.random(in: 0..<9, using: &random) {
        case 0, 1: return .character(letters.randomElement(using: &random) ?? "a")
        case 2: return .control(controls.randomElement(using: &random) ?? "a")
        case 3: return .alt(Array("axZ9é").randomElement(using: &random) ?? "a")
        case 4: return .function(Int.random(in: 1...12, using: &random))
        case 5: return .paste("pasted \(Int.random(in: 0...99, using: &random))\nüber two lines")
        case 6, 7: return .mouse(mouse(&random))
        default: return named.randomElement(using: &random)?.0 ?? .enter
        }
    }

    private static func mouse(_ random: inout SplitMix64) -> MouseEvent {
        let kinds: [MouseEvent.Kind] = [
            .press(.left), .release(.middle), .press(.right), .drag(.left), .drag(.right), .move, .wheelUp, .wheelDown,
            .wheelLeft, .wheelRight,
        ]
        let column = Int.random(in: 0...400, using: &random)
        let kind = kinds.randomElement(using: &random) ?? .move
        return MouseEvent(kind, column: column, row: Int.random(in: 0...200, using: &random))
    }

    /// What is sent for a key.
    static func bytes(_ key: Key) -> [UInt8] {
        switch key {
        case .character(let character): return Array(String(character).utf8)
        case .control(let letter) where letter != " ": return [(letter.asciiValue ?? 0) & 0x1F]
        case .alt(let letter): return [0x1B] + Array(String(letter).utf8)
        case .function(let number): return Array("\u{1B}\(functions[number - 1])".utf8)
        case .paste(let text): return Array("\u{1B}[200~\(text)\u{1B}[201~".utf8)
        case .mouse(let event):
            let (code, isRelease) = code(of: event.kind)
            return Array("\u{1B}[<\(code);\(event.column + 1);\(event.row + 1)\(isRelease ? "m" : "M")".utf8)
        default: return Array((named.first { $0.0 == key }?.1 ?? "").utf8)
        }
    }

    private static func code(of kind: MouseEvent.Kind) -> (Int, isRelease: Bool) {
        func number(_ button: MouseEvent.Button) -> Int {
            switch button {
            case .left: 0
            case .middle: 1
            case .right: 2
            }
        }
        switch kind {
        case .press(let button): return (number(button), false)
        case .release(let button): return (number(button), true)
        case .drag(let button): return (number(button) + 32, false)
        case .move: return (35, false)
        case .wheelUp: return (64, false)
        case .wheelDown: return (65, false)
        case .wheelLeft: return (66, false)
        case .wheelRight: return (67, false)
        }
    }
}
