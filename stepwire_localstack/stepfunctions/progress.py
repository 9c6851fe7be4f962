"""Progress of an execution, from which a redrive goes on.

Stock forgets the input of a state, and the variables it found, once the state runs.
Here each program of an execution, the state machine itself or a branch of a Parallel
state, notes both whenever it goes on to another state.
"""

from __future__ import annotations

import threading
from typing import Any

from localstack.services.stepfunctions.asl.component.program.program import Program
from localstack.services.stepfunctions.asl.component.state.state import (
    CommonStateField,
)
from localstack.services.stepfunctions.asl.component.state.state_choice.state_choice import (  # noqa: E501
    StateChoice,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_map.state_map import (  # noqa: E501
    StateMap,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_parallel.branches_decl import (  # noqa: E501
    BranchesDecl,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_parallel.state_parallel import (  # noqa: E501
    StateParallel,
)
from localstack.services.stepfunctions.asl.eval.environment import Environment
from localstack.services.stepfunctions.asl.eval.program_state import ProgramEnded
from localstack.utils.patch import Patch, patch


class Progress:
    """Of one program: the state that it is in, and what that state began with."""

    def __init__(self) -> None:
        self.thread: threading.Thread | None = None
        self.is_resumed = False
        self._state: str | None = None
        self._is_finished = False
        self._input: Any = None
        self._variables: dict[str, Any] = {}
        self._branches: list[Progress] | None = None
        self._resumed_branches: list[Progress] = []

    def begin(self, env: Any) -> None:
        """Notes that a program begins, or goes on where a redrive wants it to."""
        self.thread = threading.current_thread()
        if self.is_resumed:
            self.is_resumed = False
            self._restore(env)
        else:
            self.reach(env, env.next_state_name)

    def has_begun(self) -> bool:
        return self.thread is not None

    def reach(self, env: Any, state: str | None) -> None:
        """Notes that ``state`` is next, or with None that the program has ended."""
        self._state = state
        self._is_finished = state is None
        # Both are replaced by others when they change, never changed in place.
        self._input = env.states._states_data["input"]
        self._variables = dict(env.variable_store._inner_scope)
        self._branches = None

    def resume(self) -> None:
        """Makes the next run of the program go on instead of beginning."""
        self.is_resumed = self.has_begun()
        branches = self._branches or []
        # Nothing is left to do where the state failed after its branches: AWS runs
        # them all again where their results were too large; for the rest it is silent.
        if all(branch._is_finished for branch in branches):
            branches = []
        for branch in branches:
            branch.resume()
        self._resumed_branches = branches

    def _restore(self, env: Any) -> None:
        env.states.reset(input_value=self._input)
        for name, value in self._variables.items():
            env.variable_store.set(name, value)
        # Not assigned by the state that comes now.
        env.variable_store.reset_tracing()
        if self._is_finished:
            env.set_ended()
        else:
            env.next_state_name = self._state

    def begin_branches(self) -> None:
        """Begins an attempt of a Parallel state.

        After a redrive the first attempt goes on with the branches; a retry runs all
        of them again.
        """
        self._branches = []

    def next_branch(self) -> Progress:
        """That of the next branch; of an iteration of a Map state nothing is kept."""
        if self._branches is None:
            return Progress()
        resumed = self._resumed_branches
        branch = resumed.pop(0) if resumed else Progress()
        self._branches.append(branch)
        return branch

    def map_state(self, program: Any) -> str | None:
        """The name of a Map state in which the program is, at whatever depth."""
        if self._is_finished or self._state is None:
            return None
        state = program.states.states[self._state]
        if isinstance(state, StateMap):
            return self._state
        if isinstance(state, StateParallel) and self._branches:
            for branch, inner in zip(
                self._branches, state.branches.programs, strict=False
            ):
                if (found := branch.map_state(inner)) is not None:
                    return found
        return None


def install() -> None:
    _patch_programs()
    _patch_frames()


def _patch_programs() -> None:
    @patch(Program._eval_body)  # type: ignore[untyped-decorator]
    def evaluate(fn: Any, self: Any, env: Any) -> None:
        progress = progress_of(env)
        if progress.has_begun() and not progress.is_resumed:
            # Of the program around this one: an iteration of a Distributed Map.
            env.progress = progress = Progress()
        progress.begin(env)
        fn(self, env)

    def set_next(fn: Any, self: Any, env: Any) -> None:
        fn(self, env)
        if isinstance(env.program_state(), ProgramEnded):
            progress_of(env).reach(env, None)
        elif env.next_state_name is not None:
            progress_of(env).reach(env, env.next_state_name)

    for kind in (CommonStateField, StateChoice):
        Patch.function(kind._set_next, set_next).apply()


def _patch_frames() -> None:
    @patch(BranchesDecl._eval_body)  # type: ignore[untyped-decorator]
    def evaluate(fn: Any, self: Any, env: Any) -> None:
        progress_of(env).begin_branches()
        fn(self, env)

    @patch(Environment.open_frame)  # type: ignore[untyped-decorator]
    def open_frame(fn: Any, self: Any, *args: Any, **named: Any) -> Any:
        frame = fn(self, *args, **named)
        frame.progress = progress_of(self)
        return frame

    @patch(Environment.open_inner_frame)  # type: ignore[untyped-decorator]
    def open_inner_frame(fn: Any, self: Any, *args: Any, **named: Any) -> Any:
        frame = fn(self, *args, **named)
        frame.progress = progress_of(self).next_branch()
        return frame


def progress_of(env: Any) -> Progress:
    """The progress of the program that runs in ``env``, or is about to."""
    progress: Progress = env.__dict__.setdefault("progress", Progress())
    return progress
