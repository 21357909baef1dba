extension Fixture {
    /// What the agents wrote, by task.
    static let outputs: [String: String] = [
        "refund-endpoint": """
        Testing Refund.swift against ledger fixtures
        $ swift test --filter RefundTests
        Test Case 'RefundTests.partial' passed (0.01 s)
        \u{1B}[31mTest Case 'RefundTests.double' failed (0.02 s)\u{1B}[0m
          expected 409 conflict, got 200

        The idempotency check runs after the write.
        Moving it before the transaction opens.

        edit  Sources/API/Refund.swift       +14  -6
        edit  Tests/RefundTests.swift         +9  -0
        $ swift test --filter RefundTests
        Test Case 'RefundTests.double' passed (0.02 s)

        """,
        "webhooks": """
        The webhook handler now verifies signatures
        before parsing the body. Tests pass.

        Summary
         • verify HMAC first, constant-time compare
         • reject replay older than 5 min
         • 3 files, +61 -22

        """,
        "export-cmd": """
        Scanning Sources/CLI for existing commands
        read  Sources/CLI/Main.swift
        read  Sources/CLI/Import.swift

        I will mirror the Import command layout and
        stream rows instead of buffering.

        edit  Sources/CLI/Export.swift       +88  -0

        """,
    ]

    static let handoff = """
        # HANDOFF

        ## Where things stand

        Refund and ledger are merged. Webhooks wait for review. Export is under way.

        ## Decisions

        - Refunds use the ledger, not the balance table
        - Idempotency key lives for 24 h
        - `409` on a double refund

        ## Open questions

        - [ ] Replay window for webhooks, 5 min?
        - [x] Keep the old CSV export flag

        ## Next

        1. Review webhooks
        2. rate-limit starts after refund-endpoint
        3. docs after export-cmd

        ```swift
        let key = Idempotency.key(for: req)
        guard try await ledger.claim(key) else {
            return .conflict
        }
        ```

        """

    static let diff = """
        diff --git a/Sources/API/Webhook.swift b/Sources/API/Webhook.swift
        index 41c9e02..9f8e7d6 100644
        --- a/Sources/API/Webhook.swift
        +++ b/Sources/API/Webhook.swift
        @@ -28,5 +28,10 @@ struct Webhook {
             func handle(_ req: Request) async throws -> Response {
        -        let event = try JSONDecoder().decode(Event.self, from: req.body)
        -        guard verify(req.signature, req.body) else { return .forbidden }
        +        guard verify(req.signature, req.body) else {
        +            return .forbidden
        +        }
        +        guard clock.now - req.timestamp < .minutes(5) else {
        +            return .init(status: .gone)
        +        }
        +        let event = try JSONDecoder().decode(Event.self, from: req.body)
                 switch event.kind {
                 case .refund: return try await refund(event)
        @@ -61,3 +66,3 @@ struct Webhook {
             private func verify(_ sig: String, _ body: Data) -> Bool {
        -        return hmac(body) == sig
        +        return constantTimeEqual(hmac(body), sig)
             }
        diff --git a/Sources/API/Clock.swift b/Sources/API/Clock.swift
        new file mode 100644
        index 0000000..5d6e7f8
        --- /dev/null
        +++ b/Sources/API/Clock.swift
        @@ -0,0 +1,3 @@
        +struct Clock {
        +    var now: Instant { .now }
        +}
        diff --git a/Tests/WebhookTests.swift b/Tests/WebhookTests.swift
        index 1111111..2222222 100644
        --- a/Tests/WebhookTests.swift
        +++ b/Tests/WebhookTests.swift
        @@ -1,2 +1,3 @@
         import Testing
        +@testable import API
         struct WebhookTests {}

        """
}
