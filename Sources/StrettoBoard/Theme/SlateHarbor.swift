extension Theme {
    /// The default theme, which is there wherever the program is.
    package static let slateHarbor: Theme = {
        do {
            return try parse(slateHarborText)
        } catch {
            preconditionFailure("the built-in theme cannot be read: \(error)")
        }
    }()

    /// The file of the default theme, to the byte.
    package static let slateHarborText = ##"""
        # Cool and quiet, on dark: the default.
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
}
