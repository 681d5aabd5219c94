"""Templates held against what their mails give them: shipped ones, the operator's, and the names that the docs list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpdesk.core.words.drafts import CONTENTS, ToAgent, ToCustomer
from helpdesk.shipped import shipped
from helpdesk.templates import Templates, names
from helpdesk.templates.check import check

DOCS = (Path(__file__).parent.parent / "docs" / "templates.md").read_text(encoding="utf-8")
TOP = "Subject: x\n"


def found(files):
    """The problems of an operator's files, without `templates/`; of the shipped ones what they may include is there."""
    parts = {path.name: path.read_text(encoding="utf-8") for path in shipped("templates").glob("_*.txt")}
    problems = check(tuple((parts | files).items())).problems
    return [str(problem).removeprefix("templates/") for problem in problems]


def laid_over(folder, files):
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Templates(folder)


@pytest.mark.parametrize(
    ("template", "said", "problem"),
    [
        ("ack", "{{ subjct }}", 'there is no name "subjct" here; the nearest is "subject"'),
        ("ack", "{{ rate.good }}", 'there is no name "rate" here, only in closed'),
        ("relay", "{{ requester }}", 'there is no name "requester" here, only in assigned, customer-message, '),
        ("assigned", "{{ requster | upper }}", '"requster" here; the nearest is "requester"'),
        ("alert", "{{ headlin }}", '"headlin" here; the nearest is "headline"'),
        ("statement", "{{ counts.event }}", 'there is no "event" in counts; the nearest is "events"'),
        ("de/ack", "{{ to.adress }}", 'there is no "adress" in to; the nearest is "address"'),
        ("fr/closed", '{{ to["adress"] }}', '"adress" in to'),
        ("relay", "{{ subject.uper() }}", '"uper" in subject; the nearest is "upper"'),
        ("ack", "{% if known %}{% if false %}{{ nam }}{% endif %}{% endif %}", '"nam" here; the nearest is "name"'),
        ("ack", '{{ "a" if known else nam }}', '"nam" here'),
        ("ack", "{% for d in declared %}{{ d.nme }}{% endfor %}", '"nme" in d; the nearest is "name"'),
        ("ack", "{% for d in declared %}{{ loop.indx }}{% endfor %}", '"indx" in loop; the nearest is "index"'),
        ("ack", "{% for d in declared %}{% endfor %}{{ d }}", 'no name "d" here'),
        ("ack", "{% for d in not_owed if d.abut %}{% endfor %}", '"abut" in d; the nearest is "about"'),
        ("ack", '{{ not_owed | map(attribute="nam") | join }}', '"nam" in not_owed; the nearest is "name"'),
        ("ack", '{{ not_owed | selectattr("abot") | list }}', '"abot" in not_owed'),
        ("ack", "{{ (not_owed | first).nam }}", '"nam" in '),
        ("echo", "{{ mistakes[0].lin }}", '"lin" in mistakes[...]; the nearest is "line"'),
        ("echo", "{% for m in unseen %}{{ m.author.shwn }}{% endfor %}", '"shwn" in m.author; the nearest is "shown"'),
        ("alert", "{% for a, b in details %}{{ a.foo }}{{ b }}{% endfor %}", '"foo" in a'),
        ("assigned", "{{ first_due.bye }}", '"bye" in first_due; the nearest is "by"'),
        ("assigned", "{{ reply.people[0].adress }}", '"adress" in reply.people[...]; the nearest is "address"'),
        ("page", "{% with s = step %}{{ s.du }}{% endwith %}", '"du" in s; the nearest is "due"'),
        ("page", "{% set s = step %}{{ s.du }}", '"du" in s'),
        ("relay", "{% macro hi(who) %}{{ who }}{{ nme }}{% endmacro %}{{ hi(name) }}", '"nme" here'),
        ("relay", "{% call(x) joiner() %}{{ x }}{{ nme }}{% endcall %}", '"nme" here'),
        ("relay", "{% filter upper %}{{ nme }}{% endfilter %}", '"nme" here'),
        ("relay", "{% block a %}{{ nme }}{% endblock %}", '"nme" here'),
        ("relay", "{% set x %}{{ nme }}{% endset %}", '"nme" here'),
        ("relay", "{{ text | verbtim }}", 'there is no filter "verbtim"; the nearest is "verbatim"'),
        ("relay", "{% if known %}{{ text | verbtim }}{% endif %}", 'there is no filter "verbtim"'),
        ("relay", "{% if text is strng %}{% endif %}", 'there is no test "strng"; the nearest is "string"'),
        ("ack", '{% include "_nt_owed.txt" %}', 'no template "_nt_owed.txt"; the nearest is "_not_owed.txt"'),
        ("ack", '{% include ["_a.txt", "_b.txt"] %}', 'no template "_a.txt"'),
        ("ack", '{% from "_words.txt" import hi, hello %}', '"hello" in _words.txt'),
        ("ack", '{% import "_words.txt" as words %}{{ words.ho() }}', '"ho" in words'),
        ("ack", "{% if fooo is defined %}{{ fooo }}{% endif %}", 'no name "fooo" here'),
        ("ack", "{% if step is defined %}{% else %}{{ step }}{% endif %}", 'no name "step" here, only in warning'),
    ],
)
def test_what_a_mail_has_not_is_named_with_its_line_and_the_nearest(template, said, problem):
    words = "{% macro hi(x) %}{{ x }}{% endmacro %}"
    told = found({f"{template}.txt": f"{TOP}Hello,\n\n{said}", "_words.txt": words})

    assert [line for line in told if line.startswith(f"{template}.txt: line 4: ") and problem in line] == told != []


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("ack", "{% if step is defined %}{{ step.late }}{% endif %}{{ grade is defined and grade }}"),
        ("ack", "{% if step is undefined %}{% else %}{{ step }}{% endif %}{{ rate | default('none') }}"),
        ("ack", "{% if not (step is defined) or rate is not defined %}{% else %}{{ step }}{{ rate }}{% endif %}"),
        ("ack", "{% set x = name %}{% if known %}{% set y = 1 %}{% else %}{% set y = 2 %}{% endif %}{{ x }}{{ y }}"),
        ("ack", "{% set n = namespace(a=1) %}{% set n.a = 2 %}{{ n.a }}{{ range(3) | list }}{{ lipsum }}"),
        ("ack", "{% macro a() %}{{ b(name) }}{% endmacro %}{% macro b(x) %}{{ x }}{{ caller }}{% endmacro %}{{ a() }}"),
        ("ack", "{% for x in missing recursive %}{{ loop(x) }}{{ loop.index }}{{ x[0].upper() }}{% endfor %}"),
        ("ack", '{% include ["_a.txt", "_not_owed.txt"] %}{% include "_a.txt" ignore missing %}{% include name %}'),
        ("relay", "{{ {'open': 1}[status] }}{{ text.splitlines()[0].strip() }}{{ subject[:3].upper() }}"),
        ("digest", "{% for t, lines in (('a', late), ('b', due)) %}{{ t }}{{ lines | length }}{% endfor %}"),
    ],
)
def test_what_jinja_allows_is_no_problem(template, said):
    assert found({f"{template}.txt": f"{TOP}{said}"}) == []


def test_what_is_included_is_held_against_each_mail_that_includes_it(tmp_path):
    """`_facts.txt` is the operator's own; one that only closed mails fit says so for the others."""
    told = laid_over(tmp_path, {"_facts.txt": "Case: {{ ref }}\n\n{{ grade }}\n{{ subjct }}\n"}).problems()

    assert [line.partition(" (in ")[0] for line in told] == [
        'templates/_facts.txt: line 3: there is no name "grade" here, only in rated',
        'templates/_facts.txt: line 4: there is no name "subjct" here; the nearest is "subject"',
    ]
    assert "(in assigned, bounced, breach and 17 more)" in told[1]
    assert "and 16 more" in told[0]


def test_a_parent_has_what_its_child_has_set_and_no_more():
    child = '{% extends "_base.txt" %}{% set title = "x" %}{% block b %}{{ super() }}{{ nme }}{% endblock %}'
    told = found({"ack.txt": child, "_base.txt": f"{TOP}{{{{ title }}}}{{% block b %}}{{{{ dew }}}}{{% endblock %}}"})

    assert [line.partition(";")[0] for line in told] == [
        '_base.txt: line 2: there is no name "dew" here',
        'ack.txt: line 1: there is no name "nme" here',
    ]


@pytest.mark.parametrize("text", ["Hello\n", "", "{# all of it #}", "{% set x = 1 %}\nHello {{ x }}"])
def test_a_mail_without_a_subject_is_found_before_it_is_written(text):
    assert "expected 'Subject: ...' on the first line" in found({"ack.txt": text})[0]


def test_every_misspelt_name_of_every_shipped_template_is_found_on_its_line():
    """Down every branch, in each language, and in what is included."""
    sources, wrong = {}, set()
    for path in shipped("templates").rglob("*.txt"):
        file = path.relative_to(shipped("templates")).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        misspelt = [re.sub(r"(\{\{ |\{% (?:el)?if )(?=[a-z])(?!not )", r"\1zz_", line) for line in lines]
        wrong |= {(file, number) for number, line in enumerate(misspelt, 1) if "zz_" in line}
        sources[file] = "\n".join(misspelt)
    told = {(problem.file, problem.line) for problem in check(tuple(sources.items())).problems}

    assert len(wrong) > 200
    assert wrong - told == set()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("akc.txt", "no mail is written by it; the nearest is ack.txt"),
        ("_fact.txt", "no mail is written by it; the nearest is _facts.txt"),
        ("de/akc.txt", "no mail in that language is written by it; the nearest is ack.txt"),
        ("de/assigned.txt", "no mail in that language is written by it"),
        ("german/ack.txt", "no mail in that language is written by it"),
    ],
)
def test_a_file_that_no_mail_is_written_by_is_a_warning(tmp_path, file, said):
    templates = laid_over(tmp_path, {file: f"{TOP}{{{{ whatever }}}}"})

    assert (templates.problems(), templates.unused()) == ([], [f"templates/{file}: {said}"])


@pytest.mark.parametrize("files", [{"fr/ack.txt": TOP}, {"en/assigned.txt": TOP}, {"ack.txt": f"{TOP}no parts"}])
def test_a_file_of_a_mail_and_what_we_ship_are_no_warning(tmp_path, files):
    templates = laid_over(tmp_path, files)

    assert (templates.problems(), templates.unused()) == ([], [])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"fr/relay.txt": f"{TOP}{{{{ text }}}}"}, ["templates/fr/relay.txt: says nothing of greeted, known, name,"]),
        (
            {
                "it/relay.txt": "Subject: {{ subject }} {{ ref }}\n{{ text }}{{ greeted, known, name, others, signed, signature }}"
            },
            ["templates/it: no ack, closed,"],
        ),
        ({"ack.txt": f"{TOP}no parts", "de/ack.txt": f"{TOP}no parts"}, []),
        ({"relay.txt": f"{TOP}{{{{ to.name }}}}"}, []),  # what we ship in other languages is not theirs to mend
    ],
)
def test_what_a_language_leaves_out_of_the_english_is_a_warning(tmp_path, files, said):
    found = laid_over(tmp_path, files).left_out()

    assert [one[: len(begins)] for one, begins in zip(found, said, strict=True)] == said


# --- the docs


def rows():
    table = DOCS.partition("| in | names |\n|---|---|\n")[2].partition("\n\n")[0]
    return [line.strip("| ").split(" | ", 1) for line in table.splitlines()]


def documented(template):
    """The names that the docs give a template, each with those in parentheses behind it."""
    content = CONTENTS[template]
    about_a_case = {"all about a case", "to customers" if issubclass(content, ToCustomer) else "to agents"}
    headings, told = about_a_case if issubclass(content, (ToCustomer, ToAgent)) else set(), {}
    for where, text in rows():
        if where in headings or f"`{template}`" in where:
            told |= _names(text)
    return told


def _names(text):
    found, depth, last = {}, 0, ""
    for mark, name in re.findall(r"([()])|`(\w+)`", text):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if name and depth == 0:
            last = name
            found.setdefault(name, set())
        elif name:
            found[last].add(name)
    return found


@pytest.mark.parametrize("template", sorted(CONTENTS))
def test_the_docs_list_the_names_of_each_mail_and_no_others(template):
    assert documented(template).keys() == names.names(template).keys()


@pytest.mark.parametrize("template", sorted(CONTENTS))
def test_the_parts_of_a_name_that_the_docs_list_are_there(template):
    """Where a name has no parts, the docs may say in parentheses what it is one of."""
    for name, parts in documented(template).items():
        kind = names.names(template)[name]
        there = names.members(names.part(kind) if "tuple" in str(kind) else kind) or {}
        if "upper" not in there and "real" not in there:
            assert parts <= there.keys(), name
