internal import StrettoCore

/// How a place's clock differs from universal time, from the system's table of zones.
struct TimeZoneRules: Hashable, Sendable {
    /// Seconds since 1970 from which on an offset holds, ascending.
    private let changes: [Int64]
    /// One more than `changes`, because the first holds before all of them; seconds east of universal time.
    private let offsets: [Int64]

    static let universal = TimeZoneRules(changes: [], offsets: [0])

    private static let folder = "/usr/share/zoneinfo/"
    private static let fileBytesMax = 1 << 20

    /// The zone of that name in any case (`america/toronto`, `UTC`); nil where the system does not know it.
    static func named(_ name: String) -> TimeZoneRules? {
        let lower = name.lowercased()
        if ["utc", "gmt", "z", "etc/utc"].contains(lower) { return universal }
        guard lower.utf8.allSatisfy({ isNameByte($0) }), !lower.contains(".."), !lower.hasPrefix("/") else {
            return nil
        }
        let spellings = [name, capitalized(lower), lower.uppercased()]
        return spellings.lazy.compactMap { LocalFiles.read(folder + $0, bytesMax: fileBytesMax) }.compactMap(parse)
            .first
    }

    /// The zone that this machine's clocks show: `TZ`, else the system's.
    static func local(environment: [String: String]) -> TimeZoneRules {
        if let name = environment["TZ"], !name.isEmpty, let rules = named(String(name.drop { $0 == ":" })) {
            return rules
        }
        return LocalFiles.read("/etc/localtime", bytesMax: fileBytesMax).flatMap(parse) ?? universal
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"),
            UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"):
            true
        default: false
        }
    }

    /// `america/new_york` as its file is called.
    private static func capitalized(_ name: String) -> String {
        var result = ""
        var isStart = true
        for character in name {
            result += isStart ? character.uppercased() : String(character)
            isStart = character == "/" || character == "_" || character == "-"
        }
        return result
    }

    // MARK: Times

    /// The day, counted from 1970-01-01, that the clocks there show at `time`.
    func localDay(of time: Timestamp) -> Int64 {
        let seconds = time.milliseconds / 1000
        let local = seconds + offset(at: seconds)
        return local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    }

    /// The instant at which the clocks there show `second` of `day`; where they skip it, the same time past midnight before the change.
    func instant(day: Int64, second: Int64) -> Timestamp {
        let local = day * 86_400 + second
        var universal = local - offset(at: local)
        universal = local - offset(at: universal)
        return Timestamp(milliseconds: universal * 1000)
    }

    private func offset(at seconds: Int64) -> Int64 { offsets[changes.count(where: { $0 <= seconds })] }

    // MARK: Files

    /// A TZif file, of which the second block has 64-bit times.
    private static func parse(_ bytes: [UInt8]) -> TimeZoneRules? {
        guard let first = Header(bytes, at: 0) else { return nil }
        let isLong = first.version >= UInt8(ascii: "2")
        let start = isLong ? Header.byteCount + first.blockCount(timeBytes: 4) : 0
        guard let header = Header(bytes, at: start) else { return nil }
        let timeBytes = isLong ? 8 : 4
        let times = start + Header.byteCount
        guard times + header.blockCount(timeBytes: timeBytes) <= bytes.count, header.typeCount > 0 else { return nil }
        let indexes = times + header.timeCount * timeBytes
        let types = indexes + header.timeCount
        func type(_ number: Int) -> Int64? {
            guard number < header.typeCount else { return nil }
            return Int64(Int32(truncatingIfNeeded: bigEndian(bytes, at: types + number * 6, count: 4)))
        }
        var changes: [Int64] = []
        var offsets: [Int64] = [type(0) ?? 0]
        for place in 0..<header.timeCount {
            guard let offset = type(Int(bytes[indexes + place])) else { return nil }
            let raw = bigEndian(bytes, at: times + place * timeBytes, count: timeBytes)
            changes.append(isLong ? Int64(bitPattern: raw) : Int64(Int32(truncatingIfNeeded: raw)))
            offsets.append(offset)
        }
        return TimeZoneRules(changes: changes, offsets: offsets)
    }

    private struct Header {
        static let byteCount = 44
        /// More of anything is no zone.
        private static let countMax = 100_000

        let version: UInt8
        let universalCount: Int
        let standardCount: Int
        let leapCount: Int
        let timeCount: Int
        let typeCount: Int
        let letterCount: Int

        init?(_ bytes: [UInt8], at start: Int) {
            guard start >= 0, bytes.count >= start + Self.byteCount,
                bytes[start...].starts(with: Array("TZif".utf8))
            else { return nil }
            let counts = (0..<6).map { Int(bigEndian(bytes, at: start + 20 + $0 * 4, count: 4)) }
            guard counts.allSatisfy({ $0 <= Self.countMax }) else { return nil }
            version = bytes[start + 4]
            universalCount = counts[0]
            standardCount = counts[1]
            leapCount = counts[2]
            timeCount = counts[3]
            typeCount = counts[4]
            letterCount = counts[5]
        }

        func blockCount(timeBytes: Int) -> Int {
            timeCount * (timeBytes + 1) + typeCount * 6 + letterCount + leapCount * (timeBytes + 4) + standardCount
                + universalCount
        }
    }
}

/// A number as the file has it, its highest byte first.
private func bigEndian(_ bytes: [UInt8], at place: Int, count: Int) -> UInt64 {
    bytes[place..<(place + count)].reduce(0) { $0 << 8 | UInt64($1) }
}
