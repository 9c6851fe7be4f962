# Calls of the states. `assumed`: made in another role, which needs the
# permission. The machine's role is granted it where the state names the
# target; a target that the state does not name is not a problem.

locals {
  tasks = [
    for state in local.states : {
      where    = state.path
      express  = state.express
      resource = try(coalesce(tostring(state.state.Resource)), "")
      # Prefix of the SDK, service, API, pattern.
      integration = try(regex(local._integration, state.state.Resource), null)
      # Default: the state's input.
      arguments = lookup(
        state.state, "Arguments",
        lookup(state.state, "Parameters", "{% the state's input %}"),
      )
      role = try(
        state.state.Credentials.RoleArn,
        "{% ${state.state.Credentials["RoleArn.$"]} %}",
        state.state.Credentials,
        null,
      )
    } if try(state.state.Type, "") == "Task"
  ]

  maps = [
    for state in local.states : state
    if try(state.state.Type, "") == "Map" && try(
      state.state.ItemProcessor.ProcessorConfig.Mode,
      state.state.Iterator.ProcessorConfig.Mode,
      "",
    ) == "DISTRIBUTED"
  ]

  # arn:aws:states:::[aws-sdk:]SERVICE:API[.PATTERN]. Step Functions also
  # accepts a region and an account.
  _integration = "^arn:[^:]*:states:[^:]*:[^:]*:(aws-sdk:)?([^:]+):([^:.]+)(?:\\.(sync:2|sync|waitForTaskToken))?$"

  calls = concat(
    [
      for task in local.tasks : {
        where     = task.where
        service   = "lambda"
        api       = "invoke"
        pattern   = ""
        sdk       = false
        assumed   = task.role != null
        arguments = { FunctionName = task.resource }
      } if can(regex("^arn:[^:]*:lambda:", task.resource))
    ],
    [
      for task in local.tasks : {
        where     = task.where
        service   = task.integration[1]
        api       = task.integration[2]
        pattern   = task.integration[3] == null ? "" : task.integration[3]
        sdk       = task.integration[0] != null
        assumed   = task.role != null
        arguments = task.arguments
        # A worker polls for an activity's tasks with its own permissions.
      } if task.integration != null && !strcontains(task.resource, ":activity:")
    ],
    [
      for task in local.tasks : {
        where     = task.where
        service   = "step-functions"
        api       = "assumeRole"
        pattern   = ""
        sdk       = false
        assumed   = false
        arguments = { RoleArn = task.role }
      } if task.role != null
    ],
    [
      for map in local.maps : {
        where     = map.path
        service   = "step-functions"
        api       = "runDistributedMap"
        pattern   = ""
        sdk       = false
        assumed   = false
        arguments = {}
      }
    ],
    [
      for map in local.maps : {
        where = "${map.path} > ItemReader"
        service = try(map.state.ItemReader.ReaderConfig.InputType, "") == "MANIFEST" ? "step-functions" : (
          regex(local._integration, map.state.ItemReader.Resource)[1]
        )
        api = try(map.state.ItemReader.ReaderConfig.InputType, "") == "MANIFEST" ? "readManifest" : (
          regex(local._integration, map.state.ItemReader.Resource)[2]
        )
        pattern = ""
        sdk     = false
        assumed = false
        arguments = try(
          map.state.ItemReader.Arguments, map.state.ItemReader.Parameters, {}
        )
      } if can(regex(local._integration, map.state.ItemReader.Resource))
    ],
    [
      for map in local.maps : {
        where   = "${map.path} > ItemReader"
        service = "step-functions"
        api     = "readListed"
        pattern = ""
        sdk     = false
        assumed = false
        arguments = try(
          map.state.ItemReader.Arguments, map.state.ItemReader.Parameters, {}
        )
      } if try(map.state.ItemReader.ReaderConfig.Transformation, "") == "LOAD_AND_FLATTEN"
    ],
    [
      for map in local.maps : {
        where   = "${map.path} > ResultWriter"
        service = "step-functions"
        api     = "writeResults"
        pattern = ""
        sdk     = false
        assumed = false
        arguments = try(
          map.state.ResultWriter.Arguments, map.state.ResultWriter.Parameters, {}
        )
      } if can(map.state.ResultWriter.Resource)
    ],
  )
}
