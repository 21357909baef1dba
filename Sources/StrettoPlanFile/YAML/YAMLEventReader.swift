import CYAML

/// One step of a YAML file, with its extent in code points as libyaml counts them.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart(isFlow: Bool)
        case mappingEnd
    }

    let kind: Kind
    var anchor: String?
    var tag: String?
    /// The first code point, counted from 0.
    let lower: Int
    let upper: Int
}

/// What libyaml says when it cannot go on: its own words, and where.
struct YAMLSyntaxFailure: Error {
    let problem: String
    /// The code point at which it noticed.
    let problemIndex: Int
    /// What it was doing, and since which code point.
    let context: String?
    let contextIndex: Int
}

/// Libyaml's event parser over a copy of some bytes.
///
/// It frees both when it goes.
@safe struct YAMLEventReader: ~Copyable {
    /// On the heap, because libyaml keeps a pointer to the parser inside the parser.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        unsafe parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        unsafe precondition(yaml_parser_initialize(parser) == 1, "libyaml found no memory for its parser")
        unsafe input = UnsafeMutableBufferPointer.allocate(capacity: max(1, bytes.count))
        _ = unsafe input.initialize(from: bytes)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event; after the end of the stream there is none to ask for.
    mutating func next() throws(YAMLSyntaxFailure) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { unsafe yaml_event_delete(&event) }

        let lower = unsafe event.start_mark.index
        let upper = unsafe event.end_mark.index
        var anchor: String?
        var tag: String?
        let kind: YAMLEvent.Kind
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: kind = .streamStart
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        case YAML_ALIAS_EVENT:
            kind = unsafe .alias(Self.text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let text = unsafe String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self
            )
            kind = unsafe .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            anchor = unsafe Self.text(scalar.anchor)
            tag = unsafe Self.text(scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            anchor = unsafe Self.text(event.data.sequence_start.anchor)
            tag = unsafe Self.text(event.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            kind = unsafe .mappingStart(isFlow: event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
            anchor = unsafe Self.text(event.data.mapping_start.anchor)
            tag = unsafe Self.text(event.data.mapping_start.tag)
        default:
            kind = .streamEnd
        }
        return YAMLEvent(kind: kind, anchor: anchor, tag: tag, lower: lower, upper: upper)
    }

    private func failure() -> YAMLSyntaxFailure {
        YAMLSyntaxFailure(
            problem: unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "",
            problemIndex: unsafe parser.pointee.problem_mark.index,
            context: unsafe parser.pointee.context.map { unsafe String(cString: $0) },
            contextIndex: unsafe parser.pointee.context_mark.index
        )
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }
}
