# The commands of this project; `make` or `make help` lists them.
# Everything lives in the checkout: .venv/ (Python), .airflow/ (the Airflow of `make run`).

# The first Python that Airflow's providers support; `make PYTHON=/path/to/python3.12 …` chooses another.
PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3 python; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# make run
PIPELINE ?=
PARAMS ?=
JUDGE ?=
ONCE ?=
PORT ?=
HOME_FOLDER ?= .airflow
# make test TESTS=tests/expr
TESTS ?=
CORPUS ?= $(or $(wildcard ../shared/corpus/pipelines),pipeline_specs)
# Taken as they were typed: neither make nor a shell may expand what stands in a parameter.
export GENNAKER_PIPELINE = $(value PIPELINE)
export GENNAKER_PARAMS = $(value PARAMS)
export GENNAKER_JUDGE = $(value JUDGE)
export GENNAKER_ONCE = $(value ONCE)
export GENNAKER_PORT = $(value PORT)

# The pages inside Airflow's UI; npm.sh finds a Node, or installs one into the virtual environment.
UI := plugins/gennaker/ui
UI_BUILT := $(UI)/dist/main.js
UI_PACKAGES := $(UI)/node_modules/.installed
UI_SOURCES := $(shell find $(UI)/src $(UI)/public -type f) $(UI)/vite.config.ts $(UI)/tsconfig.json
NPM := PYTHON=$(CURDIR)/$(BIN)/python $(UI)/npm.sh

SCHEMA := pipeline_specs/schema/pipeline.schema.json

.DEFAULT_GOAL := help
.PHONY: help install run test lint bench storebench ui corpus schema docs requirements clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## create .venv with everything that is needed

$(INSTALLED): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed (make PYTHON=/path/to/python)"; exit 1; }
	@echo "Installing into $(VENV) (once, some minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

run: $(INSTALLED) $(UI_BUILT) ## start Airflow and the demo pipeline (PIPELINE=file.json PARAMS='k=v' JUDGE=continue ONCE=1 PORT=8080)
	@exec $(BIN)/python -m gennaker.cli up --home '$(HOME_FOLDER)'

test: lint $(UI_BUILT) ## check style, types and layers, then run all tests on a real Airflow (TESTS=path to run some)
	@$(NPM) run --silent check
	@$(BIN)/python -m pytest $(TESTS)

lint: $(INSTALLED) ## check style, types and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@PYTHONPATH=plugins $(BIN)/lint-imports
	@$(BIN)/mypy

bench: $(INSTALLED) ## measure against the budgets and the peers
	@$(BIN)/python -m tests.perf.bench

storebench: $(INSTALLED) ## measure lists and saves on a database with 1,000 pipelines of 50 revisions
	@$(BIN)/python -m tests.perf.store_bench

corpus: $(INSTALLED) ## try a collection of pipelines (CORPUS='folder or files')
	@$(BIN)/python -m gennaker.cli corpus $(CORPUS)

schema: $(INSTALLED) ## write the JSON schema of pipelines for editors
	@$(BIN)/python -m gennaker.catalog > $(SCHEMA).new && mv $(SCHEMA).new $(SCHEMA)

docs: $(INSTALLED) ## write the generated parts of the documentation
	@$(BIN)/python -m gennaker.cli docs

ui: $(UI_BUILT) ## build the pages inside Airflow's UI (by itself before run and test)

$(UI_BUILT): $(UI_SOURCES) $(UI_PACKAGES)
	@echo "Building the pages"
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@

$(UI_PACKAGES): $(UI)/package.json $(UI)/package-lock.json | $(INSTALLED)
	@echo "Installing what the pages are built with (once, a minute)"
	@$(NPM) ci --silent
	@touch $@

clean: ## remove what was built, the virtual environment and the Airflow of `make run`
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find plugins dags tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -rf $(VENV) .airflow $(UI)/dist $(UI)/node_modules

requirements: $(INSTALLED) ## pin the newest versions that pyproject.toml allows
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile pyproject.toml --extra embedded --extra celery --extra dev \
		--universal --python-version 3.11 \
		--no-emit-index-url --upgrade --quiet --output-file requirements.txt
