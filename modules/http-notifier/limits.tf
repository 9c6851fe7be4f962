# A field that is longer than its API takes would lose the notification: it is cut.

locals {
  _limits = {
    for name, limit in try(local._preset.limits, {}) : name => {
      most = limit.most
      unit = try(limit.unit, "characters")
    } if can(limit.most)
  }

  # A key is not cut, which could make it another's: its hash stands for it.
  _fitted_sources = merge(local._sources, {
    for name, limit in local._limits : name => (
      name == "idempotency_key"
      ? "($key := $string(${local._sources[name]}); $length($key) > ${limit.most} ? $hash($key, 'SHA-256') : $key)"
      : "$Fit(${local._sources[name]}, ${limit.most}, '${limit.unit}')"
    ) if can(local._sources[name])
  })

  # The functions, without comments and on one line. Fields begin with small letters.
  _fit = join("", [
    replace(
      replace(
        templatefile("${path.module}/fit.jsonata", {
          # ASCII: one other character would make a text message twice or thrice as long.
          mark    = "..."
          marks   = join("", flatten(values(local._marks)))
          joiners = join("", local._joiners)
        }),
        "/(?s)/\\*.*?\\*/\\s*/", ""
      ),
      "/\\s*\\n\\s*/", " "
    ),
  ])
}
