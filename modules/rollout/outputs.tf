output "start_arn" {
  description = "ARN that starts a rollout. Its input is `{ \"version_arn\": … }`, or `{}` for the newest version."
  value       = module.machine.start_arn
  # Nothing restores the alias after a rollout that is stopped before the rule exists.
  depends_on = [aws_cloudwatch_event_target.undo]
}

output "state_machine_arn" {
  description = "ARN of the rollout's state machine."
  value       = module.machine.arn
}

output "execution_policy" {
  description = "Permissions of the rollout's role: the policy document (JSON) that is derived from its definition."
  value       = module.machine.execution_policy
}

output "role_policies" {
  description = "Policy documents (JSON) of the roles, also for roles of yours, keyed `workflow` and `undo`: `trust` (who may assume it) and `execution` (what it may do)."
  value = {
    workflow = module.machine.role_policies
    undo = {
      trust     = local.undo_trust_policy
      execution = local.undo_policy
    }
  }
}

output "task" {
  description = "A Task state (JSONata) that rolls out and waits for the end. It takes `version_arn` from its input where there is one, and fails as the rollout does. `Output` of its result is the output of the rollout."
  value = {
    Type     = "Task"
    Resource = "arn:${data.aws_partition.this.partition}:states:::states:startExecution.sync:2"
    Arguments = {
      StateMachineArn = module.machine.start_arn
      Input           = "{% $merge([{'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID': $states.context.Execution.Id}, $exists($states.input.version_arn) ? {'version_arn': $states.input.version_arn} : {}]) %}"
    }
  }
}
