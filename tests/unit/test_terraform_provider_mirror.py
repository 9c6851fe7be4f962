"""Where providers are looked for, and in which order; on trees made for the test."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from stepwire.errors import StepwireError
from stepwire.terraform.provider_mirror import (
    implied_mirrors,
    mirrors_near,
    write_cli_configuration,
)

AWS = "registry.terraform.io/hashicorp/aws"


def make_mirror(folder: Path, provider: str = AWS) -> Path:
    (folder / provider / "5.100.0").mkdir(parents=True)
    return folder


@pytest.fixture
def home(public_folder: Path) -> Path:
    (public_folder / "ada").mkdir()
    return public_folder / "ada"


@pytest.fixture
def root(public_folder: Path) -> Path:
    (public_folder / "root").mkdir()
    return public_folder / "root"


@pytest.fixture
def environment(home: Path, tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(home), "XDG_DATA_DIRS": str(tmp_path / "shared")}


def configuration(tmp_path: Path, environment: dict[str, str], root: Path) -> str:
    return write_cli_configuration(tmp_path, environment, root=root).read_text()


def test_the_setting_comes_before_everything(
    tmp_path: Path, environment: dict[str, str], home: Path, root: Path
) -> None:
    set_to = make_mirror(tmp_path / "set")
    make_mirror(home / ".terraform.d" / "plugins")
    (home / ".terraformrc").write_text("provider_installation {}")
    environment["STEPWIRE_PROVIDER_MIRROR"] = str(set_to)
    text = configuration(tmp_path, environment, root)
    assert f'path    = "{set_to}"' in text
    assert f'include = ["{AWS}"]' in text
    assert f'exclude = ["{AWS}"]' in text


def test_a_setting_that_is_no_mirror_is_refused(
    tmp_path: Path, environment: dict[str, str], root: Path
) -> None:
    environment["STEPWIRE_PROVIDER_MIRROR"] = str(tmp_path)
    with pytest.raises(StepwireError, match="which is no mirror") as caught:
        configuration(tmp_path, environment, root)
    assert "registry.terraform.io" in str(caught.value.hint)


def test_the_users_own_way_to_install_providers_is_kept(
    tmp_path: Path, environment: dict[str, str], home: Path, root: Path
) -> None:
    make_mirror(home / ".terraform.d" / "plugins")
    own = home / ".terraformrc"
    own.write_text("provider_installation {\n}\n")
    assert write_cli_configuration(tmp_path, environment, root=root) == own
    elsewhere = tmp_path / "other.tfrc"
    elsewhere.write_text("provider_installation {\n}\n")
    environment["TF_CLI_CONFIG_FILE"] = str(elsewhere)
    assert write_cli_configuration(tmp_path, environment, root=root) == elsewhere


@pytest.mark.parametrize("text", [None, "disable_checkpoint = true"])
def test_a_users_configuration_without_that_is_left_aside(
    tmp_path: Path,
    environment: dict[str, str],
    home: Path,
    root: Path,
    text: str | None,
) -> None:
    mirror = make_mirror(home / ".terraform.d" / "plugins")
    environment["TF_CLI_CONFIG_FILE"] = str(tmp_path / "own.tfrc")
    if text is not None:
        (tmp_path / "own.tfrc").write_text(text)
    assert str(mirror) in configuration(tmp_path, environment, root)


def test_terraforms_own_mirrors_come_before_one_near_the_root(
    tmp_path: Path, environment: dict[str, str], home: Path, root: Path
) -> None:
    near = make_mirror(root / "plugins")
    assert str(near) in configuration(tmp_path, environment, root)
    implied = make_mirror(home / ".terraform.d" / "plugins")
    text = configuration(tmp_path, environment, root)
    assert str(implied) in text
    assert str(near) not in text


@pytest.mark.skipif(sys.platform == "darwin", reason="XDG is not used on macOS")
def test_the_implied_mirrors_are_those_that_terraform_documents() -> None:
    assert list(implied_mirrors({"HOME": "/h"})) == [
        Path("/h/.terraform.d/plugins"),
        Path("/h/.local/share/terraform/plugins"),
        Path("/usr/local/share/terraform/plugins"),
        Path("/usr/share/terraform/plugins"),
    ]
    own = {"HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_DATA_DIRS": "/a:/b"}
    assert list(implied_mirrors(own)) == [
        Path("/h/.terraform.d/plugins"),
        Path("/d/terraform/plugins"),
        Path("/a/terraform/plugins"),
        Path("/b/terraform/plugins"),
    ]


def near(root: Path, environment: dict[str, str]) -> list[str]:
    return [
        folder.relative_to(root).as_posix()
        for folder in mirrors_near(root, environment)
    ]


def test_the_mirror_nearest_to_the_root_is_found_first(
    root: Path, environment: dict[str, str]
) -> None:
    for folder in ("a/b", "z", "m/n"):
        make_mirror(root / folder)
    assert near(root, environment) == ["z", "a/b", "m/n"]


def test_a_mirror_is_not_looked_for_deep_in_links_or_in_kernel_folders(
    root: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    make_mirror(root / "a" / "b" / "c")
    make_mirror(root / "proc" / "x")
    make_mirror(root / ".hidden" / "x")
    (root / "link").symlink_to(make_mirror(tmp_path / "linked"))
    assert near(root, environment) == []


@pytest.mark.parametrize("folder", ["home/ada", "Users/ada", "root", "tmp/x"])
def test_a_mirror_for_all_is_not_in_somebodys_folder(
    root: Path, environment: dict[str, str], folder: str
) -> None:
    make_mirror(root / folder)
    assert near(root, environment) == []


def test_nor_in_the_users_own_wherever_that_is(
    root: Path, environment: dict[str, str]
) -> None:
    environment["HOME"] = str(root / "data" / "ada")
    make_mirror(root / "data" / "ada")
    assert near(root, environment) == []


def test_nor_where_all_may_write(root: Path, environment: dict[str, str]) -> None:
    make_mirror(root / "var" / "tmp")
    (root / "var" / "tmp").chmod(0o1777)
    assert near(root, environment) == []


def test_a_large_disk_is_not_searched_through(
    root: Path, environment: dict[str, str]
) -> None:
    for number in range(40):
        for inner in range(40):
            (root / f"{number:02}" / f"{inner:02}").mkdir(parents=True)
    make_mirror(root / "39" / "39")
    assert near(root, environment) == []


def open_to_others(mirror: Path) -> Path:
    """A folder in a mirror in which every user may put a provider."""
    folder = mirror / AWS / "5.100.0"
    folder.chmod(0o777)
    return folder


def test_a_setting_that_others_can_write_is_refused_with_the_remedy(
    tmp_path: Path,
    environment: dict[str, str],
    root: Path,
    public_folder: Path,
) -> None:
    folder = open_to_others(make_mirror(public_folder / "set"))
    environment["STEPWIRE_PROVIDER_MIRROR"] = str(public_folder / "set")
    with pytest.raises(StepwireError, match="others could give you") as caught:
        configuration(tmp_path, environment, root)
    assert f"{folder} can be written by others" in caught.value.message
    assert caught.value.hint == f"chmod go-w {folder}"
    folder.chmod(0o755)
    assert f'"{public_folder}/set"' in configuration(tmp_path, environment, root)


def test_an_implied_mirror_that_others_can_write_is_passed_over_with_a_warning(
    tmp_path: Path,
    environment: dict[str, str],
    home: Path,
    root: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = open_to_others(make_mirror(home / ".terraform.d" / "plugins"))
    text = configuration(tmp_path, environment, root)
    assert "filesystem_mirror" not in text
    # Else Terraform would take it all the same.
    assert "provider_installation {\n  direct {}" in text
    (line,) = [record.getMessage() for record in caplog.records]
    assert f"{folder} can be written by others (chmod go-w {folder})" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_passed_over(
    root: Path, environment: dict[str, str]
) -> None:
    (root / "a").mkdir(mode=0)
    make_mirror(root / "b")
    assert near(root, environment) == ["b"]


def test_without_a_mirror_the_registry_is_used_with_one_cache(
    tmp_path: Path,
    environment: dict[str, str],
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STEPWIRE_HOME", str(tmp_path / "cache"))
    text = configuration(tmp_path, environment, root)
    assert "filesystem_mirror" not in text
    assert f'plugin_cache_dir = "{tmp_path}/cache/terraform-plugins"' in text
