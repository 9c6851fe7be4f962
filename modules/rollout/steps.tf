# The steps of the strategy: the weight of the new version, in percent, and the seconds
# until the next step.

locals {
  _linear = var.strategy.linear
  _canary = var.strategy.canary

  steps = concat(
    local._linear == null ? [] : [
      for number in range(1, ceil(100 / local._linear.percent)) : {
        weight  = number * local._linear.percent
        seconds = local._linear.interval_seconds
      }
    ],
    local._canary == null ? [] : [
      { weight = local._canary.percent, seconds = local._canary.wait_seconds }
    ],
    [{ weight = 100, seconds = var.watch_seconds }],
  )

  # Most alarms evaluate minutes. A history has room for 25,000 events, and reading the
  # alarms takes about ten of them. Without alarms a wait is not divided.
  _seconds               = sum(local.steps[*].seconds)
  alarm_interval_seconds = length(var.alarm_names) > 0 ? max(30, ceil(local._seconds / 1000)) : local._seconds
}
