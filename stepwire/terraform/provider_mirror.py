"""Where Terraform gets its providers from, with no path of a machine in the code.

In this order: the folder that ``STEPWIRE_PROVIDER_MIRROR`` names, the user's own
``provider_installation``, the implied local mirror directories that Terraform's
documentation lists ("Provider Installation"), a mirror near the root of the
filesystem, and otherwise the registry.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from stepwire.emulator.install import home
from stepwire.errors import StepwireError

SETTING = "STEPWIRE_PROVIDER_MIRROR"
REGISTRY = "registry.terraform.io"
_DEEPEST = 3
_NOT_SEARCHED = frozenset({"proc", "sys", "dev", "run", "tmp", "lost+found"})
_MOST_FOLDERS = 5_000


def write_cli_configuration(
    folder: Path, environment: Mapping[str, str], *, root: Path = Path("/")
) -> Path:
    """The CLI configuration file for Terraform to use, written into ``folder``.

    ``environment`` is the user's; ``root`` is where a mirror is looked for last.
    Raises StepwireError when STEPWIRE_PROVIDER_MIRROR names no mirror.
    """
    mirror = None
    if SETTING in environment:
        mirror = Path(environment[SETTING]).expanduser().absolute()
        if not _providers(mirror):
            raise StepwireError(
                f"{SETTING} is {mirror}, which is no mirror of providers.",
                hint=f"Name the folder that holds {REGISTRY}/<namespace>/<provider>.",
            )
    elif (own := _users_configuration(environment)) is not None:
        return own
    else:
        candidates = (*implied_mirrors(environment), *mirrors_near(root))
        mirror = next((place for place in candidates if _providers(place)), None)
    file = folder / "terraform.rc"
    file.write_text(_configuration(mirror), encoding="utf-8")
    return file


def implied_mirrors(environment: Mapping[str, str]) -> Iterator[Path]:
    """The directories that Terraform itself would search on this system."""
    home = Path(environment.get("HOME") or Path.home())
    yield home / ".terraform.d" / "plugins"
    if sys.platform == "darwin":
        library = Path("Library", "Application Support", "io.terraform", "plugins")
        yield home / library
        yield Path("/") / library
        return
    own = environment.get("XDG_DATA_HOME") or home / ".local" / "share"
    shared = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for folder in (own, *shared.split(":")):
        yield Path(folder) / "terraform" / "plugins"


def mirrors_near(root: Path) -> Iterator[Path]:
    """Folders that hold one named like the registry, the nearest to ``root`` first.

    Not below links and not on kernel filesystems; at most three levels and a few
    thousand folders are looked at, so that a large disk costs milliseconds.
    """
    level, looked_at = [root], 0
    for _ in range(_DEEPEST):
        deeper: list[Path] = []
        for folder in level:
            looked_at += 1
            if looked_at > _MOST_FOLDERS:
                return
            names = _folders(folder)
            if REGISTRY in names:
                yield folder
            deeper += [
                folder / name
                for name in names
                if not name.startswith(".")
                and not (folder == root and name in _NOT_SEARCHED)
            ]
        level = deeper


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name for entry in entries if entry.is_dir(follow_symlinks=False)
            )
    except OSError:  # not ours to read
        return []


def _providers(mirror: Path) -> list[str]:
    """The addresses of the registry's providers that are in ``mirror``."""
    return sorted(
        folder.relative_to(mirror).as_posix()
        for folder in mirror.glob(f"{REGISTRY}/*/*")
        if folder.is_dir()
    )


def _users_configuration(environment: Mapping[str, str]) -> Path | None:
    """The user's CLI configuration, where it says how to install providers."""
    named = environment.get("TF_CLI_CONFIG_FILE")
    home = Path(environment.get("HOME") or Path.home())
    file = Path(named) if named else home / ".terraformrc"
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return file.absolute() if "provider_installation" in text else None


def _configuration(mirror: Path | None) -> str:
    if mirror is not None:
        included = json.dumps(_providers(mirror))
        return (
            "provider_installation {\n"
            "  filesystem_mirror {\n"
            f"    path    = {json.dumps(str(mirror))}\n"
            f"    include = {included}\n"
            "  }\n"
            "  direct {\n"
            f"    exclude = {included}\n"
            "  }\n"
            "}\n"
            "disable_checkpoint = true\n"
        )
    # One download for all build folders; a provider is some 100 MB.
    cache = home() / "terraform-plugins"
    cache.mkdir(parents=True, exist_ok=True)
    return (
        f"plugin_cache_dir = {json.dumps(str(cache))}\n"
        # The lock file of a build folder is never committed, so it may name only
        # this machine's checksums; without this the cache is not used.
        "plugin_cache_may_break_dependency_lock_file = true\n"
        "disable_checkpoint = true\n"
    )
