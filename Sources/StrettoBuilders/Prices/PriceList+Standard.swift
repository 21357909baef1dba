extension PriceList {
    /// The list that comes with Stretto: the same text as docs/prices.json, which is there to be copied and changed.
    package static let standard = (try? parse(Array(standardText.utf8))) ?? PriceList(prices: [])

    static let standardText = """
        {
          "unit": "US dollars for a million tokens",
          "models": [
            {"model": "claude-opus-5-5*", "input": 4, "output": 20, "cache_read": 0.2, "cache_write": 5,
             "date": "2026-11-20", "source": "list prices that Claude Code 2.1.329 counts with"},
            {"model": "claude-sonnet-5-5*", "input": 2, "output": 10, "cache_read": 0.1, "cache_write": 2.5,
             "date": "2026-11-20", "source": "list prices that Claude Code 2.1.329 counts with"},
            {"model": "claude-haiku-5-5*", "input": 0.1, "output": 0.5, "cache_read": 0.01, "cache_write": 0.125,
             "date": "2026-11-20", "source": "list prices that Claude Code 2.1.329 counts with, prompts of usual length"},
            {"model": "claude-opus-4-5*", "input": 5, "output": 25, "cache_read": 0.5, "cache_write": 6.25,
             "date": "2026-11-20", "source": "list prices that Claude Code 2.1.329 counts with"},
            {"model": "claude-sonnet-4-5*", "input": 3, "output": 15, "cache_read": 0.3, "cache_write": 3.75,
             "date": "2026-11-20", "source": "list prices that Claude Code 2.1.329 counts with"},
            {"model": "claude-haiku-4-5*", "input": 1, "output": 5, "cache_read": 0.1, "cache_write": 1.25,
             "date": "2026-11-20", "source": "list prices that Claude Code 2.1.329 counts with"}
          ]
        }

        """
}
