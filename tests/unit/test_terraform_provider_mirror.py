"""Where providers are looked for, and in which order; on trees made for the test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stepwire.errors import StepwireError
from stepwire.terraform.provider_mirror import (
    implied_mirrors,
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
def packages(public_folder: Path) -> Path:
    (public_folder / "packages").mkdir()
    return public_folder / "packages"


@pytest.fixture
def environment(home: Path, tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(home), "XDG_DATA_DIRS": str(tmp_path / "shared")}


def configuration(tmp_path: Path, environment: dict[str, str], packages: Path) -> str:
    return write_cli_configuration(tmp_path, environment, packages=packages).read_text()


def test_the_setting_comes_before_everything(
    tmp_path: Path, environment: dict[str, str], home: Path, packages: Path
) -> None:
    set_to = make_mirror(tmp_path / "set")
    make_mirror(home / ".terraform.d" / "plugins")
    (home / ".terraformrc").write_text("provider_installation {}")
    environment["STEPWIRE_PROVIDER_MIRROR"] = str(set_to)
    text = configuration(tmp_path, environment, packages)
    assert f'path    = "{set_to}"' in text
    assert f'include = ["{AWS}"]' in text
    assert f'exclude = ["{AWS}"]' in text


def test_a_setting_that_is_no_mirror_is_refused(
    tmp_path: Path, environment: dict[str, str], packages: Path
) -> None:
    environment["STEPWIRE_PROVIDER_MIRROR"] = str(tmp_path)
    with pytest.raises(StepwireError, match="which is no mirror") as caught:
        configuration(tmp_path, environment, packages)
    assert "registry.terraform.io" in str(caught.value.hint)


def test_the_users_own_way_to_install_providers_is_kept(
    tmp_path: Path, environment: dict[str, str], home: Path, packages: Path
) -> None:
    make_mirror(home / ".terraform.d" / "plugins")
    own = home / ".terraformrc"
    own.write_text("provider_installation {\n}\n")
    assert write_cli_configuration(tmp_path, environment, packages=packages) == own
    elsewhere = tmp_path / "other.tfrc"
    elsewhere.write_text("provider_installation {\n}\n")
    environment["TF_CLI_CONFIG_FILE"] = str(elsewhere)
    assert (
        write_cli_configuration(tmp_path, environment, packages=packages) == elsewhere
    )


@pytest.mark.parametrize("text", [None, "disable_checkpoint = true"])
def test_a_users_configuration_without_that_is_left_aside(
    tmp_path: Path,
    environment: dict[str, str],
    home: Path,
    packages: Path,
    text: str | None,
) -> None:
    mirror = make_mirror(home / ".terraform.d" / "plugins")
    environment["TF_CLI_CONFIG_FILE"] = str(tmp_path / "own.tfrc")
    if text is not None:
        (tmp_path / "own.tfrc").write_text(text)
    assert str(mirror) in configuration(tmp_path, environment, packages)


def test_terraforms_own_mirrors_come_before_a_packages(
    tmp_path: Path, environment: dict[str, str], home: Path, packages: Path
) -> None:
    packaged = make_mirror(packages / "plugins")
    assert str(packaged) in configuration(tmp_path, environment, packages)
    implied = make_mirror(home / ".terraform.d" / "plugins")
    text = configuration(tmp_path, environment, packages)
    assert str(implied) in text
    assert str(packaged) not in text


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


def test_the_mirror_of_an_add_on_package_is_found(
    tmp_path: Path, environment: dict[str, str], packages: Path
) -> None:
    (packages / "a").mkdir()
    make_mirror(packages / "z")
    assert f'path    = "{packages / "z"}"' in configuration(
        tmp_path, environment, packages
    )
    make_mirror(packages / "m")
    assert f'path    = "{packages / "m"}"' in configuration(
        tmp_path, environment, packages
    )


def test_a_mirror_is_not_looked_for_deep_in_a_package(
    tmp_path: Path, environment: dict[str, str], packages: Path
) -> None:
    make_mirror(packages / "a" / "b")
    assert "filesystem_mirror" not in configuration(tmp_path, environment, packages)


def test_a_packages_mirror_that_others_can_write_is_passed_over(
    tmp_path: Path, environment: dict[str, str], packages: Path
) -> None:
    open_to_others(make_mirror(packages / "a"))
    safe = make_mirror(packages / "b")
    assert f'path    = "{safe}"' in configuration(tmp_path, environment, packages)


def open_to_others(mirror: Path) -> Path:
    """A folder in a mirror in which every user may put a provider."""
    folder = mirror / AWS / "5.100.0"
    folder.chmod(0o777)
    return folder


def test_a_setting_that_others_can_write_is_refused_with_the_remedy(
    tmp_path: Path,
    environment: dict[str, str],
    packages: Path,
    public_folder: Path,
) -> None:
    folder = open_to_others(make_mirror(public_folder / "set"))
    environment["STEPWIRE_PROVIDER_MIRROR"] = str(public_folder / "set")
    with pytest.raises(StepwireError, match="others could change") as caught:
        configuration(tmp_path, environment, packages)
    assert f"{folder} can be written by others" in caught.value.message
    assert caught.value.hint == f"chmod go-w {folder}"
    folder.chmod(0o755)
    assert f'"{public_folder}/set"' in configuration(tmp_path, environment, packages)


def test_an_implied_mirror_that_others_can_write_is_passed_over_with_a_warning(
    tmp_path: Path,
    environment: dict[str, str],
    home: Path,
    packages: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = open_to_others(make_mirror(home / ".terraform.d" / "plugins"))
    text = configuration(tmp_path, environment, packages)
    assert "filesystem_mirror" not in text
    # Else Terraform would take it all the same.
    assert "provider_installation {\n  direct {}" in text
    (line,) = [record.getMessage() for record in caplog.records]
    assert f"{folder} can be written by others (chmod go-w {folder})" in line


def test_without_a_mirror_the_registry_is_used_with_one_cache(
    tmp_path: Path,
    environment: dict[str, str],
    packages: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STEPWIRE_HOME", str(tmp_path / "cache"))
    text = configuration(tmp_path, environment, packages)
    assert "filesystem_mirror" not in text
    assert f'plugin_cache_dir = "{tmp_path}/cache/terraform-plugins"' in text
