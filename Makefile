# Two commands are enough: `make book` and `make test`. Each does all of its own set-up.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up
JOBS   ?= 2

export PIP_DISABLE_PIP_VERSION_CHECK = 1
# One line instead of one per unset option of the user's own npm settings.
export npm_config_loglevel = error

.DEFAULT_GOAL := help
.PHONY: help setup book test lab lint bench picture constraints clean distclean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(STAMP) ## the virtual environment with everything in it (book and test call it)

# The stamp is touched last, so an interrupted installation is done again.
$(STAMP): pyproject.toml constraints.txt book/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) --version 2>&1). Say which one to use: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) has no venv module. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[book,search,text,clip,test,lint]'
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --prefix book --ignore-scripts --no-audit --no-fund
	$(BIN)/jupytext-config --settings-file $(VENV)/etc/jupyter/labconfig/default_setting_overrides.json set-default-viewer >/dev/null
	@touch $@

book: $(STAMP) ## execute the chapters, build the pages (_build/html/index.html), check every number
	$(BIN)/zsr book build --jobs $(JOBS)
	$(BIN)/zsr book check

test: $(STAMP) ## all tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(TESTS)

lab: $(STAMP) ## JupyterLab; the text notebooks in notebooks/ open as notebooks with a double click
	$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks

lint: $(STAMP) ## style, names, types in signatures, docstrings, who imports whom
	$(BIN)/ruff check zsr_lib tests benchmarks
	$(BIN)/lint-imports --no-cache

bench: $(STAMP) ## timings, as JSON files in _build/benchmarks
	for file in benchmarks/*.py; do $(BIN)/python $$file --out _build/benchmarks || exit 1; done

picture: $(STAMP) ## draw the README's picture again
	$(BIN)/python -m zsr_lib.viz.overview book/static/overview.png

constraints: $(STAMP) ## write constraints.txt from what is installed now (after trying new versions)
	$(BIN)/python -m pip list --format=freeze --exclude-editable --exclude pip --exclude setuptools --exclude wheel \
	  | sed -E 's/\+[a-z0-9.]+$$//' | LC_ALL=C sort -f > constraints.txt

clean: ## remove what was built; keeps the environment
	rm -rf _build

distclean: clean ## remove the environment too
	rm -rf $(VENV) book/node_modules
