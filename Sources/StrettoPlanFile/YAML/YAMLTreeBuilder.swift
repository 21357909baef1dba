import StrettoCore

/// Builds the tree of a YAML file within the limits of ``PlanFile``, and finds what libyaml lets pass: keys that appear
/// twice, aliases that contain themselves or explode, second documents, foreign tags.
struct YAMLTreeBuilder: ~Copyable {
    /// Problems that did not end the building.
    private(set) var problems: [PlanProblem] = []

    private let source: SourceText
    private var events: YAMLEventReader
    /// A name without a node is an anchor whose value is still being built.
    private var anchors: [String: YAMLNode?] = [:]
    private var nodeCount = 0

    init(_ source: SourceText) {
        self.source = source
        events = YAMLEventReader(source.bytes[source.start...])
    }

    /// The file's one document; nil when it has none.
    ///
    /// - Throws: the problem that ended the building.
    mutating func build() throws(PlanProblem) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let event = try next()
            switch event.kind {
            case .streamEnd:
                return root
            case .streamStart, .documentEnd:
                continue
            case .documentStart:
                guard root == nil else {
                    let place = source.position(ofByte: source.byteOffset(ofCodePoint: event.lower))
                    throw PlanProblem(
                        .error,
                        at: place,
                        "a second document begins here",
                        fix: "keep one plan in a file"
                    )
                }
            default:
                root = try node(event, depth: 0)
            }
        }
    }

    private mutating func next() throws(PlanProblem) -> YAMLEvent {
        do {
            return try events.next()
        } catch {
            throw SyntaxHint.problem(for: error, in: source)
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(PlanProblem) -> YAMLNode {
        let lower = source.byteOffset(ofCodePoint: event.lower)
        try count(1, at: lower)
        checkTag(event.tag, at: lower)
        if case .alias(let name) = event.kind { return try resolve(name, at: lower, depth: depth) }

        if let anchor = event.anchor { anchors[anchor] = .some(nil) }
        let content: YAMLNode.Content
        var isFlow = false
        var upper = event.upper
        switch event.kind {
        case .sequenceStart:
            try checkDepth(depth + 1, at: lower)
            content = .sequence(try items(depth: depth + 1, end: &upper))
        case .mappingStart(let isInBraces):
            isFlow = isInBraces
            try checkDepth(depth + 1, at: lower)
            content = .mapping(try entries(depth: depth + 1, end: &upper))
        case .scalar(let text, let isPlain):
            // An explicit tag says that `~` or nothing at all is meant as text.
            content = .scalar(text, isPlain: isPlain && event.tag == nil)
        default:
            preconditionFailure("libyaml gave \(event.kind) where only a value can begin")
        }
        let span = ByteSpan(lower: lower, upper: source.byteOffset(ofCodePoint: upper))
        let node = YAMLNode(content, span: span, isFlow: isFlow)
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private mutating func items(depth: Int, end: inout Int) throws(PlanProblem) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let event = try next()
            if case .sequenceEnd = event.kind {
                end = event.upper
                return items
            }
            items.append(try node(event, depth: depth))
        }
    }

    private mutating func entries(depth: Int, end: inout Int) throws(PlanProblem) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var merged: [YAMLNode.Entry] = []
        var offsets: [String: Int] = [:]
        while true {
            let event = try next()
            if case .mappingEnd = event.kind {
                end = event.upper
                for var entry in merged where offsets.updateValue(0, forKey: entry.key) == nil {
                    entry.isMerged = true
                    entries.append(entry)
                }
                return entries
            }
            let key = try node(event, depth: depth)
            let valueEvent = try next()
            let value = try node(valueEvent, depth: depth)
            guard case .scalar(let name, let isPlain) = key.content else {
                report(.error, at: key.span.lower, "a key must be text, not \(key.kind)", fix: "write 'key: value'")
                continue
            }
            if name == "<<", isPlain {
                merged += mergedEntries(value)
                continue
            }
            if let first = offsets[name] {
                let line = source.position(ofByte: first).line
                let message = "the key \(quoted(name)) stands here a second time, first on line \(line)"
                report(.error, at: key.span.lower, message, fix: "keep one of them")
            } else {
                offsets[name] = key.span.lower
                let span = if case .alias = valueEvent.kind { span(of: valueEvent) } else { value.span }
                entries.append(YAMLNode.Entry(key: name, keySpan: key.span, value: value, valueSpan: span))
            }
        }
    }

    private func span(of event: YAMLEvent) -> ByteSpan {
        ByteSpan(
            lower: source.byteOffset(ofCodePoint: event.lower),
            upper: source.byteOffset(ofCodePoint: event.upper)
        )
    }

    /// The entries that a merge key `<<` brings; entries written out beat them, and earlier ones beat later ones.
    private mutating func mergedEntries(_ value: YAMLNode) -> [YAMLNode.Entry] {
        switch value.content {
        case .mapping(let entries):
            return entries
        case .sequence(let items):
            var entries: [YAMLNode.Entry] = []
            for item in items {
                guard case .mapping(let more) = item.content else {
                    reportMerge(item)
                    continue
                }
                entries += more
            }
            return entries
        case .scalar:
            reportMerge(value)
            return []
        }
    }

    private mutating func reportMerge(_ value: YAMLNode) {
        report(
            .error,
            at: value.span.lower,
            "'<<' takes a mapping or a list of mappings, not \(value.kind)",
            fix: "name an anchor, as in '<<: *defaults'"
        )
    }

    private mutating func resolve(_ name: String, at offset: Int, depth: Int) throws(PlanProblem) -> YAMLNode {
        guard let known = anchors[name] else {
            throw problem(
                at: offset,
                "the alias \(quoted("*" + name)) names no anchor of this file",
                fix: NearestName.suggestion(for: name, among: anchors.keys.sorted()).map { "did you mean '*\($0)'?" }
                    ?? "put the text in quotes if it is no alias"
            )
        }
        guard let node = known else {
            throw problem(
                at: offset,
                "the alias \(quoted("*" + name)) stands inside its own anchor",
                fix: "write it out"
            )
        }
        try checkDepth(depth + node.height, at: offset)
        try count(node.weight, at: offset)
        return node
    }

    // MARK: Limits

    private mutating func count(_ more: Int, at offset: Int) throws(PlanProblem) {
        nodeCount += more
        guard nodeCount <= PlanFile.nodesMax else {
            throw problem(
                at: offset,
                "the file stands for more than \(PlanFile.nodesMax) values, aliases written out",
                fix: "split it into several plans, or use fewer aliases"
            )
        }
    }

    private func checkDepth(_ depth: Int, at offset: Int) throws(PlanProblem) {
        guard depth <= PlanFile.depthMax else {
            throw problem(
                at: offset,
                "lists and mappings lie more than \(PlanFile.depthMax) levels deep",
                fix: "a plan needs five: sections, section, tasks, task, list"
            )
        }
    }

    private mutating func checkTag(_ tag: String?, at offset: Int) {
        let standard = ["str", "int", "float", "bool", "null", "timestamp", "seq", "map"]
        guard let tag, tag != "!", !standard.contains(where: { "tag:yaml.org,2002:" + $0 == tag }) else { return }
        report(.error, at: offset, "the tag \(quoted(tag)) means nothing in a plan", fix: "remove it")
    }

    private func problem(at offset: Int, _ message: String, fix: String?) -> PlanProblem {
        PlanProblem(.error, at: source.position(ofByte: offset), message, fix: fix)
    }

    private mutating func report(_ severity: PlanProblem.Severity, at offset: Int, _ message: String, fix: String?) {
        problems.append(PlanProblem(severity, at: source.position(ofByte: offset), message, fix: fix))
    }
}
