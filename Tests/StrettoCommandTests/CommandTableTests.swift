import StrettoCommand
import StrettoCore
import TestSupport
import Testing

@Suite struct CommandTableTests {
    /// A value that the option takes.
    private func sample(_ option: CommandOption) -> String? {
        switch option.value {
        case .flag: nil
        // A text of which only some are understood.
        case .text(placeholder: "STATUS"): "SIGTERM"
        case .text: "some"
        case .number(let range): "\(range.lowerBound)"
        case .dollars: "1.50"
        case .choice(let names): names.first
        case .days: "30d"
        }
    }

    /// Arguments that satisfy what the command requires.
    private func required(_ spec: CommandSpec, without option: CommandOption) -> [String] {
        let operands = spec.operands.filter { $0.count == .one || $0.count == .words }.map(\.name)
        let name = spec.name.map { [$0.rawValue] } ?? []
        if option.spelling == "--plan" { return name }
        // These speak of a task's log, or of one kept tree.
        if ["--raw", "--attempt", "--to", "--into"].contains(option.spelling) { return name + ["TASK"] }
        if spec.name == .engine, option.spelling != "--order" { return name + ["--order", "FILE"] }
        return name + operands
    }

    @Test func `every command is declared once`() {
        let names = CommandTable.all.map(\.name)

        #expect(Set(names).count == names.count)
        #expect(Set(names) == Set([nil] + CommandName.allCases.map { $0 }))
    }

    @Test(arguments: CommandTable.all)
    func `every declared option parses in each spelling and changes what is asked`(spec: CommandSpec) throws {
        for option in spec.options {
            let base = required(spec, without: option)
            for spelling in [option.spelling, option.short].compactMap({ $0 }) {
                let separate = [spelling] + (sample(option).map { [$0] } ?? [])
                let joined = sample(option).map { ["\(spelling)=\($0)"] } ?? separate
                let given = try Arguments(parsing: base + separate)
                #expect(try Arguments(parsing: base + joined) == given)
                // `land --ff` and `--color auto` name the default.
                if option.spelling == "--ff" || option.spelling == "--color" || option.spelling == "--plan" { continue }
                if spec.name == .engine, option.spelling == "--order" { continue }
                if spec.name == .help, option.spelling == "--help" { continue }
                #expect(try Arguments(parsing: base) != given, "\(option.spelling) does nothing")
            }
        }
    }

    @Test(arguments: CommandTable.all)
    func `help shows every option, an example and nothing that is not declared`(spec: CommandSpec) {
        let lines = HelpText.lines(for: spec.name)
        let text = lines.joined(separator: "\n")

        for option in spec.options { #expect(text.contains("  " + option.usage)) }
        for example in spec.examples { #expect(lines.contains("  " + example)) }
        let declared = Set(spec.options.flatMap { [$0.spelling] + ($0.short.map { [$0] } ?? []) })
        let section = lines.drop { $0 != "Options:" }.prefix { !$0.isEmpty }
        for line in section where line.hasPrefix("  -") {
            let spellings = line.split(separator: " ").prefix { $0.hasPrefix("-") }
                .map { $0.hasSuffix(",") ? String($0.dropLast()) : String($0) }
            #expect(!spellings.isEmpty && declared.isSuperset(of: spellings), "\(line)")
        }
    }

    @Test(arguments: CommandTable.all)
    func `every example in the help parses`(spec: CommandSpec) throws {
        for example in spec.examples {
            let command = example.split(separator: "|")[0]
            // Quoted text becomes several words, which mean the same.
            let words = command.split(separator: " ").dropFirst().map { $0.filter { $0 != "\"" } }
            #expect(throws: Never.self) { try Arguments(parsing: words.map { "\($0)" }) }
        }
    }

    @Test(arguments: CommandTable.all)
    func `help fits its width and ends no line with a blank`(spec: CommandSpec) {
        for line in HelpText.lines(for: spec.name) {
            // A list of choices is one word.
            #expect(line.count <= HelpText.columns, "\(line)")
            #expect(line.last != " ")
        }
    }

    @Test func `the help about everything names each visible command and each exit code`() {
        let text = HelpText.lines(for: nil).joined(separator: "\n")

        for name in CommandName.allCases where name != .engine { #expect(text.contains("\n  \(name.rawValue) ")) }
        #expect(!text.contains("\n  engine"))
        for code in ExitCode.allCases { #expect(text.contains("\n  \(code.rawValue)  \(code.meaning)")) }
    }

    @Test func `the help of a command reads as a whole`() {
        #expect(
            HelpText.lines(for: .stop) == [
                "Usage: stretto stop [OPTIONS]",
                "",
                "Lets the running tasks finish and starts no new ones. With --now the running",
                "agents are ended too; what they have done so far is kept, and 'stretto resume'",
                "goes on from there.",
                "",
                "Options:",
                "  --now       End the agents that run, too; their work so far is kept",
                "  -C DIR      Work as if started in DIR",
                "  -h, --help  Show the help of this command",
                "",
                "Examples:",
                "  stretto stop",
                "  stretto stop --now",
            ]
        )
    }

    @Test(arguments: 0..<200)
    func `random arguments are read or refused, never fatal`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let pool =
            CommandName.allCases.map(\.rawValue) + CommandTable.all.flatMap { $0.options.map(\.spelling) }
            + ["--", "-", "", "=", "--=", "-h", "x", "1", "--plain=", "--workers=9", "\u{1B}[2J", "é", "-C"]

        for _ in 0..<50 {
            let arguments = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                pool.randomElement(using: &random) ?? ""
            }
            do throws(UsageError) {
                _ = try Arguments(parsing: arguments)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
