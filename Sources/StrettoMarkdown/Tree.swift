internal import CCMarkGFM
internal import StrettoBoard

/// The library's tree of a text, freed exactly once.
@safe struct Tree: ~Copyable {
    /// Nil only where memory is short, which then reads as an empty text.
    private let root: OpaquePointer?

    /// Reads `length` bytes of UTF-8; the extensions must have been registered.
    init(_ text: UnsafeRawPointer?, length: Int, hasTables: Bool) {
        let characters = unsafe text?.assumingMemoryBound(to: CChar.self)
        unsafe root = length > 0 ? stretto_markdown_parse(characters, length, hasTables) : nil
    }

    deinit { if let root = unsafe root { unsafe cmark_node_free(root) } }

    /// The tree as a value.
    func markdown() -> Markdown {
        var reading = Reading()
        var markdown = Markdown()
        if let root = unsafe root { markdown.blocks = reading.blocks(below: unsafe Node(root), depth: 0) }
        markdown.links = reading.links
        return markdown
    }
}

/// One node, for as long as its tree is there.
@safe struct Node {
    fileprivate let pointer: OpaquePointer

    fileprivate init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    var kind: stretto_markdown_kind { unsafe stretto_markdown_kind_of(pointer) }
    var level: Int { unsafe Int(cmark_node_get_heading_level(pointer)) }
    /// The text of a leaf.
    var literal: String { unsafe Self.text(cmark_node_get_literal(pointer)) }
    /// Where a link or an image goes.
    var address: String { unsafe Self.text(cmark_node_get_url(pointer)) }
    var isTight: Bool { unsafe cmark_node_get_list_tight(pointer) != 0 }
    /// The first number of a list; nil for one without numbers.
    var start: Int? {
        unsafe cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST ? Int(cmark_node_get_list_start(pointer)) : nil
    }
    var isChecked: Bool { unsafe cmark_gfm_extensions_get_tasklist_item_checked(pointer) }

    var children: [Node] {
        var children: [Node] = []
        var next = unsafe cmark_node_first_child(pointer)
        while let child = unsafe next {
            children.append(unsafe Node(child))
            unsafe next = cmark_node_next(child)
        }
        return children
    }

    /// How the columns of a table are set.
    func alignments(count: Int) -> [Markdown.Table.Alignment] {
        (0..<count).map { column in
            switch unsafe UInt8(bitPattern: stretto_markdown_alignment(pointer, UInt32(column))) {
            case UInt8(ascii: "c"): .center
            case UInt8(ascii: "r"): .trailing
            default: .leading
            }
        }
    }

    /// Visits the nodes below this one in order, each when it begins and when it ends; a leaf only begins.
    func walk(_ visit: (_ node: Node, _ isBeginning: Bool) -> Void) {
        let iterator = unsafe cmark_iter_new(pointer)
        defer { unsafe cmark_iter_free(iterator) }
        while case let event = unsafe cmark_iter_next(iterator), event != CMARK_EVENT_DONE {
            guard let node = unsafe cmark_iter_get_node(iterator), unsafe node != pointer else { continue }
            visit(unsafe Node(node), event == CMARK_EVENT_ENTER)
        }
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        unsafe pointer.map { unsafe String(cString: $0) } ?? ""
    }
}
