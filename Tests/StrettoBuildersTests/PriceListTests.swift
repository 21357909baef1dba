import FoundationEssentials
import StrettoCore
import TestSupport
import Testing

@testable import StrettoBuilders

@Suite struct PriceListTests {
    private func parse(_ text: String) throws -> PriceList { try PriceList.parse(Array(text.utf8)) }

    @Test func `the standard list can be read, and each price says when and where it was read`() throws {
        #expect(PriceList.standard.prices.count >= 6)
        for price in PriceList.standard.prices {
            #expect(price.date.count == 10)
            #expect(!price.source.isEmpty)
        }
    }

    @Test func `the documentation shows the standard list`() throws {
        let folders = #filePath.split(separator: "/").dropLast(3)
        let file = "/" + folders.joined(separator: "/") + "/docs/prices.json"
        #expect(try String(decoding: Data(contentsOf: URL(filePath: file)), as: UTF8.self) == PriceList.standardText)
    }

    @Test func `cached tokens have prices of their own`() throws {
        let list = try parse(
            #"{"models": [{"model": "m*", "input": 4, "output": 20, "cache_read": 0.2, "cache_write": 5}]}"#
        )
        let usage = list.usage(
            of: ModelUsage(
                model: "m-1",
                inputTokens: 1_000_000,
                outputTokens: 10,
                cachedTokens: 600_000,
                cacheWriteTokens: 100_000
            )
        )
        #expect(usage.microdollars == 300_000 * 4 + 120_000 + 500_000 + 200)
        #expect(usage.models.first?.microdollars == usage.microdollars)
    }

    @Test func `the program's own price wins over the list's`() {
        let usage = PriceList.standard.usage(
            of: ModelUsage(model: "claude-opus-5-5", inputTokens: 1, outputTokens: 1, microdollars: 7)
        )
        #expect(usage.microdollars == 7)
    }

    @Test func `a person's own price wins over the program's, where it names the model`() throws {
        let own = PriceList(
            prices: try parse(#"{"models": [{"model": "claude-opus*", "input": 1, "output": 1}]}"#).prices,
            isOwn: true
        )
        func cost(_ model: String) -> Int? {
            own.usage(of: ModelUsage(model: model, inputTokens: 5, outputTokens: 5, microdollars: 7)).microdollars
        }
        #expect(cost("claude-opus-5-5") == 10)
        #expect(cost("claude-haiku-5-5") == 7)

        let capture = try Capture("success", of: .claude)
        let told = try #require(capture.judgement(StreamContext()).usage?.microdollars)
        let free = try parse(#"{"models": [{"model": "*", "input": 0, "output": 0}]}"#).prices
        #expect(told > 0)
        #expect(capture.judgement(StreamContext(prices: PriceList(prices: free, isOwn: true))).usage?.microdollars == 0)
    }

    @Test(arguments: [("claude-opus-5-5", true), ("claude*", true), ("*", true), ("gpt-5.5", false), ("c", false)])
    func `an agent that reckons by other prices is not told its limit in them`(model: String, isReplaced: Bool) throws {
        let list = try parse(#"{"models": [{"model": "\#(model)", "input": 1, "output": 1}]}"#)
        #expect(PriceList(prices: list.prices, isOwn: true).replacesClaudes == isReplaced)
        #expect(!PriceList(prices: list.prices).replacesClaudes)
    }

    @Test(arguments: [
        ("[]", "a price list is an object with a list `models`"),
        (#"{"models": [{"model": "m", "input": 1}]}"#, "entry 1 of `models` needs"),
        (#"{"models": [{"model": "m", "input": -1, "output": 1}]}"#, "entry 1 of `models` needs"),
        ("{", "1:2: it ends too early"),
    ])
    func `a broken list says what is wrong with it`(text: String, expected: String) {
        #expect {
            try parse(text)
        } throws: {
            ($0 as? Trouble)?.message.hasPrefix(expected) == true
        }
    }

    @Test func `a user's list replaces the standard one, and is refused where it is broken`() throws {
        let place = try TemporaryDirectory(named: "prices")
        let folder = place.appending("stretto")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let environment = ["XDG_CONFIG_HOME": place.appending("")]
        let path = try #require(PriceList.path(environment: environment))
        #expect(try PriceList.load(environment: environment) == .standard)

        let own = #"{"models": [{"model": "mine", "input": 1, "output": 2}]}"#
        try Data(own.utf8).write(to: URL(filePath: path))
        #expect(try PriceList.load(environment: environment).price(of: "mine")?.output == 2)
        #expect(try PriceList.load(environment: environment).isOwn)
        #expect(try PriceList.load(environment: environment).price(of: "claude-opus-5-5") == nil)

        try Data("nonsense".utf8).write(to: URL(filePath: path))
        #expect(throws: Trouble.self) { try PriceList.load(environment: environment) }
    }
}
