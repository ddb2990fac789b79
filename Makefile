# Every target sets up all that it needs in .venv. The only requirements are Python 3.11 or newer and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: help demo test check bench format docs clean

help:
	@echo "make demo    the whole story in the local sandbox, from a broken project to a finished backfill"
	@echo "make test    set up everything and run all tests"
	@echo "make check   formatting, lint, types, generated documents"
	@echo "make bench   measurements (ratios inside one run)"
	@echo "make docs    write the generated documents again"
	@echo "make clean   remove .venv and caches"

$(VENV)/.sandbox: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[sandbox]'
	@touch $@

$(VENV)/.dev: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.sandbox

demo: $(VENV)/.sandbox
	$(BIN)/nukediag demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup \
	  || { echo "what failed beside other sandboxes gets one try alone:"; \
	       $(BIN)/python -m pytest --last-failed --last-failed-no-failures none; }

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m docs.generate --check

docs: $(VENV)/.dev
	$(BIN)/python -m docs.generate

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
