#pragma once
#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#include <stdbool.h>
#include <string.h>

/// What a node of the tree is. The kinds of the extensions are variables in the library, which Swift cannot see.
typedef enum __attribute__((enum_extensibility(closed))) {
    STRETTO_MARKDOWN_OTHER,
    STRETTO_MARKDOWN_HEADING,
    STRETTO_MARKDOWN_PARAGRAPH,
    STRETTO_MARKDOWN_CODE_BLOCK,
    STRETTO_MARKDOWN_QUOTE,
    STRETTO_MARKDOWN_LIST,
    STRETTO_MARKDOWN_ITEM,
    STRETTO_MARKDOWN_TASK,
    STRETTO_MARKDOWN_TABLE,
    STRETTO_MARKDOWN_TABLE_ROW,
    STRETTO_MARKDOWN_TABLE_CELL,
    STRETTO_MARKDOWN_RULE,
    STRETTO_MARKDOWN_HTML_BLOCK,
    STRETTO_MARKDOWN_TEXT,
    STRETTO_MARKDOWN_SOFT_BREAK,
    STRETTO_MARKDOWN_HARD_BREAK,
    STRETTO_MARKDOWN_CODE,
    STRETTO_MARKDOWN_HTML,
    STRETTO_MARKDOWN_EMPHASIS,
    STRETTO_MARKDOWN_STRONG,
    STRETTO_MARKDOWN_STRUCK,
    STRETTO_MARKDOWN_LINK,
    STRETTO_MARKDOWN_IMAGE,
} stretto_markdown_kind;

static inline stretto_markdown_kind stretto_markdown_kind_of(cmark_node *node) {
    switch (cmark_node_get_type(node)) {
        case CMARK_NODE_HEADING: return STRETTO_MARKDOWN_HEADING;
        case CMARK_NODE_PARAGRAPH: return STRETTO_MARKDOWN_PARAGRAPH;
        case CMARK_NODE_CODE_BLOCK: return STRETTO_MARKDOWN_CODE_BLOCK;
        case CMARK_NODE_BLOCK_QUOTE: return STRETTO_MARKDOWN_QUOTE;
        case CMARK_NODE_LIST: return STRETTO_MARKDOWN_LIST;
        // A task is an item to the library, and only its name tells.
        case CMARK_NODE_ITEM:
            return strcmp(cmark_node_get_type_string(node), "tasklist") == 0 ? STRETTO_MARKDOWN_TASK
                                                                            : STRETTO_MARKDOWN_ITEM;
        case CMARK_NODE_THEMATIC_BREAK: return STRETTO_MARKDOWN_RULE;
        case CMARK_NODE_HTML_BLOCK: return STRETTO_MARKDOWN_HTML_BLOCK;
        case CMARK_NODE_TEXT: return STRETTO_MARKDOWN_TEXT;
        case CMARK_NODE_SOFTBREAK: return STRETTO_MARKDOWN_SOFT_BREAK;
        case CMARK_NODE_LINEBREAK: return STRETTO_MARKDOWN_HARD_BREAK;
        case CMARK_NODE_CODE: return STRETTO_MARKDOWN_CODE;
        case CMARK_NODE_HTML_INLINE: return STRETTO_MARKDOWN_HTML;
        case CMARK_NODE_EMPH: return STRETTO_MARKDOWN_EMPHASIS;
        case CMARK_NODE_STRONG: return STRETTO_MARKDOWN_STRONG;
        case CMARK_NODE_LINK: return STRETTO_MARKDOWN_LINK;
        case CMARK_NODE_IMAGE: return STRETTO_MARKDOWN_IMAGE;
        default: break;
    }
    const char *name = cmark_node_get_type_string(node);
    if (strcmp(name, "table") == 0) return STRETTO_MARKDOWN_TABLE;
    if (strcmp(name, "table_header") == 0 || strcmp(name, "table_row") == 0) return STRETTO_MARKDOWN_TABLE_ROW;
    if (strcmp(name, "table_cell") == 0) return STRETTO_MARKDOWN_TABLE_CELL;
    if (strcmp(name, "strikethrough") == 0) return STRETTO_MARKDOWN_STRUCK;
    return STRETTO_MARKDOWN_OTHER;
}

/// The tree of a text, which the caller frees. The extensions must have been registered.
static inline cmark_node *stretto_markdown_parse(const char *text, size_t length, bool has_tables) {
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE);
    const char *names[] = {"tasklist", "strikethrough", "table"};
    for (size_t index = 0; index < (has_tables ? 3u : 2u); index++) {
        cmark_syntax_extension *extension = cmark_find_syntax_extension(names[index]);
        if (extension != NULL) cmark_parser_attach_syntax_extension(parser, extension);
    }
    cmark_parser_feed(parser, text, length);
    cmark_node *document = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    return document;
}

/// How a table's column is set: 'l', 'c', 'r', or 0 where it does not say.
static inline char stretto_markdown_alignment(cmark_node *table, unsigned column) {
    const uint8_t *alignments = cmark_gfm_extensions_get_table_alignments(table);
    if (alignments == NULL || column >= cmark_gfm_extensions_get_table_columns(table)) return 0;
    return (char)alignments[column];
}
