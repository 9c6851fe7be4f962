"""Paths of an OpenAPI document that cannot be resources of one API.

Below a resource one child at most has a variable (`/orders/{id}` excludes
`/orders/{order_id}/items`), and a greedy one has no children. Stock says so in
CreateResource alone, and imports what AWS refuses.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from localstack.aws.api.apigateway import BadRequestException
from localstack.services.apigateway.helpers import is_greedy_path, is_variable_path
from localstack.services.apigateway.legacy import provider as legacy
from localstack.utils.patch import patch
from localstack.utils.strings import to_str


def install() -> None:
    @patch(legacy.ApigatewayProvider.import_rest_api)  # type: ignore[untyped-decorator]
    def import_rest_api(
        fn: Any, self: Any, context: Any, body: Any, *arguments: Any, **options: Any
    ) -> Any:
        content = body.read()
        # Before there is an API: a refused import leaves none behind.
        check(_document(content))
        return fn(self, context, io.BytesIO(content), *arguments, **options)


def _document(content: bytes) -> Any:
    try:
        return legacy.parse_json_or_yaml(to_str(content))
    except Exception as error:
        raise BadRequestException("Invalid OpenAPI input.") from error


def check(document: Any, existing: Iterable[str] = ()) -> None:
    """Raises BadRequestException with one line for each path that is impossible.

    ``existing`` are the paths of the API that the document is merged with. Refused as
    well is what is no OpenAPI document: stock fails at it, with half an API left.
    """
    paths = (document.get("paths") or {}) if isinstance(document, dict) else None
    if not isinstance(paths, dict) or not all(
        isinstance(path, str) and isinstance(item, dict) for path, item in paths.items()
    ):
        raise BadRequestException("Invalid OpenAPI input.")
    problems = list(_problems(paths, existing))
    if problems:
        raise BadRequestException(
            "\n\t".join(["Errors found during import:", *problems])
        )


def _problems(paths: Iterable[str], existing: Iterable[str]) -> Iterator[str]:
    variables: dict[str, str] = {}
    for path in existing:
        _problem(path, variables)
    for path in paths:
        problem = _problem(path, variables)
        if problem is not None:
            yield f"Unable to create resource at path '{path}': {problem}"


def _problem(path: str, variables: dict[str, str]) -> str | None:
    """The problem of a path; its variables are kept by the path of their parent."""
    parent = ""
    for part in filter(None, path.split("/")):
        name = parent.rpartition("/")[2]
        if is_greedy_path(name):
            return (
                "Cannot create a child of a resource with a greedy path variable: "
                f"{name}"
            )
        if is_variable_path(part) and variables.setdefault(parent, part) != part:
            return (
                f"A sibling ({variables[parent]}) of this resource already has a "
                "variable path part -- only one is allowed"
            )
        parent = f"{parent}/{part}"
    return None
