"""The override file of the working tree: backend, account, remote states.

Terraform merges such a file into the configuration, so that the sources stay as they
are. See "Override Files" in its documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from stepwire import syntax
from stepwire.errors import StepwireError
from stepwire.syntax import Block, source_of, text_of, unwrapped

FILE = "zzz_stepwire_override.tf"
"""The last of all override files, which is the one that counts."""

# Credentials of the user's own, which an account that was named replaces.
_OF_THE_USER = ("profile", "shared_config_files", "shared_credentials_files")


def overrides(directory: Path, state_file: Path, *, names_account: bool) -> str:
    """The text for a root module.

    Its state is ``state_file``. With ``names_account`` the environment names the AWS
    account, so that a profile in the configuration has no effect, and S3 is asked for
    other states by path: an emulator's address has no names below it.
    """
    text = (
        'terraform {\n  backend "local" {\n'
        f"    path = {json.dumps(str(state_file))}\n  }}\n}}\n"
    )
    if not names_account:
        return text
    try:
        blocks = syntax.blocks(directory)
    except StepwireError:  # Terraform says what is wrong
        return text
    return "".join((text, *_of_providers(blocks), *_of_remote_states(blocks)))


def _of_providers(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        if (block.kind, block.labels) == ("provider", ("aws",)):
            given = [one for one in _OF_THE_USER if block.get(one) is not None]
            if given:
                lines = [f"  {one} = null\n" for one in given]
                alias = block.get("alias")
                if alias is not None:
                    lines.append(f'  alias = "{text_of(unwrapped(alias))}"\n')
                yield f'provider "aws" {{\n{"".join(lines)}}}\n'


def _of_remote_states(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        if block.kind != "data" or block.labels[0] != "terraform_remote_state":
            continue
        backend, config = block.get("backend"), block.get("config")
        if backend is None or config is None or text_of(unwrapped(backend)) != "s3":
            continue
        text = source_of(block.file, config)
        yield (
            f'data "terraform_remote_state" "{block.labels[1]}" {{\n'
            f"  config = merge({text}, {{ use_path_style = true }})\n}}\n"
        )
