import Testing

@testable import StrettoProcess

@Suite struct LoginManagerTests {
    @Test(
        arguments: [
            ([], false),
            (["[Login]\n#KillUserProcesses=yes\n"], false),
            (["[Login]\nKillUserProcesses=yes\n"], true),
            (["[Login]\n KillUserProcesses = True \n", "[Login]\nKillUserProcesses=no\n"], false),
            (["KillUserProcesses=no", "KillUserProcesses=1"], true),
            (["KillUserProcesses=yes", "KillUserProcesses="], false),
            (["KillOnlyUsers=yes"], false),
        ] as [([String], Bool)]
    )
    func `the last word about ending processes counts`(settings: [String], ends: Bool) {
        #expect(LoginManager.endsProcesses(settings: settings) == ends)
    }
}
