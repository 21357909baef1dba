package import StrettoCore
internal import StrettoProcess

/// Runs checks by `/bin/sh -c` in the worktree; the exit code is the evidence.
package struct ShellChecks: CheckRunning {
    /// How long a check without a timeout of its own may take.
    package static let timeoutDefault = Duration.seconds(3600)
    /// What a check may write before the rest is dropped; only the end of it is kept as evidence.
    private static let outputBytesMax = 8 << 20

    private let environment: [String: String]
    private let repository: String

    /// Checks of the runs of one repository.
    /// - Parameters:
    ///   - environment: the engine's own: what speaks of other repositories and attempts is left out.
    ///   - repository: the common git directory, by which another engine finds checks that outlived this one.
    package init(environment: [String: String], repository: String) {
        self.repository = repository
        self.environment = AgentEnvironment.variables(inherited: environment, defaults: [], task: [], ours: [])
    }

    package func run(
        _ checks: [Check],
        attempt: AttemptID,
        directory: String,
        environment: TaskEnvironment
    ) async -> [CheckResult] {
        var results: [CheckResult] = []
        for check in checks {
            results.append(await run(check, directory: directory, environment))
        }
        return results
    }

    private func run(_ check: Check, directory: String, _ own: TaskEnvironment) async -> CheckResult {
        let shell = ShellCommand(check.command, preface: "exec 2>&1")
        var environment = own.variables(inheriting: environment)
        let secrets = KnownSecrets(environment: environment)
        for variable in shell.variables { environment[variable.name] = variable.value }
        environment[Orphans.programVariable] = repository
        let timeout = check.timeout ?? Self.timeoutDefault
        do throws(ProcessError) {
            let output = try await ChildProcess.run(
                ProcessCommand(
                    // Errors and output in one stream, in the order in which they came.
                    arguments: shell.arguments,
                    directory: directory,
                    environment: environment,
                    outputBytesMax: Self.outputBytesMax,
                    timeout: timeout
                )
            )
            let end = Self.end(of: output.output)
            let note = output.isTimedOut ? "it was ended after \(Figures.duration(timeout))\n" : ""
            return CheckResult(
                name: check.name,
                status: output.isTimedOut ? .signal(15) : output.status,
                duration: output.duration,
                output: secrets.mask(note + end)
            )
        } catch {
            return CheckResult(name: check.name, status: .unknown, duration: .zero, output: "\(error)")
        }
    }

    /// The last lines that fit.
    private static func end(of bytes: [UInt8]) -> String {
        guard bytes.count > CheckResult.outputBytesMax else { return String(decoding: bytes, as: UTF8.self) }
        let tail = bytes.suffix(CheckResult.outputBytesMax)
        let whole = tail.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
        return String(decoding: whole.isEmpty ? tail : whole, as: UTF8.self)
    }
}
