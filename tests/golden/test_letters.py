"""Every kind of mail, to the letter. `HELPDESK_GOLDEN=rewrite pytest tests/golden` writes the files anew; read the diff."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from unittest import mock

import pytest

from helpdesk.languages import WRITTEN
from helpdesk.shipped import shipped
from helpdesk.templates import Templates
from helpdesk.templates.complete import left_out
from helpdesk.templates.names import names
from tests.golden.further import further
from tests.golden.letters import html_of, letters, steady, text_of

FOLDER = Path(__file__).parent
TEMPLATES = shipped("templates")
REWRITE = os.environ.get("HELPDESK_GOLDEN") == "rewrite"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
AXE = FOLDER.parent / "axe" / "axe.min.js"  # axe-core 4.14.1, as it is published (MPL-2.0, licence beside it)
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def rendered():
    """Every template that a letter was written from, filled while the letters are written."""
    return set()


@pytest.fixture(scope="session")
def given():
    """The names that each template was given, filled likewise."""
    return {}


@pytest.fixture(scope="session")
def written(rules, rendered, given, tmp_path_factory):
    find, render = Templates._template, Templates.render

    def seen(templates, kind, language):
        template = find(templates, kind, language)
        rendered.add(template.name)
        return template

    def told(templates, kind, language, facts):
        given.setdefault(kind, set()).add(frozenset(facts))
        return render(templates, kind, language, facts)

    with mock.patch.object(Templates, "_template", seen), mock.patch.object(Templates, "render", told):
        return {**letters(rules), **further(tmp_path_factory.mktemp("letters"))}


def test_there_is_a_letter_of_every_template(written, rendered):
    shipped_ones = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.txt")}

    missing = {name for name in shipped_ones if not Path(name).name.startswith("_")} - rendered
    assert not missing, "bring them into tests/golden/further.py, and look at their pictures"


def test_each_template_is_given_the_names_that_it_is_held_against(written, given):
    assert given == {template: {frozenset(names(template))} for template in given}


def test_customers_can_be_written_to_in_each_language_whatever_it_is_about():
    """LAI-13: but for the credit statement. Every name of the English is in each language."""
    sources = {path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8") for path in TEMPLATES.rglob("*.txt")}

    assert {name.partition("/")[0] for name in sources if "/" in name} == {*WRITTEN} - {"en"}
    assert list(left_out(sources, sources)) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("face", "suffix"), [(text_of, "txt"), (html_of, "html")])
def test_the_letter_reads_as_it_should(written, name, face, suffix):
    file = FOLDER / f"{name}.{suffix}"
    said = steady(face(written[name]))
    if REWRITE:
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8")


def test_there_is_a_file_for_every_letter_and_no_other(written):
    files = {path.name for path in FOLDER.iterdir() if path.suffix in {".txt", ".html"}}

    if REWRITE:
        for name in set(written) - set(NAMES):
            (FOLDER / f"{name}.txt").write_text(steady(text_of(written[name])), encoding="utf-8")
            (FOLDER / f"{name}.html").write_text(steady(html_of(written[name])), encoding="utf-8")
        files = {path.name for path in FOLDER.iterdir() if path.suffix in {".txt", ".html"}}
    assert files == {f"{name}.{suffix}" for name in written for suffix in ("txt", "html")}


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_our_own_is_too_long_for_a_terminal(written, name):
    own = [line for line in text_of(written[name]).partition("\n\n")[2].splitlines() if not line.startswith(">")]

    assert [line for line in own if len(line) > 72] == []


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("assigned", "[HD-3] Medium · reply by Thu 21 May 09:40"),
        ("reminder-snooze", "[HD-1] you wanted to be reminded · "),
        ("warning", "[HD-1] Urgent · reply due Tue 19 May 11:15"),
        ("breach", "[HD-1] BREACHED · Urgent · due Tue 19 May 11:15"),
        ("escalation", "[HD-1] ESCALATED · Urgent · due Tue 19 May 11:15"),
        ("customer-message", "[HD-1] Critical"),
    ],
)
def test_a_lock_screen_shows_case_severity_and_what_is_due(written, name, begins):
    """It shows some forty letters."""
    assert written[name].subject.startswith(begins)


@pytest.mark.parametrize("name", NAMES)
def test_what_an_agent_gets_says_little_before_what_was_written_and_its_subject_fits_a_phone(written, name):
    """But for what goes back to its author."""
    mail = written[name]
    if name.endswith(("maintenance", "statement")) or not mail.to.endswith("@desk.example"):
        return
    before, quote, _ = text_of(mail).partition("\n\n")[2].partition("\n>")

    assert len(mail.subject) <= 60 or name == "alert"
    assert not quote or mail.kind == "echo" or len(before.splitlines()) <= 12


@pytest.fixture(scope="module")  # while one runs, no other can be started
def browser():
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine: mails are not looked at in a browser")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    flags = (
        "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync"
    )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=flags.split())
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_every_letter_without_scrolling_sideways_axe_finds_nothing_and_nobody_is_asked(
    written, browser, scheme, tmp_path
):
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)
    asked, axe = [], AXE.read_text(encoding="utf-8")
    page.on("request", lambda request: asked.append(request.url))
    shots = Path(os.environ.get("HELPDESK_SCREENSHOTS") or tmp_path)
    for name in NAMES:
        html = html_of(written[name])
        assert "<script" not in html
        page.set_content(html)
        for width in (320, PHONE["width"]):
            page.set_viewport_size({**PHONE, "width": width})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.evaluate(axe)
        assert page.evaluate("axe.run(document).then(found => found.violations.map(one => one.id))") == [], name
        page.screenshot(path=shots / f"{name}-{scheme}.png", full_page=True)
    page.close()
    assert asked == []
