/// A colour by its parts.
package struct RGB: Hashable, Sendable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The colour of `#RRGGBB`.
    init?(hex: some StringProtocol) {
        guard hex.first == "#", hex.utf8.count == 7, hex.dropFirst().allSatisfy(\.isHexDigit),
            let value = UInt32(hex.dropFirst(), radix: 16)
        else { return nil }
        self.init(UInt8(value >> 16), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF))
    }

    /// How far apart two colours look: the weighted distance known as redmean, squared, in whole numbers.
    func distance(to other: RGB) -> Int {
        let mean = (Int(red) + Int(other.red)) / 2
        let (dr, dg, db) = (Int(red) - Int(other.red), Int(green) - Int(other.green), Int(blue) - Int(other.blue))
        return (512 + mean) * dr * dr / 256 + 4 * dg * dg + (767 - mean) * db * db / 256
    }
}

extension RGB {
    private static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]

    /// The sixteen colours as xterm has them; a user's own may differ.
    private static let sixteen: [RGB] = [
        RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0), RGB(0, 0, 238), RGB(205, 0, 205),
        RGB(0, 205, 205), RGB(229, 229, 229), RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
        RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
    ]

    /// One of the 256 colours of xterm.
    package init(index: UInt8) {
        switch index {
        case 0..<16: self = Self.sixteen[Int(index)]
        case 16..<232:
            let place = Int(index) - 16
            self.init(
                Self.cubeLevels[place / 36],
                Self.cubeLevels[place / 6 % 6],
                Self.cubeLevels[place % 6]
            )
        default:
            let level = 8 + (index - 232) * 10
            self.init(level, level, level)
        }
    }

    /// The nearest of the 256 colours that no user changes: 16 to 255.
    package var nearest256: UInt8 { nearest(among: 16...255) }

    /// The nearest of the first sixteen colours.
    package var nearest16: UInt8 { nearest(among: 0...15) }

    private func nearest(among indices: ClosedRange<UInt8>) -> UInt8 {
        var best = (index: indices.lowerBound, distance: Int.max)
        for index in indices {
            let distance = distance(to: RGB(index: index))
            if distance < best.distance { best = (index, distance) }
        }
        return best.index
    }
}
