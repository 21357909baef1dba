package import StrettoCore

/// What models cost, as their sellers list it: for estimates, marked as such wherever they are shown.
package struct PriceList: Hashable, Sendable {
    /// Of one model, in US dollars for a million tokens.
    struct Price: Hashable, Sendable {
        /// The model's name; with a `*` at its end, every name that begins so.
        var model: String
        var input: Double
        var output: Double
        var cacheRead: Double
        var cacheWrite: Double
        /// When and where the figures were read.
        var date: String
        var source: String

        func fits(_ name: String) -> Bool {
            model.utf8.last == UInt8(ascii: "*") ? name.utf8.starts(with: model.utf8.dropLast()) : name == model
        }

        func microdollars(_ tokens: ModelUsage) -> Int {
            let fresh = max(0, tokens.inputTokens - tokens.cachedTokens - tokens.cacheWriteTokens)
            // Dollars for a million tokens are millionths of a dollar for one.
            let sum =
                Double(fresh) * input + Double(tokens.cachedTokens) * cacheRead
                + Double(tokens.cacheWriteTokens) * cacheWrite + Double(tokens.outputTokens) * output
            return Int(min(sum.rounded(), Usage.dollarsMax * 1e6))
        }

        /// Whether nothing costs more at the other price.
        fileprivate func covers(_ other: Price) -> Bool {
            input >= other.input && output >= other.output && cacheRead >= other.cacheRead
                && cacheWrite >= other.cacheWrite
        }
    }

    /// The first that fits a model counts.
    let prices: [Price]
    /// Whether a person gave it: what somebody wrote down beats what a program reckons.
    let isOwn: Bool
    /// Those of which one is the highest, whatever was used.
    private let peaks: [Price]
    /// What counts where nobody named the model, which agents that tell none ask for with each turn.
    private let nameless: Price?

    private static let bytesMax = 1 << 20
    private static let priceCountMax = 1000
    private static let dollarsMax = 100_000.0

    init(prices: [Price], isOwn: Bool = false) {
        self.prices = prices
        self.isOwn = isOwn
        peaks = prices.reduce(into: []) { peaks, price in
            guard !peaks.contains(where: { $0.covers(price) }) else { return }
            peaks.removeAll { price.covers($0) }
            peaks.append(price)
        }
        nameless = prices.first { $0.model == "*" }
    }

    /// Whether a person's own prices count for Claude Code's models, so that what it reckons itself is in another currency.
    var replacesClaudes: Bool {
        guard isOwn else { return false }
        return prices.contains { price in
            let isPattern = price.model.hasSuffix("*")
            let head = isPattern ? String(price.model.dropLast()) : price.model
            return head.hasPrefix("claude") || isPattern && "claude".hasPrefix(head)
        }
    }

    /// The list with other prices before its own.
    func preceded(by prices: [TokenPrice]) -> PriceList {
        PriceList(prices: prices.map(Price.init) + self.prices, isOwn: isOwn)
    }

    /// Nil for a model that the list does not have.
    func price(of model: String) -> Price? { model.isEmpty ? nameless : prices.first { $0.fits(model) } }

    /// The tokens as usage: with a person's own price, else with the one that the program told, else with the list's.
    ///
    /// Where nobody knows a price, it stays unknown, and the highest of the list counts against budgets.
    func usage(of tokens: ModelUsage) -> Usage {
        var tokens = tokens
        var unpriced = 0
        if isOwn, let price = price(of: tokens.model) { tokens.microdollars = price.microdollars(tokens) }
        if tokens.microdollars == nil {
            if let price = price(of: tokens.model) {
                tokens.microdollars = price.microdollars(tokens)
            } else {
                unpriced = peaks.map { $0.microdollars(tokens) }.max() ?? 0
                tokens.unpricedMicrodollars = unpriced
            }
        }
        return Usage(
            inputTokens: tokens.inputTokens,
            outputTokens: tokens.outputTokens,
            cachedTokens: tokens.cachedTokens,
            cacheWriteTokens: tokens.cacheWriteTokens,
            microdollars: tokens.microdollars,
            unpricedMicrodollars: unpriced,
            models: tokens.model.isEmpty ? [] : [tokens]
        )
    }

    // MARK: Files

    /// Where a user's own list lies: `stretto/prices.json` in the configuration directory; nil without a home.
    package static func path(environment: [String: String]) -> String? {
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/stretto/prices.json" }
        return environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.config/stretto/prices.json" }
    }

    /// The user's list where there is one, else the standard one.
    ///
    /// Throws where the user's cannot be used: silently counting by other prices would be worse.
    package static func load(environment: [String: String]) throws(Trouble) -> PriceList {
        guard let path = path(environment: environment), LocalFiles.modified(path) != nil else { return standard }
        guard let bytes = LocalFiles.read(path, bytesMax: bytesMax) else {
            throw Trouble("the price list \(path) cannot be read: check its permissions and its size")
        }
        do {
            return PriceList(prices: try parse(bytes).prices, isOwn: true)
        } catch {
            throw Trouble("\(path): \(error.message)")
        }
    }

    /// A list as its file has it: `{"models": [{"model": "name*", "input": 1, "output": 2, "date": "", "source": ""}]}`.
    static func parse(_ bytes: [UInt8]) throws(Trouble) -> PriceList {
        let value: JSON
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            throw Trouble("\(error)")
        }
        guard let models = value["models"], models.kind == .array else {
            throw Trouble("a price list is an object with a list `models`")
        }
        var prices: [Price] = []
        for (place, model) in models.elements.prefix(priceCountMax).enumerated() {
            guard let name = model["model"]?.string, !name.isEmpty, let input = amount(model["input"]),
                let output = amount(model["output"])
            else {
                throw Trouble(
                    "entry \(place + 1) of `models` needs `model`, `input` and `output`, in dollars for a million tokens"
                )
            }
            prices.append(
                Price(
                    model: name,
                    input: input,
                    output: output,
                    // Without a price of its own a cached token counts as any other.
                    cacheRead: amount(model["cache_read"]) ?? input,
                    cacheWrite: amount(model["cache_write"]) ?? input,
                    date: model["date"]?.string ?? "",
                    source: model["source"]?.string ?? ""
                )
            )
        }
        return PriceList(prices: prices)
    }

    private static func amount(_ value: JSON?) -> Double? {
        guard let value = value?.double, value >= 0, value <= dollarsMax else { return nil }
        return value
    }
}

extension PriceList.Price {
    /// A price that a user wrote into the description of an agent.
    init(_ price: TokenPrice) {
        func dollars(_ microdollars: Int) -> Double { Double(microdollars) / 1e6 }
        self.init(
            model: price.model,
            input: dollars(price.input),
            output: dollars(price.output),
            cacheRead: dollars(price.cacheRead),
            cacheWrite: dollars(price.cacheWrite),
            date: "",
            source: "stretto.yaml"
        )
    }
}
