"""The source of Terraform's providers, with no path of a machine in the code.

In this order: the folder that ``STEPWIRE_PROVIDER_MIRROR`` names, the user's own
``provider_installation``, the implied local mirror directories that Terraform's
documentation lists ("Provider Installation"), a mirror among the add-on packages of
the system, and otherwise the registry.

A provider is a program that runs with the user's credentials, so a mirror that
anybody but root and the user can write is never taken.
"""

from __future__ import annotations

import functools
import json
import logging
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from stepwire.errors import StepwireError
from stepwire.files import home
from stepwire.terraform.trust import Distrust, distrust, distrust_within

SETTING = "STEPWIRE_PROVIDER_MIRROR"
REGISTRY = "registry.terraform.io"
# "/opt: Add-on application software packages" (Filesystem Hierarchy Standard 3.0).
ADD_ON_PACKAGES = Path("/opt")

_log = logging.getLogger("stepwire.terraform")


def write_cli_configuration(
    folder: Path,
    environment: Mapping[str, str],
    *,
    packages: Path = ADD_ON_PACKAGES,
) -> Path:
    """The CLI configuration file for Terraform to use, written into ``folder``.

    ``environment`` is the user's; ``packages`` is where a mirror is looked for last.
    Raises StepwireError when STEPWIRE_PROVIDER_MIRROR names no mirror, or one that
    others can write.
    """
    mirror = None
    if SETTING in environment:
        mirror = Path(environment[SETTING]).expanduser().absolute()
        _require_mirror(mirror)
    elif (own := _users_configuration(environment)) is not None:
        return own
    else:
        candidates = (*implied_mirrors(environment), *packaged_mirrors(packages))
        mirror = next(
            (one for one in candidates if _providers(one) and _is_safe(one)), None
        )
    file = folder / "terraform.rc"
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as new:
        new.write(_configuration(mirror).encode())
    # Never half written for another command here, and not through a link.
    Path(new.name).replace(file)
    return file


def _require_mirror(mirror: Path) -> None:
    if not _providers(mirror):
        raise StepwireError(
            f"{SETTING} is {mirror}, which is no mirror of providers.",
            hint=f"Name the folder that holds {REGISTRY}/<namespace>/<provider>.",
        )
    if found := _distrust(mirror):
        raise StepwireError(
            f"{SETTING} is {mirror}, which others could change: {found.path} "
            f"{found.reason}.",
            hint=found.remedy,
        )


def _is_safe(mirror: Path) -> bool:
    found = _distrust(mirror)
    if found is not None:
        _warn_once(
            f"No provider is taken from {mirror}: {found.path} {found.reason} "
            f"({found.remedy})."
        )
    return found is None


def _distrust(mirror: Path) -> Distrust | None:
    # Not what else is in the folder: Terraform reads nothing of it.
    return distrust_within(mirror / REGISTRY)


@functools.cache
def _warn_once(message: str) -> None:
    _log.warning(message)


def implied_mirrors(environment: Mapping[str, str]) -> Iterator[Path]:
    """The directories that Terraform itself would search on this system."""
    home = _home(environment)
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


def packaged_mirrors(packages: Path) -> Iterator[Path]:
    """The mirrors that an administrator has put among the add-on packages."""
    yield from sorted(folder.parent for folder in packages.glob(f"*/{REGISTRY}"))


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
    file = Path(named) if named else _home(environment) / ".terraformrc"
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return file.absolute() if "provider_installation" in text else None


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or Path.home())


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
    cache.chmod(0o700)  # so that what Terraform unpacks there is out of reach, too
    if found := distrust(cache):
        raise StepwireError(
            f"The cache of providers is {cache}, which others could change: "
            f"{found.path} {found.reason}.",
            hint=f"{found.remedy}, or set STEPWIRE_HOME to a folder of yours.",
        )
    return (
        f"plugin_cache_dir = {json.dumps(str(cache))}\n"
        # The lock file of a build folder is never committed, so it may name only
        # this machine's checksums; without this the cache is not used.
        "plugin_cache_may_break_dependency_lock_file = true\n"
        # Without it Terraform would search its implied mirrors, those included that
        # were not safe to take.
        "provider_installation {\n  direct {}\n}\n"
        "disable_checkpoint = true\n"
    )
