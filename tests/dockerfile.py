"""The Dockerfile as its instructions, and an image of it without a container engine.

The image is a folder. Each step runs in namespaces of its own (mounts and network, `unshare(1)`), with that folder as its
root: what `COPY` and `RUN` say happens there, the interpreter and the packages of this machine are lent read-only, so that
nothing is fetched. The container runs as the image's user on a read-only root, with a folder as its volume.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import typer

TOP = Path(__file__).parents[1]
_LENT = Path(typer.__file__).parents[1]  # the dependencies, without ourselves
_HOST = ("/usr", "/dev", "/proc", sys.base_prefix)  # lent read-only
_ACCOUNTS = ("passwd", "group", "shadow", "gshadow", "login.defs", "hosts", "nsswitch.conf", "ld.so.cache", "localtime")
ADDRESS = "192.0.2.2"  # of the container, as others see it (RFC 5737)


def instructions(text: str) -> list[tuple[str, str]]:
    """Name and arguments, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in joined.splitlines()]


def hindrance() -> str:
    """Why no image can be made here; "" where it can."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "nsenter", "ip", "useradd"))):
        return "needs root, unshare, nsenter, ip and useradd"
    done = subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, check=False)
    return "" if done.returncode == 0 else "this machine allows no namespaces"


@dataclass
class Image:
    """An image that is being built, and what its instructions have set."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0:0"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """An image of the base: a Python, and accounts that may be changed."""
        for place in (*_HOST, "/lent", "/etc", "/tmp", "/root", "/opt", "/bin"):
            self.at(place).mkdir(parents=True, exist_ok=True)
        self.at("/bin").rmdir()
        for name in ("bin", "sbin", "lib", "lib64"):
            if Path("/", name).is_symlink():
                self.at(f"/{name}").symlink_to(f"usr/{name}")
        for name in _ACCOUNTS:
            if Path("/etc", name).exists():
                shutil.copy(Path("/etc", name), self.at(f"/etc/{name}"))
        self.environment["PATH"] = f"{sys.base_prefix}/bin:/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin"

    def at(self, place: str) -> Path:
        """A place of the image on this machine."""
        return self.root / place.lstrip("/")

    def take(self, name: str, arguments: str, stages: dict[str, Image]) -> None:
        """Do what one instruction says. Those that only describe do nothing."""
        if name == "ENV":
            self.environment |= {
                key: value.replace("$PATH", self.environment["PATH"])
                for key, _, value in (word.partition("=") for word in shlex.split(arguments))
            }
        elif name == "WORKDIR":
            self.folder = arguments
            self.at(arguments).mkdir(parents=True, exist_ok=True)
        elif name == "COPY":
            self._copy(arguments, stages)
        elif name == "RUN":
            for step in arguments.split("&&"):
                self._run(step.strip())
        elif name == "USER":
            self.user = arguments
        elif name in {"CMD", "HEALTHCHECK"}:
            words = json.loads(arguments[arguments.index("[") :])
            self.command, self.health = (words, self.health) if name == "CMD" else (self.command, words)

    def _copy(self, arguments: str, stages: dict[str, Image]) -> None:
        *sources, target = [word for word in arguments.split() if not word.startswith("--")]
        stage = re.search(r"--from=(\w+)", arguments)
        for source in sources:
            here = stages[stage[1]].at(source) if stage else TOP / source
            there = self.at(target if target.startswith("/") else f"{self.folder}/{target}")
            if here.is_dir():
                shutil.copytree(here, there, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
            else:
                shutil.copy(here, there)

    def _run(self, step: str) -> None:
        done = subprocess.run(self.words(["sh", "-c", step]), capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, f"RUN {step}: {done.stdout}{done.stderr}"
        if " -m venv " in step:  # whose packages are those of this machine, behind its own
            place = next(self.at(step.rsplit(maxsplit=1)[-1]).glob("lib/python*/site-packages"))
            (place / "lent.pth").write_text("/lent\n")

    def words(self, command: list[str], *, user: str = "0:0", volume: Path | None = None) -> list[str]:
        """The command line that runs a command in the image; with a volume on a read-only root."""
        root = shlex.quote(str(self.root))
        script = [f"mount --bind {root} {root}"]
        script += [f"mount --rbind -o ro {shlex.quote(place)} {root}{shlex.quote(place)}" for place in _HOST]
        script += [f"mount --bind -o ro {shlex.quote(str(_LENT))} {root}/lent"]
        if volume:
            script += [f"mount --bind {shlex.quote(str(volume))} {root}/desk", f"mount -o remount,bind,ro {root}"]
            script += [f"mount -t tmpfs tmpfs {root}/tmp"]
        script += ["ip link set lo up", f"ip address add {ADDRESS}/32 dev lo"]
        settings = [f"{key}={value}" for key, value in {**self.environment, **_OFFLINE}.items()]
        inside = ["env", "-i", "-C", self.folder, *settings, *command]
        script += [f"exec chroot --userspec={user} {root} {shlex.join(inside)}"]
        return ["unshare", "--mount", "--net", "sh", "-ec", "\n".join(script)]


_OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_ROOT_USER_ACTION": "ignore"}


def build(text: str, folder: Path) -> Image:
    """The last stage of a Dockerfile."""
    stages: dict[str, Image] = {}
    image = Image(folder / "none")
    for name, arguments in instructions(text):
        if name == "FROM":
            key = arguments.partition(" AS ")[2] or "last"
            image = stages[key] = Image(folder / key)
        else:
            image.take(name, arguments, stages)
    return image
