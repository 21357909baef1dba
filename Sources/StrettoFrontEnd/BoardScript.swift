internal import Glibc
internal import StrettoBoard
internal import StrettoCore
internal import StrettoProcess

/// Keys from a file instead of fingers, for tests and recordings; docs/testing.md describes the format.
struct BoardScript {
    /// One thing to do.
    enum Step: Hashable {
        case key(Key)
        /// Until everything that is known has been read and drawn.
        case idle
        /// Until the screen shows a text.
        case wait(String)
        /// Writes the screen's text to a file.
        case dump(path: String)
        case size(Size)
    }

    private var steps: ArraySlice<Step>

    /// The script that `STRETTO_SCRIPT` names; nil without one.
    init?(environment: [String: String]) throws {
        guard let path = environment["STRETTO_SCRIPT"], !path.isEmpty else { return nil }
        let file = try Descriptor.open(path, O_RDONLY)
        let text = String(decoding: try file.read(Self.bytesMax, at: 0), as: UTF8.self)
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        do throws(Refusal) {
            steps = try Self.parse(text, folder: folder)[...]
        } catch {
            throw Refusal("\(path): \(error)")
        }
    }

    private static let bytesMax = 1 << 20

    /// What is to be done next; nil at the end.
    var next: Step? { steps.first }

    mutating func advance() { steps = steps.dropFirst() }

    /// The steps of a script; `folder` is where it dumps, with a slash at its end.
    static func parse(_ text: String, folder: String) throws(Refusal) -> [Step] {
        var steps: [Step] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            let words = line.split(separator: " ")
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let rest = String(line.drop { $0 == " " }.dropFirst(first.count).drop { $0 == " " })
            switch first {
            case "@idle": steps.append(.idle)
            case "@wait" where !rest.isEmpty: steps.append(.wait(rest))
            case "@dump" where !rest.isEmpty: steps.append(.dump(path: rest.hasPrefix("/") ? rest : folder + rest))
            case "@type": steps += rest.map { .key(.character($0)) }
            case "@size":
                let sides = rest.split(separator: "x").compactMap { Int($0) }
                guard sides.count == 2 else { throw Refusal("line \(number): @size needs a size such as 80x24") }
                steps.append(.size(Size(columns: sides[0], rows: sides[1])))
            case _ where first.count > 1 && first.hasPrefix("@"):
                throw Refusal("line \(number): '\(line)' is none of @idle, @wait, @dump, @type and @size")
            default:
                for word in words {
                    guard let key = Key(named: word) else {
                        throw Refusal("line \(number): no key is called '\(word)'")
                    }
                    steps.append(.key(key))
                }
            }
        }
        return steps
    }
}
