# Every target sets up all that it needs in .venv. The only requirements are Python 3.11 or newer and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
FUZZ_MINUTES ?= 10
# What to run on the oldest libraries and on other Pythons: areas of the tests, --resume, --without-sandbox.
SUITE ?=
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check

.PHONY: help demo test browser-test check bench format docs clean lock audit sbom dist minimal pythons coverage mutation soak fuzz

help:
	@echo "make demo    the whole story in the local sandbox, from a broken project to a finished backfill"
	@echo "make test    set up everything and run all tests"
	@echo "make browser-test  the report's pages in a real Chromium (which it asks for where there is none)"
	@echo "make check   formatting, lint, types, generated documents"
	@echo "make bench   measurements (ratios inside one run)"
	@echo "make docs    write the generated documents again"
	@echo "make lock    resolve requirements/ anew from setup.cfg (asks the package index)"
	@echo "make audit   known vulnerabilities of what is locked (asks the advisory service)"
	@echo "make dist    wheel, sdist and bill of materials, the same bytes from the same commit"
	@echo "make minimal the tests on the oldest libraries that setup.cfg admits (SUITE=\"--resume gate rows\")"
	@echo "make pythons the tests on every supported Python that is here (SUITE as above)"
	@echo "make coverage the code that decides, by branch: every file at 95 % or more"
	@echo "make mutation small wrongs in that code: a test must fail for each (an hour or more)"
	@echo "make soak    ten minutes of kills and faults of every part of a real sandbox"
	@echo "make fuzz    hostile input at length, led by what it reaches in the code (FUZZ_MINUTES=10)"
	@echo "make clean   remove .venv and caches"

$(VENV)/.sandbox: setup.cfg pyproject.toml requirements/sandbox.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --requirement requirements/sandbox.txt
	$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/.dev: setup.cfg pyproject.toml requirements/dev.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --requirement requirements/dev.txt
	$(PIP) --no-deps --editable .
	@touch $@ $(VENV)/.sandbox

demo: $(VENV)/.sandbox
	$(BIN)/nukediag demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup \
	  || { echo "what failed beside other sandboxes gets one try alone:"; \
	       $(BIN)/python -m pytest --last-failed --last-failed-no-failures none; }

browser-test: $(VENV)/.dev
	$(BIN)/python -m pytest browser_tests

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m docs.generate --check
	$(BIN)/python -m release.locks --check
	$(BIN)/python -m release.audit --lenient

docs: $(VENV)/.dev
	$(BIN)/python -m docs.generate

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

lock: $(VENV)/.dev
	$(BIN)/python -m release.locks

audit: $(VENV)/.dev
	$(BIN)/python -m release.audit

sbom: $(VENV)/.dev
	mkdir -p dist
	$(BIN)/cyclonedx-py requirements --output-reproducible --output-file dist/nukediag.cdx.json requirements/core.txt

dist: $(VENV)/.dev sbom
	$(BIN)/python -m release.distributions dist

minimal: $(VENV)/.dev
	$(BIN)/python -m release.minimal $(SUITE)

pythons: $(VENV)/.dev
	$(BIN)/python -m release.pythons $(SUITE)

coverage: $(VENV)/.dev
	$(BIN)/python -m quality.covered

mutation: $(VENV)/.dev
	$(BIN)/python -m quality.mutants

soak: $(VENV)/.dev
	$(BIN)/python -m benchmarks.soak --minutes 10

# Where atheris has no wheel, this file brings nothing that was not there, and the inputs are drawn by chance.
$(VENV)/.fuzz: $(VENV)/.dev requirements/fuzz.txt
	$(PIP) --require-hashes --requirement requirements/fuzz.txt
	@touch $@

fuzz: $(VENV)/.fuzz
	$(BIN)/python -m pytest fuzz_tests
	$(BIN)/python -m fuzz --minutes $(FUZZ_MINUTES)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
