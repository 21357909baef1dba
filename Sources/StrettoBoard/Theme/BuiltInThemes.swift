extension Theme {
    /// The themes that are there wherever the program is, by the names of their files in `themes/`, to the byte.
    package static let builtInTexts: [(id: String, text: String)] = [
        (
            "slate-harbor",
            ##"""
            # Cool and quiet, on dark: the default, and what most others extend.
            name: Slate Harbor
            background: ground
            palette:
              ground: "#11151C"
              surface: "#171C25"
              rule: "#364153"
              text: "#D5DBE5"
              faint: "#8B95A7"
              accent: "#7AA2D6"
              select: "#22304A"
              run: "#6FB8CC"
              ok: "#8FC48A"
              review: "#C9A0DC"
              warn: "#DDB56C"
              bad: "#E0807A"
              shade: "#5B677B"
            roles:
              text: text
              dim: faint
              rule: rule
              accent: accent
              select: text select
              focus: accent bold
              run: run
              ok: ok
              review: review
              warn: warn
              bad: bad
              add: ok
              del: bad
              hunk: accent
              heading: accent bold
              code: run
              link: accent underline
              gauge.fill: accent
              gauge.rest: rule
              gauge.over: bad
              toast: text surface bold
              key: accent bold
              title: text bold
              backdrop: shade
            c16:
              dim: - dim
              rule: - dim
              accent: 12
              focus: 12 bold
              run: 6
              ok: 2
              review: 5
              warn: 3
              bad: 1
              add: 2
              del: 1
              heading: 12 bold
              code: 6
              link: 12 underline
              key: 12 bold
              gauge.rest: - dim
              backdrop: - dim

            """##
        ),
        (
            "paper-lantern",
            ##"""
            # Warm paper, for light rooms: the default where the terminal is light.
            name: Paper Lantern
            extends: slate-harbor
            palette:
              ground: "#FAF6EE"
              surface: "#F1EADC"
              rule: "#CFC3AC"
              text: "#2B2620"
              faint: "#6A6153"
              accent: "#934A23"
              select: "#EADDC2"
              run: "#1B667F"
              ok: "#336A2B"
              review: "#744596"
              warn: "#835B00"
              bad: "#AC3328"
              shade: "#9A8F7C"
            c256:
              select: 235 229
              ok: 22
              add: 22
              warn: 58
              bad: 124
              del: 124
            c16:
              # The terminal's own green, yellow and cyan are pale on white.
              run: 4
              ok: -
              warn: 5
              bad: 1 bold
              add: 4
              code: 4
              hunk: 4
              accent: 4
              focus: 4 bold
              heading: 4 bold
              link: 4 underline
              key: 4 bold

            """##
        ),
        (
            "night-kiln",
            ##"""
            # Dark and warm, for late hours.
            name: Night Kiln
            extends: slate-harbor
            palette:
              ground: "#17120F"
              surface: "#1F1814"
              rule: "#44372E"
              text: "#E6D9CB"
              faint: "#A08F7F"
              accent: "#E0A458"
              select: "#3A2A1D"
              run: "#7FB7A8"
              ok: "#A9C181"
              review: "#D79BB6"
              warn: "#E6C27A"
              bad: "#E2765B"
              shade: "#6B5B4E"

            """##
        ),
        (
            "meridian",
            ##"""
            # Told apart by every kind of colour vision, after the hues of Okabe and Ito.
            name: Meridian
            extends: slate-harbor
            palette:
              ground: "#0E1116"
              surface: "#151A21"
              rule: "#3A4554"
              text: "#E3E7ED"
              faint: "#97A1AF"
              accent: "#B9C7DB"
              select: "#25324A"
              run: "#9AA7B8"
              ok: "#56B4E9"
              review: "#F0E442"
              warn: "#F5CE8A"
              bad: "#E5801C"
              shade: "#5F6B7C"
              added: "#4F9FE0"
              removed: "#E5801C"
            roles:
              add: added
              del: removed
            c256:
              bad: 208
              del: 208
            c16:
              run: -
              ok: 12
              review: 11
              warn: 11
              bad: 3
              add: 12
              del: 3

            """##
        ),
        (
            "graphite",
            ##"""
            # Grays only; emphasis tells states apart.
            name: Graphite
            background: ground
            palette:
              ground: "#000000"
              surface: "#101010"
              rule: "#6E6E6E"
              text: "#F2F2F2"
              faint: "#B0B0B0"
              accent: "#FFFFFF"
              select: "#3A3A3A"
              run: "#F2F2F2"
              ok: "#B0B0B0"
              review: "#FFFFFF"
              warn: "#FFFFFF"
              bad: "#FFFFFF"
              shade: "#808080"
            roles:
              text: text
              dim: faint
              rule: rule
              accent: accent bold
              select: text select
              focus: accent bold
              run: run
              ok: ok
              review: ground text bold
              warn: warn bold
              bad: bad bold underline
              add: ok
              del: bad underline
              hunk: accent
              heading: accent bold
              code: run
              link: accent underline
              gauge.fill: accent
              gauge.rest: rule
              gauge.over: bad
              toast: text surface bold
              key: accent bold
              title: text bold
              backdrop: shade

            """##
        ),
    ]
}
