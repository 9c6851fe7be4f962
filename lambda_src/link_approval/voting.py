"""A vote: recorded once, counted, and the workflow resumed when it decides."""

from __future__ import annotations

from link_approval import aws, store
from link_approval.quorum import UNDECIDED, decision
from link_approval.store import ConditionFailed, Request
from shared import timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from link_approval.store import Attribute

# Errors of a token that no task waits with any more.
_ENDED_TOKEN_ERRORS = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})
# An execution in one of these has read the item's status, or will.
_READING_STATUSES = frozenset({"PENDING_REDRIVE", "RUNNING", "SUCCEEDED"})


def vote(request: Request, approver: int, value: str, comment: str) -> Request:
    """Record the vote of an approver, by index, unless there is one already.

    Nothing is overwritten: an approver's first vote stays, and so does the first
    decision. Returns the request as it is afterwards. Raises aws.Unavailable; then
    the vote may or may not have been recorded, and the same call again does no harm.
    """
    while request.status == "open" and approver not in request.votes:
        try:
            return _record(request, approver, value, comment)
        except ConditionFailed:
            # Another vote, an escalation or the end came between.
            current = Request.read(request.id)
            if current is None:
                raise aws.Unavailable("RequestDeleted") from None
            request = current
    return request


def _record(request: Request, approver: int, value: str, comment: str) -> Request:
    email = request.approvers[approver]["email"]
    at = timestamps.now()
    votes = [vote["decision"] for vote in request.votes.values()]
    decided = decision(
        request.choices, request.quorum, len(request.approvers), [*votes, value]
    )
    assignments: dict[str, Attribute | None] = {
        "votes.#approver": {
            "M": {
                "approver": {"S": email},
                "decision": {"S": value},
                "comment": {"S": comment},
                "voted_at": {"S": at},
            }
        }
    }
    if decided is not None:
        assignments |= {
            "status": {"S": "decided"},
            "decision": {"S": decided},
            "decided_at": {"S": at},
        }
        if decided != UNDECIDED:
            assignments |= {"decided_by": {"S": email}, "comment": {"S": comment}}
    details = {"decides": decided} if decided is not None else {}
    return request.update(
        assignments,
        store.audit_event("voted", by=email, decision=value, **details),
        # As it was counted: open, without this vote, with the votes and approvers that
        # were read.
        condition=(
            "#status = :open AND attribute_not_exists(votes.#approver)"
            " AND size(votes) = :votes AND approvers = :approvers"
        ),
        names={"#approver": str(approver), "#status": "status"},
        values={
            ":open": {"S": "open"},
            ":votes": {"N": str(len(votes))},
            ":approvers": {"S": request.approvers_json},
        },
    )


def resume_workflow(request: Request) -> Request:
    """Wake the workflow up, which then reads the decision in the table.

    When Step Functions refuses the token, the execution's status says why: it runs
    and is on its way to read the table, or it was stopped, and then the request
    becomes ``stopped``. Raises aws.Unavailable when neither is known; the decision
    stands, and the same call again, or the workflow's next look at the table,
    completes it.
    """
    if request.status != "decided" or request.is_resumed:
        return request
    if request.token is None:
        # Between two waits: the next one does not begin, since it is decided. Or
        # the execution has ended before it waited at all.
        return _check_execution(request, "none")
    try:
        aws.call(
            "stepfunctions",
            "send_task_success",
            taskToken=request.token,
            output="{}",
        )
    except aws.Unavailable as error:
        if error.code not in _ENDED_TOKEN_ERRORS:
            raise
        return _check_execution(request, error.code)
    return _mark_resumed(request, store.audit_event("resumed"))


def _check_execution(request: Request, token: str) -> Request:
    """Without a token that works, the execution's status says if it will read on."""
    status = _execution_status(request.execution_arn)
    event = store.audit_event("token_refused", token=token, execution=status)
    if status in _READING_STATUSES:
        return _mark_resumed(request, event)
    try:
        return request.update(
            {"status": {"S": "stopped"}, "task_token": None},
            event,
            condition="#status = :decided",
            names={"#status": "status"},
            values={":decided": {"S": "decided"}},
        )
    except ConditionFailed:
        return Request.read(request.id) or request


def _execution_status(arn: str) -> str:
    try:
        answer = aws.call("stepfunctions", "describe_execution", executionArn=arn)
    except aws.Unavailable as error:
        if error.code != "ExecutionDoesNotExist":
            raise
        return "DELETED"
    return str(answer["status"])


def _mark_resumed(request: Request, event: Attribute) -> Request:
    try:
        return request.update(
            {"resumed_at": {"S": timestamps.now()}, "task_token": None}, event
        )
    except (ConditionFailed, aws.Unavailable):
        # The workflow is resumed, and writes the same when it reads the decision.
        return request
