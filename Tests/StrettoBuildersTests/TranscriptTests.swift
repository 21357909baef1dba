import StrettoCore
import TestSupport
import Testing

@testable import StrettoBuilders

@Suite struct TranscriptTests {
    /// The page of a capture, with `ESC [` written as `<` and `m` as `>` to be readable.
    private func page(_ name: String) throws -> [String] {
        var renderer = TranscriptRenderer(builder: .claude)
        return Self.readable(renderer.render(try Capture(name).output) + renderer.finish())
    }

    private static func readable(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            var text = ""
            var isControl = false
            for character in line {
                switch character {
                case "\u{1B}": isControl = true
                case "[" where isControl: text += "<"
                case "m" where isControl:
                    text += ">"
                    isControl = false
                default: text.append(character)
                }
            }
            lines.append(text)
        }
        return lines
    }

    @Test func `a session with tools reads as a story`() throws {
        #expect(
            try page("multi-tool") == [
                "<2>started with claude-opus-5-5<0>",
                "I will write it.",
                "<36>edit <0>/repo/hello.txt<32> +2<0><31> -0<0>",
                "<2>  File created successfully at: /repo/hello.txt (file state is current in your context — no need to Read it back)<0>",
                "Now check it.",
                "<36>$ <0><1>cat hello.txt && git status --short<0>",
                "<2>  hello<0>",
                "<2>  world<0>",
                "<2>  ?? hello.txt<0>",
                "All done: hello.txt written.",
                "<32>done<0><2> · 3 turns · 0.5 s · 39,133 tokens · ~$0.16<0>",
                "",
            ]
        )
    }

    @Test func `a usage limit says when it resets`() throws {
        #expect(
            try page("limit-5h-rejected").dropFirst().prefix(1) == [
                "<31>usage limit reached (five_hour), resets at 2026-11-20 20:00 UTC<0>"
            ]
        )
        #expect(
            try page("limit-5h-rejected").contains("<31>failed: You've hit your 5-hour limit · resets 8pm (UTC)<0>")
        )
    }

    @Test func `retries, denials and thinking are seen`() throws {
        #expect(try page("retry-529-once").contains("<33>trying again (1): HTTP status 529 (overloaded)<0>"))
        #expect(
            try page("permission-denied-default").contains("<31>denied: Bash: This command requires approval<0>")
        )
        #expect(try page("partial-messages").contains("<2>Let me think about it.<0>"))
        #expect(try page("sigint-in-tool").contains { $0.hasPrefix("<33>interrupted<0>") })
    }

    @Test func `long answers of tools are cut to their first lines`() {
        var page = TranscriptPage()
        let text = (1...20).map { "line \($0)" }.joined(separator: "\n")
        page.write(.toolResult(ToolResult(isError: true, text: text)))

        let lines = Self.readable(page.taken())
        #expect(lines == (1...6).map { "<31>  line \($0)<0>" } + ["<2>  … 14 more lines<0>", ""])
    }

    @Test(arguments: Capture.names) func `the page is the same however the output is cut into chunks`(
        name: String
    ) throws {
        let output = try Capture(name).output
        var whole = TranscriptRenderer(builder: .claude)
        let expected = whole.render(output) + whole.finish()

        var renderer = TranscriptRenderer(builder: .claude)
        var page: [UInt8] = []
        for start in stride(from: 0, to: output.count, by: 97) {
            page += renderer.render(Array(output[start..<min(start + 97, output.count)]))
        }
        #expect(page + renderer.finish() == expected)
    }

    @Test func `colours are the only control sequences, whatever an agent says`() {
        var page = TranscriptPage()
        let evil = "a\u{1B}]0;title\u{7}\u{1B}[2Jb\r\u{8}\u{9B}31m\u{202E}c\td"
        page.write(.text(evil))
        page.write(.toolCall(ToolCall(name: evil, kind: .other(summary: evil))))
        page.write(.permissionDenied(tool: evil, reason: evil))

        let shown = "a]0;title[2Jb31mc    d"
        #expect(
            Self.readable(page.taken()) == [
                shown, "<36>\(shown)<0> \(shown)", "<31>denied: \(shown): \(shown)<0>", "",
            ]
        )
    }

    @Test func `secrets are masked, also where they span lines`() {
        var page = TranscriptPage()
        page.write(.text("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"))
        page.write(.toolCall(ToolCall(name: "Bash", kind: .command("export KEY=sk-ant-" + "api03-abcdefgh"))))

        #expect(
            Self.readable(page.taken()) == [
                "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----",
                "<36>$ <0><1>export KEY=sk-ant-[masked]<0>", "",
            ]
        )
    }

    @Test func `a command's output passes through unchanged`() {
        var renderer = TranscriptRenderer(builder: .command)
        let bytes: [UInt8] = [0x1B, 0x5B, 0x33, 0x31, 0x6D, 0xFF, 0x0A, 0x00]

        #expect(renderer.render(bytes) + renderer.finish() == bytes)
    }

    @Test func `edits count the lines that differ`() throws {
        let input = try JSONParser.parse(
            Array(#"{"file_path":"f","old_string":"a\nb\nc","new_string":"a\nx\ny\nc"}"#.utf8)
        )

        #expect(ClaudeTools.call(name: "Edit", input: input).kind == .edit(path: "f", added: 2, removed: 1))
    }
}
