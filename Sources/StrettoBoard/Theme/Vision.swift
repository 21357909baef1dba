/// How people see colours: brightness against each other, and differences with each kind of colour vision.
package enum Vision: String, CaseIterable, Sendable {
    case full = "all colours"
    case protan = "no red cones"
    case deutan = "no green cones"
    case tritan = "no blue cones"

    /// How far apart two colours look, as OKLab counts it: black and white are 1 apart.
    package func distance(_ left: RGB, _ right: RGB) -> Double {
        let (a, b) = (lab(left), lab(right))
        let squares = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return squares.squareRoot()
    }

    private func lab(_ color: RGB) -> [Double] {
        let seen = Self.product(matrix, color.linear).map { min(max($0, 0), 1) }
        let cones = Self.product(Self.cones, seen).map { Self.root($0, 3) }
        return Self.product(Self.lab, cones)
    }

    /// What is left of linear red, green and blue (Machado, Oliveira, Fernandes 2009, severity 1).
    private var matrix: [[Double]] {
        switch self {
        case .full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        case .protan:
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        case .deutan:
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        case .tritan:
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        }
    }

    /// From linear colours to OKLab's cones, and from their cube roots to its axes.
    private static let cones = [
        [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    private static let lab = [
        [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]

    private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    /// The root of a number from 0 to 2, by Newton's way, for the standard library has none but the square root.
    static func root(_ value: Double, _ degree: Int) -> Double {
        guard value > 0 else { return 0 }
        var root = 1.0
        for _ in 0..<60 {
            var power = 1.0
            for _ in 1..<degree { power *= root }
            let next = root - (root * power - value) / (Double(degree) * power)
            if next == root { break }
            root = next
        }
        return root
    }
}

extension RGB {
    /// Red, green and blue as amounts of light, 0 to 1.
    var linear: [Double] {
        [red, green, blue].map { byte in
            let value = Double(byte) / 255
            guard value > 0.04045 else { return value / 12.92 }
            // To the power of 2.4: squared, times the fifth root squared.
            let base = (value + 0.055) / 1.055
            let fifth = Vision.root(base, 5)
            return base * base * fifth * fifth
        }
    }

    /// How bright it is, 0 to 1.
    package var luminance: Double {
        let linear = linear
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// Whether dark text is read better on it than light text.
    package var isLight: Bool { luminance > 0.18 }

    /// The contrast of two colours as WCAG 2 counts it: 1 to 21.
    package func contrast(with other: RGB) -> Double {
        let (low, high) = (min(luminance, other.luminance), max(luminance, other.luminance))
        return (high + 0.05) / (low + 0.05)
    }
}
