import Testing

@testable import StrettoBuilders

/// Commands are shown as the agent meant them, without the shell that codex puts around them.
@Suite struct CodexItemTests {
    @Test(arguments: [
        ("/bin/bash -lc 'cat x'", "cat x"),
        ("bash -lc ls", "ls"),
        (#"/bin/sh -c "echo \"a\" \\ \$b \`c\` \n""#, #"echo "a" \ $b `c` \n"#),
        (#"/bin/bash -lc 'echo '\''a'\'''"#, "echo 'a'"),
        (#"/bin/bash -lc 'echo \ü'"#, #"echo \ü"#),
        ("/bin/bash -lc '", "'"),
        ("/bin/bash -lc ''", ""),
        ("/bin/bash -lc 'a\"", "'a\""),
        ("/bin/bash -lc ", ""),
        ("zsh -c 'cat x'", "zsh -c 'cat x'"),
        ("", ""),
    ])
    func `a command is told without the shell around it`(command: String, expected: String) {
        #expect(CodexItem.unwrapped(command) == expected)
    }
}
