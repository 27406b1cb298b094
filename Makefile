# Everything needs only Python 3.11 with pip, make and git. `make help` lists the targets.
# A target that installs leaves a stamp inside the environment it made, so that its second run is instant and
# deleting the environment is enough to start over.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
EXTRAS := server postgres clarify jobs plot shap dev
READY := .venv/.ready
CLIENTS := .venv-clients/.ready
CLIENTS_V3 := .venv-clients-v3/.ready

# What the clients' environments are for: their pins are theirs, not ours.
CLIENTS_WANTED := sagemaker==2.257.7 awscli==1.46.3 boto3==1.44.5 botocore==1.44.5 scikit-learn==1.9.1
CLIENTS_V3_WANTED := sagemaker==3.27.0 boto3==1.44.5 botocore==1.44.5 scikit-learn==1.9.1

# Two at a time: 134 s instead of 256 s on two cores.
PYTEST := $(BIN)/python -m pytest -n 2 --durations=10
CONSOLE := src/trialbook/server/console/static/.stamp
CONSOLE_SOURCES := $(shell find console -path console/node_modules -prune -o -type f -print 2>/dev/null)
PIP_QUIET := -m pip install --quiet --disable-pip-version-check

# The trackers that the benchmarks put beside ours.
PEERS := .venv-peers/.ready
PEERS_WANTED := mlflow==3.17.2 trackio==0.43.0 tensorboardX==2.6.5 swanlab==0.10.3 wandb==0.31.0 aim==3.29.1

.DEFAULT_GOAL := all
.PHONY: all setup console check-console screenshots chromium adult clients clients-v3 test test-all check docs fix peers bench bench-full lock stop clean help

all: setup console adult ## set everything up and run the main job (the default)

setup: $(READY) ## make .venv with everything but the gpu extra

$(READY): requirements.txt pyproject.toml
	@echo "Setting up .venv (a few minutes the first time) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP_QUIET) -r requirements.txt
	@TRIALBOOK_CONSOLE=skip $(BIN)/python $(PIP_QUIET) --no-deps -e .
	@touch $@

console: $(CONSOLE) ## build the web console into the package (needs Node 20 and npm)

$(CONSOLE): $(CONSOLE_SOURCES) hatch_build.py
	@echo "Building the web console ..."
	@$(PYTHON) hatch_build.py
	@touch $@

chromium: ## install Debian's Chromium for the console's tests, when absent and possible
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null 2>&1 \
		|| echo "Chromium is absent and cannot be installed here: the console's browser tests will be skipped."

adult: $(READY) ## the main job: train models on Adult, rank and plot them, and report their bias
	@url=$$($(BIN)/trialbook up) && $(BIN)/python examples/adult/train.py --url "$$url" \
		&& echo && $(BIN)/python examples/adult/best.py --url "$$url" \
		&& $(BIN)/python examples/adult/report.py --url "$$url"
	@echo && echo "The console:" && $(BIN)/trialbook console

stop: $(READY) ## end the server that runs in the background
	@$(BIN)/trialbook stop

clients: $(CLIENTS) ## make .venv-clients: the sagemaker SDK v2 and the AWS CLI, for tests

$(CLIENTS): requirements-clients.txt
	@echo "Setting up .venv-clients ..."
	@test -x .venv-clients/bin/python || $(PYTHON) -m venv .venv-clients
	@.venv-clients/bin/python $(PIP_QUIET) -r requirements-clients.txt
	@touch $@

clients-v3: $(CLIENTS_V3) ## make .venv-clients-v3: the sagemaker SDK v3 (1 GB), for `make test-all`

$(CLIENTS_V3): requirements-clients-v3.txt
	@echo "Setting up .venv-clients-v3 (1 GB) ..."
	@test -x .venv-clients-v3/bin/python || $(PYTHON) -m venv .venv-clients-v3
	@.venv-clients-v3/bin/python $(PIP_QUIET) -r requirements-clients-v3.txt
	@touch $@

test: $(READY) $(CLIENTS) $(CONSOLE) chromium check check-console ## set everything up, then every check and every test but the slow ones
	$(PYTEST) -m "not slow"

test-all: $(READY) $(CLIENTS) $(CLIENTS_V3) $(CONSOLE) chromium check check-console ## the same with the slow tests
	$(PYTEST)

check: $(READY) ## lint, format, types, layers, and a strict build of the documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory docs

check-console: $(CONSOLE) ## types, lint and unit tests of the web console
	@test -d console/node_modules || npm --prefix console ci --ignore-scripts --silent
	@cd console && npm run --silent check && npm run --silent test

screenshots: $(READY) $(CONSOLE) chromium ## make the pictures of the console in docs/_static, of a real record
	$(BIN)/python -m tests.console.screenshots

docs: $(READY) ## build the documentation into build/docs; a warning is an error
	$(BIN)/python -m sphinx -W -n -E -q -b html docs build/docs

fix: $(READY) ## format, and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

peers: $(PEERS) ## make .venv-peers: other trackers (2 GB), for `make bench`

$(PEERS): requirements-peers.txt
	@echo "Setting up .venv-peers (2 GB) ..."
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python $(PIP_QUIET) -r requirements-peers.txt
	@touch $@

# series_events.py is a part of series.py; install_size.py needs a package index, and is run by itself.
BENCHMARKS := $(filter-out benchmarks/series_events.py benchmarks/install_size.py,$(sort $(wildcard benchmarks/*.py)))
# What each benchmark is given, by its name; nothing where its own defaults fit.
SHORT_clarify := --rows 30000
SHORT_clarify_model := --rounds 100 --repeat 1
SHORT_jobs := --jobs 20
SHORT_sdk := --calls 200000 --kills 3
SHORT_sdk_faults := --pairs 10
SHORT_shap := --rows 200
FULL_search := --runs 1000000
FULL_search_store := --runs 1000000
FULL_series := --full

bench: $(READY) $(PEERS) ## run the benchmarks, in their short form beside other trackers, and print their tables
	@$(foreach one,$(BENCHMARKS),echo "$(one)" && $(BIN)/python $(one) $(SHORT_$(basename $(notdir $(one)))) &&) true
	@$(BIN)/python benchmarks/peers --short --again

bench-full: $(READY) $(PEERS) $(CONSOLE) chromium ## run all benchmarks in full (over an hour) and write docs/reference/performance.md
	@mkdir -p build/bench
	@rm -f build/bench/*.txt
	@$(foreach one,$(BENCHMARKS),echo "$(one) ..." && $(BIN)/python $(one) $(FULL_$(basename $(notdir $(one)))) \
		> build/bench/$(basename $(notdir $(one))).txt || echo "  failed";) true
	@$(BIN)/python benchmarks/console --runs 100000 > build/bench/console.txt || echo "  failed"
	@$(BIN)/python benchmarks/peers --json build/bench/peers.json # skips the cases that have their file in build/bench/peers-full
	@$(BIN)/python benchmarks/peers/page.py build/bench/peers.json docs/reference/performance.md build/bench/*.txt

lock: ## resolve the pinned requirements again (UPGRADE=1 takes the newest that fit)
	@$(PYTHON) -m venv build/uv
	@build/uv/bin/python $(PIP_QUIET) uv
	@$(LOCK) $(addprefix --extra ,$(EXTRAS)) pyproject.toml --output-file requirements.txt
	@printf '%s\n' $(CLIENTS_WANTED) | $(LOCK) - --output-file requirements-clients.txt
	@printf '%s\n' $(CLIENTS_V3_WANTED) | $(LOCK) - --output-file requirements-clients-v3.txt
	@printf '%s\n' $(PEERS_WANTED) | $(LOCK) - --output-file requirements-peers.txt
	@rm -r build/uv

LOCK = build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

clean: ## remove what was built; the environments and the record stay
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
