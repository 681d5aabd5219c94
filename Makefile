# Two commands matter: `make run` and `make test`. Everything they need is built in .venv.

PYTHON ?= python3
BIN := .venv/bin
CONFIG := demo/helpdesk.toml
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# The pins hold for what builds us, too: older versions of pip read the one, newer ones the other.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt

# Without compiled modules each daemon that a test starts would spend two seconds more on its imports.
unexport PYTHONDONTWRITEBYTECODE

# One more than there are cores: servers are waited for.
WORKERS = $(shell $(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)')

.PHONY: install run demo test fast soak crash mutants lint man bench docs clean

install: .venv/run

run: .venv/run
	@mkdir -p var/demo
	@$(BIN)/helpdesk db upgrade --config $(CONFIG)
	@$(BIN)/helpdesk serve --config $(CONFIG)

demo: .venv/run
	@$(BIN)/python demo/tour.py

test: .venv/dev
	$(BIN)/python -m pytest -m "" -n $(WORKERS) --dist worksteal

# What a developer runs all day: half a minute. tests/fast.txt says which tests these are.
fast: .venv/dev
	$(BIN)/python -m pytest -n auto --dist worksteal @tests/fast.txt

# The long numbers: a hundred thousand steps of a team at work, ten thousand mails in a minute, every story on
# PostgreSQL, whole products of lists. Hours.
soak: .venv/dev
	HELPDESK_SOAK=1 $(BIN)/python -m pytest -m soak

# Whether `make fast` sees a line that is broken: so many MUTANTS of core and desk, one at a time; SEED chooses others.
mutants: .venv/dev
	@$(BIN)/python -m tests.mutants --count $(or $(MUTANTS),30) --seed $(or $(SEED),1)

# Every fault there is, for so many MINUTES, or CYCLES; SEED repeats a choice of faults, ADD=1 keeps the result in bench/crash.md.
crash: .venv/dev
	@$(BIN)/python -m tests.crash.run --minutes $(or $(MINUTES),0) --cycles $(or $(CYCLES),0) --seed $(or $(SEED),0) $(if $(ADD),--add)

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

# A site in var/docs; a page that is in no table of contents, or a link that leads nowhere, is an error.
docs: .venv/docs man
	@$(BIN)/sphinx-build --quiet --fail-on-warning --conf-dir docs --doctree-dir var/doctrees . var/docs
	@echo "open var/docs/index.html"

# The manual page, in var: `man -l var/helpdesk.1`.
man: .venv/run
	@$(BIN)/python packaging/manpage.py var/helpdesk.1

clean:
	rm -rf .venv var dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/python: Makefile
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/run: .venv/python pyproject.toml constraints.txt
	@echo "installing (a minute, once)"
	@$(PIP) --editable .
	@touch $@

.venv/dev: .venv/python pyproject.toml constraints.txt
	@echo "installing with the development tools (a minute or two, once)"
	@$(PIP) --editable ".[dev]"
	@touch $@ .venv/run

.venv/docs: .venv/python pyproject.toml constraints.txt
	@$(PIP) --editable ".[docs]"
	@touch $@
