"""The Dockerfile's own steps, one by one, and what they make: a desk that others reach, and a green health check."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tomllib

import pytest

from tests.dockerfile import ADDRESS, TOP, build, hindrance
from tests.process import until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(hindrance()), reason=hindrance() or "it can be made here")]

DOCKERFILE = (TOP / "Dockerfile").read_text(encoding="utf-8")
ASK = """
import base64, json, smtplib, sys, urllib.error, urllib.request
address, token = sys.argv[1:]
mail = "From: jo@acme.example\\nTo: support@our-company.example\\nSubject: All is down\\n\\nNothing works."
smtplib.SMTP(address, 2525).sendmail("jo@acme.example", "support@our-company.example", mail)
def look(headers):
    request = urllib.request.Request(f"http://{address}:8080/health", headers=headers)
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as refused:
        return refused.code
basic = base64.b64encode(f"me:{token}".encode()).decode()
print(json.dumps([look({}), look({"Authorization": f"Basic {basic}"})]))
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image")
    folder.chmod(0o755)
    return build(DOCKERFILE, folder)


@pytest.fixture
def volume(image, tmp_path):
    """A new volume, which begins as what the image has at that place."""
    place = tmp_path / "volume"
    shutil.copytree(image.at("/desk"), place)
    owner = image.at("/desk").stat()
    subprocess.run(["chown", "-R", f"{owner.st_uid}:{owner.st_gid}", place], check=True)
    return place


@pytest.fixture
def run(image, volume):
    def command(words):
        inside = image.words(words, user=image.user, volume=volume)
        return subprocess.run(inside, capture_output=True, encoding="utf-8", check=False)

    return command


@pytest.fixture
def container(image, volume, run, tmp_path):
    """The container's command, running after its `init`."""
    made = run(["helpdesk", "init", "/desk"])
    assert made.returncode == 0, made.stderr
    log = tmp_path / "log"
    with log.open("wb") as file:
        running = subprocess.Popen(image.words(image.command, user=image.user, volume=volume), stdout=file, stderr=file)
    try:
        until(lambda: running.poll() is not None or "is running" in log.read_text(), "the daemon greets")
        assert running.poll() is None, log.read_text()
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        running.wait()


def beside(image, volume, running, *words):
    """What a command says inside the container that runs, as `docker exec` would run it."""
    inside = image.words(list(words), user=image.user, volume=volume)
    script = inside[-1].replace("ip link set lo up\n", "").replace(f"ip address add {ADDRESS}/32 dev lo\n", "")
    entered = ["nsenter", f"--target={running.pid}", "--net", "unshare", "--mount", "sh", "-ec", script]
    return subprocess.run(entered, capture_output=True, encoding="utf-8", check=False)


def test_the_root_is_read_only_and_the_user_is_nobody_of_this_machine(run, volume):
    for place in ("/opt/helpdesk/x", "/etc/x", "/x"):
        assert "Read-only file system" in run(["touch", place]).stderr
    assert run(["id", "-u"]).stdout == "10001\n"
    assert run(["touch", "/desk/x", "/tmp/x"]).returncode == 0
    assert (volume / "x").stat().st_uid == 10001


def test_init_run_and_health_work_as_the_dockerfile_says(image, volume, container):
    token = (volume / "token").read_text().strip()
    asked = beside(image, volume, container, "/opt/helpdesk/bin/python", "-c", ASK, ADDRESS, token)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout) == [401, 200], "others reach both ports, and the pages with the token only"

    health = beside(image, volume, container, *image.health)
    assert (health.returncode, health.stdout.splitlines()[:1]) == (0, ["ok"]), health.stdout + health.stderr
    until(
        lambda: json.loads(beside(image, volume, container, "helpdesk", "cases", "--json").stdout),
        "the mail became a case",
    )
    read = tomllib.loads((volume / "helpdesk.toml").read_text())
    assert (read["smtp_in"]["listen"], read["web"]["listen"]) == ("0.0.0.0:2525", "0.0.0.0:8080")
    assert "trusted_relays" not in read["smtp_in"]
    assert {oct(path.stat().st_mode & 0o777) for path in volume.glob("helpdesk.db*")} == {"0o600"}

    container.terminate()
    assert container.wait(60) == 0, "it stops when it is asked to"


def test_health_is_red_while_nothing_runs(run):
    assert run(["helpdesk", "init", "/desk"]).returncode == 0
    assert run(["helpdesk", "health"]).returncode == 1
