"""REST API: which paths are routes, which are not there, whatever paths begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stepwire.api import ApiClient, emulated_url

FIXTURE = Path(__file__).parent / "fixtures" / "rest_api"


@pytest.mark.parametrize(
    ("api", "path", "answer"),
    [
        ("one", "/7", {"id": "7"}),
        ("one", "/orders", {"id": "orders"}),
        ("one", "/orders/search", {}),
        ("one", "/", "not_found"),
        ("one", "/orders/7", "not_found"),
        ("one", "/7/lines", "not_found"),
        ("one", "/orders/search/7", "not_found"),
        ("deep", "/shop/7/lines", {"proxy": "shop", "id": "7"}),
        ("deep", "/", "not_found"),
        ("deep", "/shop", "not_found"),
        ("deep", "/shop/7", "not_found"),
        ("deep", "/shop/7/lines/1", "not_found"),
    ],
)
def test_a_path_that_begins_with_a_parameter_is_a_route(
    stepwire_apply: Any, stepwire_emulator: Any, api: str, path: str, answer: Any
) -> None:
    url = stepwire_apply(FIXTURE).outputs["beginning_urls"][api]
    found = ApiClient(emulated_url(url, stepwire_emulator.endpoint_url)).get(path)
    if answer == "not_found":
        assert (found.status, found.body["error"]) == (404, answer)
    else:
        assert (found.status, found.body["path_parameters"]) == (200, answer)
