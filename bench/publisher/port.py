"""The source article's initiator, ported line by line: it verifies no signature, asks
Sanity for the categories' titles, transforms the post, and starts an execution."""

import json
import os
import urllib.parse
import urllib.request
from typing import Any

import boto3

stepfunctions = boto3.client("stepfunctions")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Starts an execution with the post; answers with its name."""
    document = json.loads(event["body"])
    post = {
        "id": document["_id"],
        "title": document["title"],
        "slug": document["slug"]["current"],
        "publishedAt": document["publishedAt"],
        "categories": categories(document),
        "markdown": "\n\n".join(map(markdown, document["body"])),
    }
    started = stepfunctions.start_execution(
        stateMachineArn=os.environ["STATE_MACHINE_ARN"], input=json.dumps(post)
    )
    name = started["executionArn"].rpartition(":")[2]
    return {"statusCode": 202, "body": json.dumps({"execution": name})}


def categories(document: dict[str, Any]) -> list[str]:
    """The categories' titles, by a GROQ query."""
    ids = json.dumps([category["_ref"] for category in document["categories"]])
    query = f'*[_type == "category" && _id in {ids}]{{title}}'
    url = (
        f"{os.environ['SANITY_API_URL']}/v2025-02-19/data/query/production"
        f"?{urllib.parse.urlencode({'query': query})}"
    )
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310
        return [category["title"] for category in json.load(response)["result"]]


def markdown(block: dict[str, Any]) -> str:
    """A block of Portable Text."""
    if block["_type"] == "code":
        return f"```{block.get('language', '')}\n{block['code']}\n```"
    if block["_type"] != "block":
        return ""
    links = {link["_key"]: link.get("href", "") for link in block.get("markDefs", [])}
    text = "".join(span(child, links) for child in block["children"])
    style = block.get("style", "normal")
    if style.startswith("h"):
        return f"{'#' * int(style[1:])} {text}"
    if style == "blockquote":
        return f"> {text}"
    if "listItem" in block:
        return f"{'1.' if block['listItem'] == 'number' else '-'} {text}"
    return text


def span(child: dict[str, Any], links: dict[str, str]) -> str:
    """Characters with their marks."""
    text = str(child.get("text", ""))
    for mark in child.get("marks", []):
        if mark in links:
            text = f"[{text}]({links[mark]})"
        else:
            sign = {"strong": "**", "em": "_", "code": "`"}.get(mark, "")
            text = f"{sign}{text}{sign}"
    return text
