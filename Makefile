# A user needs `make run`; who changes the code needs `make test` and `make check` as well.
# PYTHON=python3.12 chooses the interpreter; ARGS="…" goes to `carecall demo`, pytest or the benchmark.

SHELL := /bin/sh
BIN := .venv/bin
UV ?= uv
# two more than there are cores: some tests wait for sound, a pause or another process
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)
LOCK := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--annotation-style line --quiet $(UPGRADE)
# one version of a package in all of the files
ADD_ON := $(LOCK) --constraint requirements/run.txt

EXPORTED := $(BIN)/python -c 'from core.exports.schema import schema_text; print(schema_text(), end="")'

.PHONY: help man run test check bench lock catalogues bundle deb sbom audit for-run for-dev \
	lint format types contracts words pages write-pages

help:
	@echo 'make run         open the console on a sample database'
	@echo 'make test        run the test suite'
	@echo 'make check       style, types, import contracts, message catalogues, generated pages'
	@echo 'make man         the manual pages, into build/man'
	@echo 'make bench       measure speed and size'
	@echo 'make bundle      one file for other hosts, dist/carecall-VERSION.pyz, and its SHA-256'
	@echo 'make deb         the same as a package for Debian and Ubuntu; ARCH=arm64 for another machine'
	@echo 'make sbom        what is in them, as CycloneDX: dist/carecall-VERSION.cdx.json'
	@echo 'make audit       ask what weaknesses are known of the locked packages; needs the network'
	@echo 'make catalogues  bring the message catalogues up to date'
	@echo 'make write-pages bring docs/keys.md, the settings of the README and docs/export.schema.json up to date'
	@echo 'make lock        pin the dependencies again; UPGRADE=--upgrade takes newer ones'

run: for-run
	@exec $(BIN)/carecall demo $(ARGS)

# hundreds of processes are started, each of which would compile what is kept for all here, wherever that is switched off
test: for-dev
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q -j 0 core tui
	@PYTHONDONTWRITEBYTECODE= exec $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

bench: for-dev
	@exec $(BIN)/python benchmarks/run.py $(ARGS)

# `make -k check` goes on after a failure and shows all of them.
check: lint format types contracts words pages

lint: for-dev
	@$(BIN)/ruff check --quiet

format: for-dev
	@$(BIN)/ruff format --check --quiet || { $(BIN)/ruff format --check; exit 1; }

types: for-dev
	@$(BIN)/mypy --no-error-summary

contracts: for-dev
	@$(BIN)/lint-imports --no-logo

words: for-dev
	@$(BIN)/python scripts/catalogues.py check

# in English and Korean; a wheel that is built after it has them under share/man
man: for-dev
	@$(BIN)/python scripts/man_pages.py

pages: for-dev
	@$(BIN)/python scripts/man_pages.py --check
	@$(BIN)/python -m tui.keys_doc --check
	@$(BIN)/python scripts/settings_doc.py --check
	@$(EXPORTED) | cmp -s - docs/export.schema.json || \
		{ echo 'docs/export.schema.json is stale: run make write-pages' >&2; exit 1; }

write-pages: for-dev
	@$(BIN)/python -m tui.keys_doc
	@$(BIN)/python scripts/settings_doc.py
	@$(EXPORTED) > docs/export.schema.json

bundle: for-run
	@$(BIN)/python scripts/make_bundle.py

deb: for-run
	@$(BIN)/python scripts/make_deb.py $(ARCH)

sbom audit: build/release/made-of
	@$(BIN)/python scripts/release.py $@

# what they need is for no user, and for no test
build/release/made-of: requirements/release.txt | for-run
	@rm -rf build/release
	@$(BIN)/python -m venv build/release
	@build/release/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

catalogues: for-dev
	@$(BIN)/python scripts/catalogues.py update
	@$(BIN)/python scripts/catalogues.py compile

lock:
	@command -v $(UV) >/dev/null || { echo 'make lock needs uv, the package manager.' >&2; exit 1; }
	$(LOCK) pyproject.toml --group build -o requirements/run.txt
	$(ADD_ON) --group dev -o requirements/dev.txt
	$(ADD_ON) --group postgresql -o requirements/postgresql.txt
	$(ADD_ON) --group sound -o requirements/sound.txt
	$(ADD_ON) --group simpleaudio -o requirements/simpleaudio.txt
	$(ADD_ON) --group release -o requirements/release.txt

for-run:
	@PYTHON='$(PYTHON)' sh scripts/set_up.sh

for-dev:
	@PYTHON='$(PYTHON)' sh scripts/set_up.sh --dev
