"""Mail in a Maildir: whole or not at all, once however often it is delivered, and easy to find."""

import mailbox
import os
import shutil
import stat
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from helpdesk import failpoints
from helpdesk.errors import Unavailable
from helpdesk.wires import maildir
from helpdesk.wires.courier import Failed, Outgoing, Retry, Sent
from helpdesk.wires.outgoing import open_courier

RAW = b"From: support@desk.example\r\nSubject: Hello\r\nMessage-ID: <1@desk.example>\r\n\r\n.text\r\n"
MAIL = Outgoing("support@desk.example", "ann@client.example", RAW, "<1@desk.example>")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "demo"


@pytest.fixture
def courier(path):
    return open_courier(f"maildir:{path}")


def files(path):
    return sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file())


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_a_mail_lies_in_new_byte_for_byte_and_its_name_begins_with_the_recipient(courier, path):
    outcome = courier.deliver(MAIL)
    assert outcome == Sent(files(path)[0])
    assert files(path)[0].startswith("new/ann@client.example.")
    assert (path / files(path)[0]).read_bytes() == RAW


def test_pythons_own_maildir_reads_it(courier, path):
    courier.deliver(MAIL)
    courier.deliver(replace(MAIL, recipient="bob@client.example"))
    box = mailbox.Maildir(path, create=False)
    assert [message["Subject"] for message in box] == ["Hello", "Hello"]
    assert {message.get_subdir() for message in box} == {"new"}


def test_the_same_mail_again_is_the_same_file(courier, path):
    """Crash table, row "sent, before D": here a second copy folds by itself."""
    assert courier.deliver(MAIL) == courier.deliver(MAIL)
    assert len(files(path)) == 1


def test_another_recipient_or_another_mail_is_another_file(courier, path):
    courier.deliver(MAIL)
    courier.deliver(replace(MAIL, recipient="bob@client.example"))
    courier.deliver(replace(MAIL, message_id="<2@desk.example>"))
    assert len(files(path)) == 3


def test_the_same_mail_again_stays_where_a_mail_program_has_put_it(courier, path):
    courier.deliver(MAIL)
    [name] = names(path / "new")
    (path / "new" / name).rename(path / "cur" / f"{name}:2,FS")
    assert courier.deliver(MAIL) == Sent(f"already read: {name}")
    assert files(path) == [f"cur/{name}:2,FS"]


@pytest.mark.parametrize(
    ("recipient", "begins"),
    [
        ("Ann.Berg+x@Client.Example", "ann.berg+x@client.example."),
        ("a/b|c@client.example", "a_b_c@client.example."),
        ("jörg@client.example", "j_rg@client.example."),
        ("-rf@client.example", "-rf@client.example."),
        ("x" * 64 + "@" + "y" * 60 + ".example", "x" * 64 + "@"),
    ],
)
def test_a_file_name_is_plain_whatever_the_address(courier, path, recipient, begins):
    """C08: nothing from outside decides where a file lies."""
    assert isinstance(courier.deliver(replace(MAIL, recipient=recipient)), Sent)
    [name] = names(path / "new")
    assert name.startswith(begins)
    assert len(name) < 128
    assert not set(name) & set("/:,\0\n")
    [message] = mailbox.Maildir(path, create=False)
    assert message["Subject"] == "Hello"


def test_an_address_that_smtp_could_not_say_fails_here_too(courier, path):
    """O04: a demonstration behaves as the real thing does."""
    assert isinstance(courier.deliver(replace(MAIL, recipient="../../x\r\n@client.example")), Failed)
    assert not path.exists()


# The moment before the mail is there


def test_the_mark_is_made_when_the_mail_is_written_and_not_yet_visible(courier, path):
    """O01."""
    seen = []
    courier.deliver(MAIL, before_dot=lambda: seen.append([file.partition("/")[0] for file in files(path)]))
    assert seen == [["tmp"]]
    assert len(files(path)) == 1


@pytest.mark.parametrize("fault", [RuntimeError, OSError, KeyboardInterrupt])
def test_when_the_mark_fails_nothing_is_delivered_and_nothing_is_left(courier, path, fault):
    """O06."""

    def lost_lease():
        raise fault("another worker has it")

    with pytest.raises(fault, match="another worker has it"):
        courier.deliver(MAIL, before_dot=lost_lease)
    assert files(path) == []


def test_the_order_is_write_sync_mark_move_sync(courier, path, monkeypatch):
    """S01 for the way out: what is visible is whole, and what is called sent survives a power cut."""
    done = []
    sync, move = os.fsync, type(path).replace

    def spy_sync(descriptor):
        sync(descriptor)
        done.append(f"sync {'new' if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 'file'}")

    monkeypatch.setattr(os, "fsync", spy_sync)
    monkeypatch.setattr(type(path), "replace", lambda *given: (done.append("move"), move(*given))[1])
    courier.deliver(MAIL, before_dot=lambda: done.append("mark"))
    assert done == ["sync file", "mark", "move", "sync new"]


@pytest.mark.parametrize(("place", "visible"), [("out.pre_data", 0), ("out.post_dot", 1), ("out.post_250", 1)])
def test_killed_anywhere_the_mail_is_there_once_after_the_next_try(courier, path, place, visible):
    """O01, with a real kill -9: loss 0, and here also duplicates 0."""
    code = (
        "from helpdesk.wires.courier import Outgoing\n"
        "from helpdesk.wires.outgoing import open_courier\n"
        f"open_courier('maildir:{path}').deliver(Outgoing("
        f"{MAIL.mail_from!r}, {MAIL.recipient!r}, {RAW!r}, {MAIL.message_id!r}))"
    )
    environment = {**os.environ, "HELPDESK_FAILPOINTS": f"{place}=kill"}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert killed.returncode == -9
    assert len(names(path / "new")) == visible
    assert isinstance(courier.deliver(MAIL), Sent)
    assert len(names(path / "new")) == 1


def test_an_unforeseen_fault_goes_to_the_caller(courier, path, monkeypatch):
    monkeypatch.setattr(failpoints, "_ARMED", {"out.post_dot": ("raise", 1)})
    monkeypatch.setattr(failpoints, "_HITS", {})
    with pytest.raises(failpoints.InjectedFault):
        courier.deliver(MAIL)
    assert isinstance(courier.deliver(MAIL), Sent)
    assert len(files(path)) == 1


# Disks


def test_a_folder_that_vanishes_while_we_run_is_made_again(courier, path):
    courier.deliver(MAIL)
    shutil.rmtree(path)
    assert isinstance(courier.deliver(MAIL), Sent)


def test_a_path_that_cannot_be_a_folder_is_worth_another_try(courier, path):
    path.parent.mkdir()
    path.write_text("a file")
    assert courier.deliver(MAIL) == Retry("Maildir: Not a directory")
    with pytest.raises(Unavailable, match=r"demo: expected a folder that can be written; Maildir: Not a directory$"):
        courier.probe()


@pytest.mark.parametrize("fails_at", ["write", "move", "sync of new"])
def test_a_full_or_broken_disk_is_worth_another_try_and_leaves_no_half_mail(courier, path, monkeypatch, fails_at):
    """D03."""

    def broken(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if fails_at == "write":
            patch.setattr(os, "fsync", broken)
        elif fails_at == "move":
            patch.setattr(type(path), "replace", broken)
        else:
            patch.setattr(maildir, "_sync_folder", broken)
        outcome = courier.deliver(MAIL)
    assert outcome == Retry("Maildir: No space left on device", uncertain=fails_at == "sync of new")
    assert len(files(path)) == (1 if outcome.uncertain else 0)
    assert isinstance(courier.deliver(MAIL), Sent)
    assert len(files(path)) == 1


def test_a_probe_leaves_nothing_behind(courier, path):
    courier.probe()
    assert files(path) == []
    assert names(path) == ["cur", "new", "tmp"]
    courier.close()


def test_threads_deliver_side_by_side(courier, path):
    """Two workers with one mail after a lost lease write into two temporary files, not into one."""
    mails = [replace(MAIL, message_id=f"<{n // 2}@desk.example>") for n in range(24)]
    threads = [threading.Thread(target=courier.deliver, args=(mail,)) for mail in mails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(path)) == 12
    assert {(path / file).read_bytes() for file in files(path)} == {RAW}
