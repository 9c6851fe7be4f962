"""The functions that an expression can call: JSONata's, and Step Functions' own.

Step Functions' guide, "Transforming data with JSONata", names the latter: $partition,
$range, $hash, $random, $uuid and $parse; and says that $eval cannot be called.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.signature import Signature
from jsonata.utils import Utils

from .corrections import CORRECTED

_ALGORITHMS: Final = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}


class PythonFunction(Jsonata.JFunction):  # type: ignore[misc]
    """A Python function that JSONata can call, its arguments checked first.

    `signature` is JSONata's notation ("<s-n?:s>"). Arguments that the caller leaves
    out are None, as are undefined ones; null is `Utils.NULL_VALUE`.
    """

    def __init__(self, name: str, signature: str, function: Callable[..., Any]):
        super().__init__(None, None)
        self.function_name = name
        self.signature = Signature(signature, name)
        self._call = function
        code = function.__code__
        self._arity = code.co_argcount

    def call(self, input: Any, args: Any) -> Any:
        given = list(args or ())[: self._arity]
        return self._call(*given, *[None] * (self._arity - len(given)))

    def get_number_of_args(self) -> int:
        return self._arity


def partition(values: Any, size: Any) -> Any:
    if values is None or size is None or int(size) <= 0 or not values:
        return None
    step = int(size)
    return [values[start : start + step] for start in range(0, len(values), step)]


def range_(first: Any, last: Any, step: Any) -> Any:
    if first is None or last is None or step is None or int(step) == 0:
        return None
    delta = int(step)
    numbers = range(int(first), int(last) + (1 if delta > 0 else -1), delta)
    return Utils.create_sequence_from_iter(numbers)


def hash_(text: Any, algorithm: Any) -> Any:
    if text is None or algorithm is None:
        return None
    if algorithm not in _ALGORITHMS:
        raise JException("T0410", -1, 2, "hash")
    digest = hashlib.new(_ALGORITHMS[algorithm], usedforsecurity=False)
    digest.update(text.encode("utf-8", "replace"))
    return digest.hexdigest()


def random_(seed: Any) -> float:
    # Step Functions' own generator is not published: only that a seed repeats itself.
    if seed is None:
        return random.random()  # noqa: S311 - no secret
    return random.Random(int(seed)).random()  # noqa: S311


def uuid_() -> str:
    return str(uuid.uuid4())


def parse(text: Any) -> Any:
    if text is None:
        return None
    try:
        value = json.loads(text, parse_constant=_refused)
    except ValueError as error:
        raise JException("D3120", -1, str(error)) from error
    return Utils.NULL_VALUE if value is None else value


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


STEP_FUNCTIONS: Final[Mapping[str, tuple[str, Callable[..., Any]]]] = {
    "partition": ("<an:a<a>>", partition),
    "range": ("<nnn?:a<n>>", range_),
    "hash": ("<ss?:s>", hash_),
    "random": ("<n?:n>", random_),
    "uuid": ("<:s>", uuid_),
    "parse": ("<s:x>", parse),
}


def _bind(frame: Jsonata.Frame, name: str, value: Any) -> None:
    frame.bindings[name] = value


# The package renames a built-in function when a variable is bound to it, for all
# expressions to come: their errors name the variable.
Jsonata.Frame.bind = _bind


def _library() -> Jsonata.Frame:
    frame = Jsonata.Frame(Jsonata.static_frame)
    for name, (signature, function) in {**CORRECTED, **STEP_FUNCTIONS}.items():
        frame.bind(name, PythonFunction(name, signature, function))
    # Bound to nothing: calling it is T1006, "attempted to invoke a non-function".
    frame.bind("eval", None)
    return frame


LIBRARY: Final = _library()
