/// The parameters of `ESC [ ... m`.
enum SGR {
    /// Changes a style as the parameters say; unknown ones are ignored, hidden text stays visible, and nothing blinks.
    static func apply(_ parameters: [UInt8], to style: inout Style) {
        var groups: [[Int]] = [[0]]
        for byte in parameters {
            let last = groups.count - 1
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let part = groups[last].count - 1
                groups[last][part] = min(groups[last][part] * 10 + Int(byte - UInt8(ascii: "0")), 9_999)
            case UInt8(ascii: ";"): groups.append([0])
            case UInt8(ascii: ":"): groups[last].append(0)
            default: return
            }
        }
        var index = 0
        while index < groups.count { index += apply(groups, at: index, to: &style) }
    }

    /// Applies one parameter.
    /// - Returns: how many parameters it used.
    private static func apply(_ groups: [[Int]], at index: Int, to style: inout Style) -> Int {
        let group = groups[index]
        switch group[0] {
        case 0: style = Style(style.role, ground: style.ground)
        case 1: style.emphasis.insert(.bold)
        case 2: style.emphasis.insert(.dim)
        case 3: style.emphasis.insert(.italic)
        case 4 where group.count > 1 && group[1] == 0: style.emphasis.remove(.underline)
        case 4, 21: style.emphasis.insert(.underline)
        case 7: style.emphasis.insert(.reverse)
        case 22: style.emphasis.subtract([.bold, .dim])
        case 23: style.emphasis.remove(.italic)
        case 24: style.emphasis.remove(.underline)
        case 27: style.emphasis.remove(.reverse)
        case 30...37: style.foreground = .indexed(UInt8(group[0] - 30))
        case 39: style.foreground = nil
        case 40...47: style.background = .indexed(UInt8(group[0] - 40))
        case 49: style.background = nil
        case 90...97: style.foreground = .indexed(UInt8(group[0] - 82))
        case 100...107: style.background = .indexed(UInt8(group[0] - 92))
        case 38, 48, 58:
            let (color, used) = color(groups, at: index)
            if let color, group[0] == 38 { style.foreground = color }
            if let color, group[0] == 48 { style.background = color }
            return used
        default: break
        }
        return 1
    }

    /// A colour in either spelling: `38:2::r:g:b` in one parameter, or `38;2;r;g;b` in five.
    private static func color(_ groups: [[Int]], at index: Int) -> (TextColor?, used: Int) {
        let group = groups[index]
        if group.count > 1 {
            if group[1] == 5, group.count > 2 { return (indexed(group[2]), 1) }
            // The colour space between them is empty, or left out with its colon.
            if group[1] == 2, group.count >= 6 { return (rgb(Array(group[3...5])), 1) }
            if group[1] == 2, group.count == 5 { return (rgb(Array(group[2...4])), 1) }
            return (nil, 1)
        }
        let rest = groups[(index + 1)...].map { $0[0] }
        switch rest.first {
        case 5: return (rest.count > 1 ? indexed(rest[1]) : nil, min(3, rest.count + 1))
        case 2: return (rest.count > 3 ? rgb(Array(rest[1...3])) : nil, min(5, rest.count + 1))
        default: return (nil, 1)
        }
    }

    private static func indexed(_ number: Int) -> TextColor? { UInt8(exactly: number).map { .indexed($0) } }

    private static func rgb(_ parts: [Int]) -> TextColor? {
        let bytes = parts.compactMap { UInt8(exactly: $0) }
        guard bytes.count == 3 else { return nil }
        return .rgb(bytes[0], bytes[1], bytes[2])
    }
}
