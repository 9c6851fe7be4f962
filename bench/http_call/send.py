"""The function between a workflow and an API: posts its event."""

import http.client
import json
import os
import ssl
from typing import Any
from urllib.parse import urlsplit

context = ssl.create_default_context(cadata=os.environ["CERTIFICATES"])
api = urlsplit(os.environ["API_URL"])


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Sends the event with the API's key; an unsuccessful response is an error."""
    assert api.hostname
    connection = http.client.HTTPSConnection(api.hostname, api.port, context=context)
    headers = {
        "Content-Type": "application/json; charset=UTF-8",
        "Authorization": os.environ["API_KEY"],
    }
    connection.request("POST", "/messages", json.dumps(event), headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{answer.status} {body.decode()}")
    return {"StatusCode": answer.status, "ResponseBody": json.loads(body)}
