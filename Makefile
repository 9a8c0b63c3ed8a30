# Two commands for a fresh machine with python3 (3.11 or newer) and make:
#   make run    one cycle of config.yaml, and what it found
#   make test   everything that CI runs
# PYTHON=/path/to/python picks another interpreter. Package indexes are pip's business: set PIP_INDEX_URL or pip.conf.

PYTHON ?= python3
VENV   ?= .venv
CONFIG ?= config.yaml
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run watch test install install-dev lint types imports unit wheel fuzz mutants clean

help:
	@sed -n '1,4s/^# \{0,1\}//p' Makefile

run: install
	@$(BIN)/substance-monitor run --config $(CONFIG)

watch: install
	@$(BIN)/substance-monitor watch --config $(CONFIG)

# A stamp holds the digest of what was installed from, so a second run installs nothing.
install: ; @$(call ensure,run,.)
install-dev: ; @$(call ensure,dev,.[dev$(comma)postgres$(comma)structure$(comma)warc])

comma := ,
define ensure
	set -eu; \
	digest=$$(cat pyproject.toml Makefile monitor/__init__.py | cksum | tr -d ' '); \
	stamp=$(VENV)/.installed-$(1); \
	if [ "$$(cat $$stamp 2>/dev/null)" = "$$digest" ] && [ -x $(BIN)/substance-monitor ]; then exit 0; fi; \
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; \
	  v > (3, 14) and print("== Python %d.%d is newer than what is tested (3.11 to 3.14); trying it" % v); \
	  sys.exit(0 if v >= (3, 11) else \
	  "Python 3.11 or newer is needed, $(PYTHON) is %d.%d; try: make PYTHON=python3.13 $(MAKECMDGOALS)" % v)'; \
	if ! [ -x $(BIN)/python ]; then \
	  echo "== making $(VENV)"; \
	  $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "python3 cannot make a virtual environment; on Debian: apt install python3-venv" >&2; exit 1; }; \
	fi; \
	echo "== installing into $(VENV) (once; about two minutes)"; \
	$(PIP) install -qq --editable '$(2)'; \
	printf '%s' "$$digest" > $$stamp
endef

test: install-dev lint types imports unit wheel
	@echo "== all checks passed"

lint:
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types:
	@echo "== mypy --strict"
	@$(BIN)/mypy --strict monitor

imports:
	@echo "== import contracts"
	@$(BIN)/lint-imports --no-logo

unit:
	@echo "== tests, with the quality floor and the docs"
	@$(BIN)/python -m pytest -q -n 2 -m "not slow"

wheel:
	@echo "== slow tests: the built wheel in an empty environment, and the like"
	@$(BIN)/python -m pytest -q -n 2 -m slow

# Outside CI: an hour of inputs that nobody should send, over every way in; MINUTES=10 for less.
MINUTES ?= 60
fuzz: install-dev
	@$(BIN)/python -m tests.robust.fuzz --minutes $(MINUTES)

# Outside CI: small changes of the code that no test notices; EACH=10 for fewer.
EACH ?= 50
mutants: install-dev
	@$(BIN)/python scripts/mutants.py --each $(EACH)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
