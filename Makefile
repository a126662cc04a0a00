# The two commands are `make try` and `make test`; each sets itself up in .venv.
# POSIX sh and GNU make. PYTHON=python3.12 picks an interpreter and gives it its own .venv-python3.12.

.POSIX:
.SUFFIXES:

PYTHON =
REPO =
ARGS =
# All tests on all cores; a few of them are sooner done in one process.
ALL = --numprocesses=auto --dist=worksteal
VENV = $(if $(PYTHON),.venv-$(notdir $(PYTHON)),.venv)
BIN = $(VENV)/bin
EXTENSION = $(wildcard $(shell git ls-files editors/vscode tests/editors/vscode-control))
PIP = $(BIN)/python -m pip -qq --disable-pip-version-check

.PHONY: help try test lint bench bench-server bench-matching docs clean

help:
	@echo 'make try               a guided tour over a small sample repository'
	@echo 'make try REPO=path     lint that repository instead; nothing is written into it'
	@echo 'make test              everything that is tested (ARGS="-k matching" picks)'
	@echo 'make lint              ruff, mypy, import layers'
	@echo 'make bench             measure against ruff, ast-grep and plain JSON; writes docs/benchmarks.md'
	@echo 'make bench-server      measure the language server against those of Ruff and ast-grep;'
	@echo '                       writes docs/server-benchmarks.md'
	@echo 'make bench-matching    measure what Redline and four other tools find of changed copies;'
	@echo '                       writes docs/accuracy.md (ARGS="--quick --dry" for a first look)'
	@echo 'make docs              write the generated pages again'
	@echo 'make clean             remove what these commands made'

try: $(VENV)/.try
	@$(BIN)/python scripts/try.py $(if $(REPO),'$(REPO)')

test: $(VENV)/.test $(VENV)/.validators $(VENV)/.editors $(VENV)/.extension
	@REDLINE_TEST_TOOLS="$$PWD/$(VENV)/tools" $(BIN)/python -m pytest $(or $(ARGS),$(ALL))

lint: $(VENV)/.lint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports >$(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }
	@tail -n 4 $(VENV)/imports.log | grep .

bench: $(VENV)/.bench
	@$(BIN)/python -m bench $(ARGS)

bench-server: $(VENV)/.bench
	@$(BIN)/python -m bench.server $(ARGS)

bench-matching: $(VENV)/.peers
	@$(BIN)/python -m bench.matching $(ARGS)

docs: $(VENV)/.test
	@$(BIN)/python -m redline.policy.document docs
	@$(BIN)/python -m redline.detect.marker_page >docs/markers.md.new
	@mv docs/markers.md.new docs/markers.md
	@$(BIN)/python -m redline.syntax.languages_page >docs/languages.md.new
	@mv docs/languages.md.new docs/languages.md
	@REDLINE_WRITE_HELP=1 $(BIN)/python -m pytest -q -k help_texts tests/cli >/dev/null
	@git status --short docs

clean:
	@rm -rf .venv .venv-* dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@rm -rf .import_linter_cache .benchmarks
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@sh scripts/venv.sh '$(VENV)' '$(PYTHON)'
	@touch $@

$(VENV)/.try: $(VENV)/.python pyproject.toml
	@echo 'installing Redline into $(VENV) ...'
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.try pyproject.toml
	@echo 'installing what the tests need ...'
	@$(PIP) install --group test
	@touch $@

$(VENV)/.lint: $(VENV)/.test
	@echo 'installing ruff, mypy and import-linter ...'
	@$(PIP) install --group lint
	@touch $@

$(VENV)/.bench: $(VENV)/.test pyproject.toml
	@echo 'installing what the benchmarks compare with ...'
	@$(PIP) install --group bench
	@touch $@

# Dolos has no wheel; without npm, or where its parsers do not compile, the benchmark leaves it out.
$(VENV)/.peers: $(VENV)/.bench bench/matching/peers/package.json \
    bench/matching/peers/package-lock.json
	@if command -v npm >/dev/null 2>&1; then \
	  echo 'installing Dolos, which compiles its parsers: some minutes ...'; \
	  mkdir -p '$(VENV)/tools/peers' \
	    && cp bench/matching/peers/package.json bench/matching/peers/package-lock.json \
	      '$(VENV)/tools/peers/' \
	    && (cd '$(VENV)/tools/peers' && npm ci --silent --no-fund --no-audit) \
	    || echo 'npm could not install it: Dolos is left out'; \
	else echo 'no npm here: Dolos is left out'; fi
	@touch $@

# The SARIF validator is a program of its own; without npm, or offline, its test says that it skips.
$(VENV)/.validators: $(VENV)/.python
	@if command -v npm >/dev/null 2>&1 && [ "$$(uname -sm)" = 'Linux x86_64' ]; then \
	  echo 'installing the SARIF validator ...'; \
	  npm install --silent --no-fund --no-audit --prefix '$(VENV)/tools' \
	    @microsoft/sarif-multitool-linux@5 >/dev/null 2>&1 \
	    || echo 'npm could not install it: the test that needs it is skipped'; \
	else echo 'no npm on Linux here: the test of the SARIF validator is skipped'; fi
	@touch $@

# Emacs, Vim, Neovim, Helix, Chromium and the workbench of VS Code, without root; where one cannot be
# had, the tests that need it are skipped with a word, and fail in CI.
$(VENV)/.editors: $(VENV)/.test scripts/editors.py
	@echo 'installing the editors that the server is tested with ...'
	@$(BIN)/python scripts/editors.py '$(VENV)/tools/editors' debian vim trixie workbench \
	  || echo 'not all could be installed: the tests that need them say so'
	@touch $@

# As users get it, with the server inside.
$(VENV)/.extension: $(VENV)/.editors $(EXTENSION)
	@echo 'building the package for VS Code ...'
	@rm -rf '$(VENV)/tools/editors/extension'
	@$(BIN)/python scripts/editors.py '$(VENV)/tools/editors' extension \
	  || echo 'it could not be built: the tests that need it say so'
	@touch $@
