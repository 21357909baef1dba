import StrettoCore
import TestSupport
import Testing

@Suite struct SecretsTests {
    /// Shapes as providers issue them, put together here so that no scanner takes this file for a leak.
    static let secrets: [(text: String, masked: String)] = [
        ("key sk-ant-" + "api03-Zx9_aB-cdEFghIJklMNop", "key sk-ant-[masked]"),
        ("sk-ant-" + "oat01-dummy", "sk-ant-[masked]"),
        ("'sk-" + "proj-abcdefghijklmnop1234'", "'sk-proj-[masked]'"),
        ("\"sk-" + "T3BlbkFJabcdefghijkl1234\"", "\"sk-[masked]\""),
        ("token=ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a!", "token=ghp_[masked]!"),
        ("github_pat_" + "11ABCDEFG0abcdefghijkl_mnopqrst", "github_pat_[masked]"),
        ("AKIA" + "IOSFODNN7EXAMPLE", "AKIA[masked]"),
        ("AIza" + "SyA1234567890abcdefghijklmnopqrstuv", "AIza[masked]"),
        ("xoxb-" + "123456789012-abcdefghijkl", "xoxb-[masked]"),
        ("Authorization: Bearer " + "abc.def-123_456~789+/=", "Authorization: Bearer [masked]"),
        ("authorization: bearer " + "0123456789abcdef", "authorization: bearer [masked]"),
        ("eyJ" + "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9eyJzdWIiOiIxMjM0NTY3ODkwIn0", "eyJ[masked]"),
        (
            "x\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----\ny",
            "x\n-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----\ny"
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIEow\nIBAAKC", "-----BEGIN PRIVATE KEY-----[masked]"),
        (
            "a JWT eyJ" + "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r wW1g",
            "a JWT eyJ[masked] wW1g"
        ),
        ("GOCSPX" + "-1234567890abcdefghijkl", "GOCSPX-[masked]"),
        (
            "https://hooks.slack.com/services/" + "T00000000/B00000000/abcdEFGH1234",
            "https://hooks.slack.com/services/[masked]"
        ),
        (
            "git clone https://me:" + "hunter2@git.example.org/x.git",
            "git clone https://me:[masked]@git.example.org/x.git"
        ),
        ("https://" + "0123456789abcdef0123@github.com/a/b", "https://[masked]@github.com/a/b"),
        (
            "export AWS_SECRET_ACCESS_KEY=" + "\"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"",
            "export AWS_SECRET_ACCESS_KEY=\"[masked]\""
        ),
        ("{\"client_secret\": " + "\"0oab8eb55Kb9jdMIr5d6\"}", "{\"client_secret\": \"[masked]\"}"),
        ("x-api-key: " + "0123456789abcdef", "x-api-key: [masked]"),
        ("Author: A <ada.lovelace+x@example.org>", "Author: A <[masked]@example.org>"),
        ("sk_" + "live_51H8abcdefghijklmnop", "sk_live_[masked]"),
        ("\"-----BEGIN OPENSSH PRIVATE KEY-----\\nb3Bl\\n\"", "\"-----BEGIN OPENSSH PRIVATE KEY-----[masked]"),
    ]

    @Test func `a task may be about an address, and is told no key`() {
        let key = "sk-ant-" + "api03-Zx9_aB-cdEFghIJklMNop"
        #expect(
            Secrets.maskKeys("mail a@example.org with \(key) from https://me:hunter2@example.org")
                == "mail a@example.org with sk-ant-[masked] from https://me:[masked]@example.org"
        )
    }

    @Test(arguments: secrets) func `secrets of common shapes are masked`(text: String, masked: String) {
        #expect(Secrets.mask(text) == masked)
    }

    @Test(arguments: secrets) func `masking twice changes nothing`(text: String, masked: String) {
        #expect(Secrets.mask(masked) == masked)
    }

    @Test(arguments: [
        "", "a sk-learn-pipeline-with-many-words stays", "task-123456789012345678901234", "the bearer of bad news",
        "Bearer token", "AKIA is short", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "ghp_ is a head", "git@github.com:a/b.git", "noreply@example.org", "npm i @scope/name@1.2.3", "a @ b.c",
        "\"input_tokens\": 123456789", "password: ask me", "https://example.org/a@b", "secret=false",
        "see http://x:80/y",
        "0123456789abcdef0123456789abcdef01234567",
    ])
    func `ordinary words stay`(text: String) {
        #expect(Secrets.mask(text) == text)
    }

    @Test(arguments: UInt64(0)..<20) func `no text crashes the mask`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "a@b.co", "x.", "https://", "u:", "_KEY=", "b1234567",
            "sk-", "ant-", "-----BEGIN ", "PRIVATE KEY", "-----", "-----END ", "\n", "\\n", "Bearer ", "eyJ", "a1", "é",
            " ",
        ]
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0..<20, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            let masked = Secrets.mask(text)
            #expect(Secrets.mask(masked) == masked)
        }
    }
}
