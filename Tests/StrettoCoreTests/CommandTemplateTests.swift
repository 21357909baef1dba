import StrettoCore
import Testing

/// Command lines with places for what differs.
@Suite struct CommandTemplateTests {
    @Test(arguments: [
        ("{prompt}", [.placeholder("prompt")]),
        ("--x={model}!", [.text("--x="), .placeholder("model"), .text("!")]),
        ("{{prompt}}", [.text("{prompt}")]),
        ("{\"a\": {task}}", [.text("{\"a\": "), .placeholder("task"), .text("}")]),
        ("{ } {}", [.text("{ } {}")]),
        ("{open", [.text("{open")]),
        ("", []),
    ] as [(String, [Placeholder.Piece])])
    func `only a word in braces is a placeholder`(text: String, pieces: [Placeholder.Piece]) {
        #expect(Placeholder.pieces(of: text) == pieces)
    }

    @Test func `a value stays one argument, whatever is in it`() {
        let template = CommandTemplate([.argument("quill"), .argument("-p={prompt}")])

        #expect(template.filled(with: [.prompt: "a b; rm -rf '{model}'\n"]) == ["quill", "-p=a b; rm -rf '{model}'\n"])
    }

    @Test func `a group is left out whole where one of its values is missing`() {
        let template = CommandTemplate([
            .argument("quill"), .group(["--model", "{model}"]), .group(["--max", "{budget_usd}"]), .argument("{task}"),
        ])

        #expect(template.filled(with: [.task: "1.10"]) == ["quill", "1.10"])
        #expect(template.filled(with: [.task: "1", .model: "m"]) == ["quill", "--model", "m", "1"])
    }
}
