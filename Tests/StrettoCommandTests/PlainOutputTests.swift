import StrettoCommand
import StrettoCore
import Testing

@Suite struct FrontEndChoiceTests {
    private func decide(
        _ asked: DisplayOptions.Output? = nil,
        stdin: Bool = true,
        stdout: Bool = true,
        term: String? = "xterm-256color",
        ci: String? = nil
    ) -> FrontEndChoice {
        .decide(asked, in: .init(stdinIsTerminal: stdin, stdoutIsTerminal: stdout, term: term, ci: ci))
    }

    @Test func `the board opens on a terminal and nowhere else`() {
        #expect(decide() == .board)
        #expect(decide(stdin: false) == .plain)
        #expect(decide(stdout: false) == .plain)
        #expect(decide(term: nil) == .plain)
        #expect(decide(term: "") == .plain)
        #expect(decide(term: "dumb") == .plain)
        #expect(decide(ci: "true") == .plain)
        #expect(decide(ci: "1") == .plain)
        #expect(decide(ci: "") == .board)
        #expect(decide(ci: "false") == .board)
    }

    @Test func `an output asked for by name is given anywhere`() {
        #expect(decide(.json) == .json)
        #expect(decide(.plain) == .plain)
        #expect(decide(.json, stdout: false, ci: "true") == .json)
    }

    @Test func `colour in plain output is asked for, or for a terminal without NO_COLOR`() {
        #expect(PlainStyle.decide(.auto, stdoutIsTerminal: true, environment: ["TERM": "xterm"]) == .colored)
        #expect(
            PlainStyle.decide(.auto, stdoutIsTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": ""]) == .colored
        )
        #expect(
            PlainStyle.decide(.auto, stdoutIsTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": "1"]) == .bare
        )
        #expect(PlainStyle.decide(.auto, stdoutIsTerminal: false, environment: ["TERM": "xterm"]) == .bare)
        #expect(
            PlainStyle.decide(.always, stdoutIsTerminal: false, environment: ["TERM": "xterm", "NO_COLOR": "1"])
                == .colored
        )
        for term in [[:], ["TERM": ""], ["TERM": "dumb"]] {
            #expect(PlainStyle.decide(.auto, stdoutIsTerminal: true, environment: term) == .bare)
        }
        #expect(PlainStyle.decide(.never, stdoutIsTerminal: true, environment: ["TERM": "xterm"]) == .bare)
    }
}

@Suite struct NoticeLineTests {
    private func notice(
        _ word: String,
        _ text: String,
        task: String? = "webhooks",
        _ level: Notice.Level = .info
    ) -> Notice {
        Notice(
            time: Timestamp(milliseconds: 67_327_999),
            level: level,
            task: task.map { TaskID($0) },
            word: word,
            text: text
        )
    }

    @Test func `a notice is one line with the time, the word, the task and the text`() {
        #expect(NoticeLine.text(notice("review", "3 files"), zone: .zero) == "18:42:07 review    webhooks: 3 files")
        #expect(NoticeLine.text(notice("running", ""), zone: .zero) == "18:42:07 running   webhooks")
        #expect(
            NoticeLine.text(notice("started", "4 workers", task: nil), zone: .zero) == "18:42:07 started   4 workers"
        )
        #expect(NoticeLine.text(notice("over", "", task: nil), zone: .zero) == "18:42:07 over")
        #expect(NoticeLine.text(notice("interrupted", "x"), zone: .zero) == "18:42:07 interrupted webhooks: x")
    }

    @Test func `colour marks the word and nothing else`() {
        #expect(
            NoticeLine.text(notice("failed", "exit code 1", .bad), zone: .zero, style: .colored)
                == "18:42:07 \u{1B}[31mfailed\u{1B}[0m    webhooks: exit code 1"
        )
        #expect(
            NoticeLine.text(notice("running", "x", .info), zone: .zero, style: .colored)
                == "18:42:07 running   webhooks: x"
        )
    }

    @Test(arguments: [
        (0, 0, "00:00:00"), (86_399_999, 0, "23:59:59"), (86_399_999, 1, "00:59:59"), (0, -5, "19:00:00"),
        (-1, 0, "23:59:59"),
        (-86_400_001, 0, "23:59:59"),
    ])
    func `the clock is right in every zone and before 1970`(milliseconds: Int, hours: Int, text: String) {
        #expect(NoticeLine.clock(Timestamp(milliseconds: Int64(milliseconds)), zone: .seconds(hours * 3600)) == text)
    }

    @Test func `no control byte of anybody's text reaches the terminal`() {
        let line = NoticeLine.text(
            notice("\u{1B}[2J", "a\r\nb\tc\u{9B}d\u{202E}e\u{7}", task: "\u{1B}]52;c;\u{7}"),
            zone: .zero
        )

        #expect(line == "18:42:07 ?[2J      ?]52;c;?: a b c?d?e?")
    }
}
