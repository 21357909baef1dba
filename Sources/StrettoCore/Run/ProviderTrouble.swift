/// The service that sells the model: its accounts, limits and outages are shared by every agent that works through it.
package struct ProviderName: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// Lower case, as the provider calls itself: `anthropic`, `openai`.
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }

    package static func < (left: ProviderName, right: ProviderName) -> Bool { left.text < right.text }
}

extension BuilderName {
    /// Whom the builder's agents work through; nil where that is nobody's business but the command's own.
    ///
    /// A described agent is its own provider: what limits it limits nobody else.
    package var provider: ProviderName? {
        switch self {
        case .claude: ProviderName("anthropic")
        case .codex: ProviderName("openai")
        case .command: nil
        default: ProviderName(rawValue)
        }
    }
}

/// What stood between an agent and its model, sorted by what has to happen next.
///
/// Told by structured events, exit codes and standard error; never by an agent's words. The same value comes while the
/// attempt still runs (as progress) and with its end.
package struct ProviderTrouble: Error, Hashable, Sendable, Codable {
    /// What kind of trouble it is; the raw value is stable, because journals and `--json` hold it.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The account's quota for a span of time is used up; it comes back by itself at ``ProviderTrouble/resets``.
        case usageLimit = "usage_limit"
        /// Too many requests for the moment (429).
        case rateLimited = "rate_limited"
        /// The service answers, but cannot work (500, 503, 529, at capacity).
        case overloaded
        /// There is no connection to the service.
        case unreachable
        /// The service refuses the key or the login (401, 403, none given).
        case refusedLogin = "refused_login"
        /// The account has no money left.
        case noCredit = "no_credit"
        /// The agent said nothing for longer than its program ever does while it works.
        case stalled
        /// The program no longer has the session that it was to go on with.
        case sessionLost = "session_lost"
        /// The conversation no longer fits into the model.
        case contextOverflow = "context_overflow"
        /// The service does not have the model, or the account may not use it.
        case unknownModel = "unknown_model"
        /// The model declined to answer.
        case refusal
        /// An answer was cut off at the model's longest, again and again.
        case outputLimit = "output_limit"
        /// The agent used up its turns.
        case turnLimit = "turn_limit"
        /// The attempt used up the money that it was given.
        case attemptBudget = "attempt_budget"
        /// The service called the request itself wrong (400).
        case badRequest = "bad_request"
        /// It failed for a reason that nobody here knows how to sort.
        case other
    }

    package var kind: Kind
    /// Whom it is about; nil where the builder has no provider.
    package var provider: ProviderName?
    /// The family of models that it is about, where the provider's others work on: a part of their names, lower case.
    package var family: String?
    /// When it is over, by the provider's own word; nil where it did not say.
    package var resets: Timestamp?
    /// What the program said, without advice and without secrets; at most ``messageBytesMax`` bytes.
    package var message: String
    /// What a person can do, as an imperative; nil where nobody has to do anything.
    package var remedy: String?

    package static let messageBytesMax = 2000

    package init(
        _ kind: Kind,
        provider: ProviderName?,
        family: String? = nil,
        resets: Timestamp? = nil,
        message: String = "",
        remedy: String? = nil
    ) {
        self.kind = kind
        self.provider = provider
        self.family = family
        self.resets = resets
        self.message = message
        self.remedy = remedy
    }

    /// Whether every other agent of the same provider, or of the same ``family``, meets it as well: a reason to admit none.
    package var isProviderWide: Bool {
        switch kind {
        case .usageLimit, .rateLimited, .overloaded, .unreachable, .refusedLogin, .noCredit: true
        case .stalled, .sessionLost, .contextOverflow, .unknownModel, .refusal, .outputLimit, .turnLimit,
            .attemptBudget, .badRequest,
            .other:
            false
        }
    }

    /// Whether it is no fault of the task's, so that the attempt does not count as failed.
    package var isBlameless: Bool { isProviderWide || kind == .stalled || kind == .sessionLost }

    /// Whether only a person can end it: it does not pass by itself.
    package var needsPerson: Bool { kind == .refusedLogin || kind == .noCredit }
}

/// What one model used: part of ``Usage``.
package struct ModelUsage: Hashable, Sendable, Codable {
    /// As the program names it.
    package var model: String
    /// Tokens read by the model, those that went through a cache included.
    package var inputTokens: Int
    package var outputTokens: Int
    package var cachedTokens: Int
    package var cacheWriteTokens: Int
    /// Millionths of a US dollar; nil where the model's price is unknown.
    package var microdollars: Int?
    /// What tokens without a price would cost at the highest price known.
    package var unpricedMicrodollars: Int

    package init(
        model: String,
        inputTokens: Int,
        outputTokens: Int,
        cachedTokens: Int = 0,
        cacheWriteTokens: Int = 0,
        microdollars: Int? = nil,
        unpricedMicrodollars: Int = 0
    ) {
        self.model = model
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cachedTokens = cachedTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.microdollars = microdollars
        self.unpricedMicrodollars = unpricedMicrodollars
    }

    /// What an older Stretto did not write is nothing.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            model: try fields.decode(String.self, forKey: .model),
            inputTokens: try fields.decode(Int.self, forKey: .inputTokens),
            outputTokens: try fields.decode(Int.self, forKey: .outputTokens),
            cachedTokens: try fields.decode(Int.self, forKey: .cachedTokens),
            cacheWriteTokens: try fields.decode(Int.self, forKey: .cacheWriteTokens),
            microdollars: try fields.decodeIfPresent(Int.self, forKey: .microdollars),
            unpricedMicrodollars: try fields.decodeIfPresent(Int.self, forKey: .unpricedMicrodollars) ?? 0
        )
    }
}
