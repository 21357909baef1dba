import StrettoProcess

/// Where engines die in these tests: a sample, with `STRETTO_TORTURE=all` everywhere, with a number at every so manieth point.
enum FaultPoints {
    private static let wish = Environment.current()["STRETTO_TORTURE"]
    static let isThorough = wish != nil
    private static let stride = wish.flatMap { Int($0) } ?? 1

    /// More than one run of the plan has of each, so that the last ones are never reached: that is how all are known to be tried.
    private static let counts = [("journal", 100), ("git", 180), ("agents", 12), ("checks", 16)]

    static var deaths: [String] {
        guard !isThorough else { return every("die", ["journal", "git", "agents", "checks"]) }
        return [
            "die:journal:1:after", "die:journal:17:before", "die:journal:40:after",
            "die:git:9:after", "die:git:38:before", "die:git:77:after",
            "die:agents:3:after", "die:checks:2:before",
        ]
    }

    static var failures: [String] {
        isThorough ? every("fail", ["journal", "git"]) : ["fail:journal:20:before", "fail:git:60:after"]
    }

    private static func every(_ deed: String, _ seams: [String]) -> [String] {
        counts.filter { seams.contains($0.0) }.flatMap { seam, count in
            Swift.stride(from: 1, through: count, by: max(stride, 1)).flatMap { number in
                ["before", "after"].map { "\(deed):\(seam):\(number):\($0)" }
            }
        }
    }

    /// One line for each point, for whoever counts them.
    static func tell(_ point: String, isReached: Bool) {
        if isThorough { print("torture \(point) \(isReached ? "reached" : "not-reached")") }
    }
}
