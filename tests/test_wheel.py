"""The wheel works where there is no checkout: migrations, policies, templates and the stylesheet are inside it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[1]


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("HELPDESK_", "PIP_", "PYTHON"))
    }
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(
        sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", folder, TOP, folder=folder
    )
    assert done.returncode == 0, done.stderr
    return next(folder.glob("helpdesk-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The command of a fresh environment that has the wheel; its dependencies are lent by this environment."""
    folder = tmp_path_factory.mktemp("elsewhere")
    assert run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", folder=folder).returncode == 0
    python = folder / "venv" / "bin" / "python"
    done = run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, folder=folder
    )
    assert done.returncode == 0, done.stderr
    place = next((folder / "venv" / "lib").glob("python*/site-packages"))
    # Behind its own packages: what stands here may not stand in for what the wheel lacks.
    (place / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "venv" / "bin" / "helpdesk"


def test_the_wheel_holds_what_users_read_and_edit(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("migrations", "policies", "templates"):
        ours = {
            path.relative_to(TOP / folder)
            for path in (TOP / folder).rglob("*")
            if path.suffix in {".py", ".toml", ".txt"}
        }
        assert {f"helpdesk/_shipped/{folder}/{path.as_posix()}" for path in ours} <= set(names)
    assert {"helpdesk/web/style.css", "helpdesk/web/console.js", "helpdesk/web/html/base.html"} <= set(names)
    assert "helpdesk/web/console.py" in names
    assert not [name for name in names if name.startswith(("tests/", "demo/", "bench/", "var/"))]
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_installed_command_knows_the_shipped_policies(installed, tmp_path):
    done = run(installed, "policy", "list", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "logik" in done.stdout
    where = run(installed.with_name("python"), "-c", "import helpdesk; print(helpdesk.__file__)", folder=tmp_path)
    assert where.stdout.startswith(str(installed.parents[1])), "not the checkout"


def test_the_installed_command_makes_a_desk_from_nothing(installed, tmp_path):
    desk = tmp_path / "desk"
    assert run(installed, "init", desk, folder=tmp_path).returncode == 0
    upgraded = run(installed, "db", "upgrade", "--config", desk / "helpdesk.toml", folder=tmp_path)
    assert upgraded.returncode == 0, upgraded.stderr
    checked = run(installed, "check", "--config", desk / "helpdesk.toml", folder=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (desk / "helpdesk.db").exists()
