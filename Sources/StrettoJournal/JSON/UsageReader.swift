internal import Glibc
internal import StrettoCore

/// Reads reports of usage, most of what a long run's journal holds, straight from their bytes: at a tenth of a `LineDecoder`'s cost.
///
/// It takes exactly the form in which the journal writes them now and answers what the decoder would. For everything else, an
/// older form of the same report included, it has no answer.
struct UsageReader {
    private let bytes: [UInt8]
    private var position = 0

    /// The event, where it is a report of usage in today's form; nil where `LineDecoder` has to tell.
    static func event(in document: [UInt8]) -> Event? {
        var reader = UsageReader(bytes: document)
        return reader.event()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func event() -> Event? {
        guard takes(#"{"usageReported":{"_0":{"number":"#), let number = integer(),
            takes(#","task":"#), let task = text(), takes(#"},"_1":"#), let usage = usage(),
            takes("}}"), position == bytes.count
        else { return nil }
        return .usageReported(AttemptID(task: TaskID(task), number: number), usage)
    }

    private mutating func usage() -> Usage? {
        guard takes(#"{"apiMilliseconds":"#), let apiMilliseconds = integer(),
            takes(#","cacheWriteTokens":"#), let cacheWriteTokens = integer(),
            takes(#","cachedTokens":"#), let cachedTokens = integer(),
            takes(#","inputTokens":"#), let inputTokens = integer(),
            takes(#","isEstimate":"#), let isEstimate = flag(),
            let microdollars = price(), takes(#","models":"#), let models = models(),
            takes(#","outputTokens":"#), let outputTokens = integer(),
            takes(#","turns":"#), let turns = integer(),
            takes(#","unpricedMicrodollars":"#), let unpricedMicrodollars = integer(), takes("}")
        else { return nil }
        return Usage(
            inputTokens: inputTokens,
            outputTokens: outputTokens,
            cachedTokens: cachedTokens,
            cacheWriteTokens: cacheWriteTokens,
            microdollars: microdollars.known,
            unpricedMicrodollars: unpricedMicrodollars,
            turns: turns,
            apiMilliseconds: apiMilliseconds,
            isEstimate: isEstimate,
            models: models
        )
    }

    private mutating func models() -> [ModelUsage]? {
        guard takes("[") else { return nil }
        var models: [ModelUsage] = []
        if takes("]") { return models }
        repeat {
            guard let model = model() else { return nil }
            models.append(model)
        } while takes(",")
        return takes("]") ? models : nil
    }

    private mutating func model() -> ModelUsage? {
        guard takes(#"{"cacheWriteTokens":"#), let cacheWriteTokens = integer(),
            takes(#","cachedTokens":"#), let cachedTokens = integer(),
            takes(#","inputTokens":"#), let inputTokens = integer(),
            let microdollars = price(), takes(#","model":"#), let model = text(),
            takes(#","outputTokens":"#), let outputTokens = integer(),
            takes(#","unpricedMicrodollars":"#), let unpricedMicrodollars = integer(), takes("}")
        else { return nil }
        return ModelUsage(
            model: model,
            inputTokens: inputTokens,
            outputTokens: outputTokens,
            cachedTokens: cachedTokens,
            cacheWriteTokens: cacheWriteTokens,
            microdollars: microdollars.known,
            unpricedMicrodollars: unpricedMicrodollars
        )
    }

    // MARK: Pieces

    /// A price that may be unknown, which is written by leaving it out.
    private struct Price { var known: Int? }

    private mutating func price() -> Price? {
        guard takes(#","microdollars":"#) else { return Price() }
        return integer().map { Price(known: $0) }
    }

    /// Goes past these bytes where they come next.
    private mutating func takes(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard count <= bytes.count - position else { return false }
        let isNext = unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return unsafe memcmp(start + position, text.utf8Start, count) == 0
        }
        if isNext { position += count }
        return isNext
    }

    /// A whole number of so few digits that it cannot be too large.
    private mutating func integer() -> Int? {
        let isNegative = takes("-")
        let start = position
        var number = 0
        while position < bytes.count, position - start < Self.digitsMax {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            number = number * 10 + Int(digit)
            position += 1
        }
        guard position > start else { return nil }
        return isNegative ? -number : number
    }

    private static let digitsMax = 18

    private mutating func flag() -> Bool? { takes("true") ? true : takes("false") ? false : nil }

    /// A text that is written as it is.
    private mutating func text() -> String? {
        guard takes("\"") else { return nil }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") { return nil }
            position += 1
        }
        let end = position
        return takes("\"") ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
    }
}
