import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// Keys that a person changed, in a real terminal.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: !Terminal.isMissing, Terminal.reason)
)
struct KeysTests {
    @Test func `a keys file with a slip is told of with its place, and its other keys count`() async throws {
        try await Scene.play(plan: Plans.of(Plans.patient("a"))) { scene in
            let folder = scene.place.appending("outside/config/stretto")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try scene.write("outside/config/stretto/keys.yaml", "board:\n  stop: F9\n  retry: s\n")
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("export XDG_CONFIG_HOME=\"$PWD/../outside/config\"; stretto run plan.yaml")
                try await terminal.see("keys.yaml:3:10: 's' is the key of 'board.skip'", "F9 stop")
                try await terminal.press("F9", until: "Its command is ended")
                try await terminal.press("Escape", untilGone: "Its command is ended")
                #expect(scene.lines("outside/ran") == ["a"])
                try scene.write("outside/go", "")
                try await terminal.see("The goal is met")
                try await terminal.press("q", until: "exit=0")

                try await terminal.start("clear; stretto keys")
                try await terminal.see("keys.yaml:3:10: 's' is the key of 'board.skip'", "exit=1")
            }
        }
    }
}
