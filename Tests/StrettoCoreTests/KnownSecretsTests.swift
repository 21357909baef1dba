import StrettoCore
import TestSupport
import Testing

@Suite struct KnownSecretsTests {
    private let known = KnownSecrets(
        environment: [
            "SERVICE_TOKEN": "canary seven", "HOME": "/home/me", "EDITOR": "editor-in-chief", "API_KEY": "abc",
            "SSH_KEY": "/home/me/.ssh/id",
        ],
        and: [EnvironmentVariable(name: "DB_PASSWORD", value: "canary")]
    )

    @Test func `what a variable with a telling name holds is masked wherever it stands, the longest first`() {
        #expect(known.mask("(canary seven)canary,") == "([masked])[masked],")
        #expect(known.mask(known.mask("canary")) == "[masked]")
    }

    @Test func `other variables, short values and paths are no secrets`() {
        let text = "editor-in-chief of abc in /home/me/.ssh/id"
        #expect(known.mask(text) == text)
    }

    @Test(arguments: [
        "API_KEY", "OPENAI_API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "MYSQL_PASS", "npm_auth",
        "DB_CREDENTIALS", "apikey",
    ]) func `names tell that a value is secret`(name: String) {
        #expect(Secrets.isTelling(name))
    }

    @Test(arguments: ["PATH", "PWD", "KEYBOARD", "TOKENIZER", "AUTHOR", "LESSKEYIN_SYSTEM", "COMPASS_HOME"])
    func `other names tell nothing`(name: String) {
        #expect(!Secrets.isTelling(name))
    }

    // MARK: Streams

    @Test(arguments: UInt64(0)..<20) func `however a stream is cut, its places stay and a known value is gone`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        let text = Array("one canary seven\ntwo canary\n\u{1B}[1m three canary seven canary end\n".utf8)
        var cover = SecretCover(known)
        var covered: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            let count = Int.random(in: 13...40, using: &random)
            covered += cover.cover(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(covered.count == text.count)
        #expect(covered.indices.filter { covered[$0] == 0x0A } == text.indices.filter { text[$0] == 0x0A })
        // Of a value that is cut in two, what came before the cut was out already.
        #expect(!String(decoding: covered, as: UTF8.self).contains("canary seven"))
    }

    @Test func `what goes on in the next piece is covered there`() {
        var cover = SecretCover(.none)
        let first = cover.cover(Array(("key sk-ant-" + "api03-Zx9").utf8))
        let second = cover.cover(Array("_aBcdEF end\n".utf8))
        #expect(String(decoding: first + second, as: UTF8.self) == "key sk-ant-" + "**************** end\n")
    }

    @Test func `a private key is covered line by line`() {
        var cover = SecretCover(.none)
        let covered = cover.cover(Array("-----BEGIN PRIVATE KEY-----\nMIIE\nowI\n-----END PRIVATE KEY-----\n".utf8))
        let text = "-----BEGIN PRIVATE KEY-----\n****\n***\n-----END PRIVATE KEY-----\n"
        #expect(String(decoding: covered, as: UTF8.self) == text)
    }
}
