"""Addresses: of links, which lead somewhere and do nothing else, and of assets."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from shared import sanitize

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
# Characters that end a URL in Markdown or HTML; others stay, of any script.
_UNSAFE = re.compile(r"[\x00-\x20\"<>\\^`{|}()\[\]]")
# "Image URLs" in Sanity's documentation: an asset's id says all that its URL needs.
_IMAGE = re.compile(r"image-([A-Za-z0-9]+)-(\d{1,5})x(\d{1,5})-([a-z0-9]{1,5})")
_SIDES = ("left", "top", "right", "bottom")


def safe(value: Any, site: str) -> str:
    """``value`` as an absolute URL; empty when it is none that may be linked to.

    Relative ones start at ``site``, and lead nowhere without one.
    """
    # Browsers leave control characters and line ends out before they look.
    url = "".join(sanitize.multiline(value).split("\n")).replace("\t", "").strip()
    try:
        if url and not urlsplit(url).scheme:
            url = urljoin(site, url) if site else ""
        parts = urlsplit(url)
        has_target = bool(parts.netloc or parts.scheme in ("mailto", "tel"))
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES or not has_target:
        return ""
    return _UNSAFE.sub(lambda found: quote(found[0], safe=""), url)


def web(value: Any, site: str = "") -> str:
    """``value`` as a URL of a page or a picture; empty when it is something else."""
    url = safe(value, site)
    # A scheme may be in capitals.
    return url if urlsplit(url).scheme in ("https", "http") else ""


class Assets:
    """The assets of one dataset on Sanity's CDN."""

    def __init__(self, project_id: str, dataset: str) -> None:
        self._images = f"https://cdn.sanity.io/images/{project_id}/{dataset}/"

    def image_url(self, value: Any) -> str:
        """The URL of an image field's picture, as it was cropped; empty without one."""
        asset = value.get("asset") if isinstance(value, dict) else None
        if not isinstance(asset, dict):
            return ""
        found = _image(asset)
        if found is None:
            return web(asset.get("url"))
        url = f"{self._images}{found[1]}-{found[2]}x{found[3]}.{found[4]}"
        return url + _crop(value.get("crop"), int(found[2]), int(found[3]))


def size(value: dict[str, Any]) -> tuple[int, int] | None:
    """Width and height of an image field's picture in pixels, before cropping."""
    found = _image(value["asset"])
    return (int(found[2]), int(found[3])) if found else None


def _image(asset: dict[str, Any]) -> re.Match[str] | None:
    for key in ("_ref", "_id"):
        if isinstance(asset.get(key), str):
            return _IMAGE.fullmatch(asset[key])
    return None


def _crop(crop: Any, width: int, height: int) -> str:
    """``?rect=`` of what is left when the four sides' shares are cut off."""
    values = [crop.get(side) for side in _SIDES] if isinstance(crop, dict) else []
    shares = [v for v in values if isinstance(v, int | float) and 0 <= v < 1]
    if len(shares) != len(_SIDES) or not any(shares):
        return ""
    left, top = round(shares[0] * width), round(shares[1] * height)
    right, bottom = round(shares[2] * width), round(shares[3] * height)
    if left + right >= width or top + bottom >= height:
        return ""
    return f"?rect={left},{top},{width - left - right},{height - top - bottom}"
