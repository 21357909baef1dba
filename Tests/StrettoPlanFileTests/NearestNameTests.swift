import StrettoCore
import Testing

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("biuld", "build"), ("tset", "test"), ("depend_on", "depends_on"), ("BUILD", "build"), ("depoly", "deploy"),
    ])
    func `a slip finds the name that was meant`(text: String, name: String) {
        #expect(NearestName.suggestion(for: text, among: ["build", "test", "deploy", "depends_on"]) == name)
    }

    @Test(arguments: ["", "x", "completely-different", "bu", String(repeating: "b", count: 65)])
    func `what resembles nothing gets no suggestion`(text: String) {
        #expect(NearestName.suggestion(for: text, among: ["build", "test", "deploy"]) == nil)
    }

    @Test func `of equally close names the first wins, and a name never suggests itself`() {
        #expect(NearestName.suggestion(for: "1.3", among: ["1.3", "1.2", "1.1"]) == "1.2")
    }

    @Test func `of equally close names one with the same letters wins`() {
        #expect(NearestName.suggestion(for: "plian", among: ["plan", "plain", "plaid"]) == "plain")
        #expect(NearestName.suggestion(for: "plna", among: ["plain", "plan"]) == "plan")
    }

    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "abcd", 1),
        ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
    func `the distance counts slips, both ways alike`(left: String, right: String, distance: Int) {
        #expect(NearestName.distance(from: left, to: right) == distance)
        #expect(NearestName.distance(from: right, to: left) == distance)
    }
}
