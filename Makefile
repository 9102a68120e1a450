# render test coverage lint docs bench page real parity real-capacity real-argocd deep fuzz: each installs what it needs into .venv, once.
# The stamps are older than pyproject.toml or the lock only when those changed.

PYTHON ?= python3
REGION ?=
WORKERS ?= 2
DEEP_SECONDS ?= 300
FUZZ_SECONDS ?= 60

LOCK := requirements/test.txt
DOCS := requirements/docs.txt
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help

# The tests start the program by the hundred: it is compiled once, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help render test coverage lint docs reference pictures bench page real parity real-capacity real-argocd deep fuzz lock

help:
	@echo 'make render [REGION=shanghai]  render the fleet, or one region, into generated/'
	@echo 'make test                      every test that needs nothing but Python'
	@echo 'make coverage                  the same, and which lines and branches no test reaches (twice the time)'
	@echo 'make lint                      ruff, mypy, the import contract, the layout of inputs'
	@echo 'make docs                      the site, into build/site: no broken link, nothing fetched from other hosts'
	@echo 'make reference                 docs/reference anew, from the code'
	@echo 'make pictures                  the tutorial and its pictures anew, from real runs'
	@echo 'make bench                     the benchmark harness (minutes)'
	@echo 'make page                      try the page of the fleet in a real browser (needs Chromium, which root gets by apt)'
	@echo 'make real                      give what is rendered to the programs that will read it: kube-apiserver, Istio, Gatekeeper, OPA, Prometheus (needs Go once)'
	@echo 'make parity [PARITY=10000]     compare check with real API servers on objects made wrong, and write docs/parity.md (needs Go once)'
	@echo 'make real-capacity             have a real scheduler place the pods of some cities, and compare it with what was reckoned (needs Go once)'
	@echo 'make real-argocd               have a real Argo CD sync five cities and all clusters of a core city, a promotion, a rollback, and what it must heal, prune and deny (needs Go once, and apt)'
	@echo 'make deep                      the slow properties, for at most DEEP_SECONDS=$(DEEP_SECONDS)'
	@echo 'make fuzz                      search for inputs that break check or render, each for FUZZ_SECONDS=$(FUZZ_SECONDS)'

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv .venv

.venv/installed-tool: pyproject.toml $(LOCK) | .venv/bin/python
	@$(INSTALL) --constraint $(LOCK) --editable .
	@touch $@

.venv/installed-test: pyproject.toml $(LOCK) | .venv/bin/python
	@$(INSTALL) --requirement $(LOCK)
	@$(INSTALL) --no-deps --editable .
	@touch $@ .venv/installed-tool

.venv/installed-docs: .venv/installed-test $(DOCS)
	@$(INSTALL) --constraint $(LOCK) --requirement $(DOCS)
	@touch $@

.venv/installed-fuzz: requirements/fuzz.txt .venv/installed-test
	@$(INSTALL) --requirement requirements/fuzz.txt
	@touch $@

.venv/installed-page: requirements/page.txt .venv/installed-test
	@$(INSTALL) --requirement requirements/page.txt
	@touch $@

render: .venv/installed-tool
	@$(BIN)/gitopsgen render $(addprefix --region ,$(REGION))

test: .venv/installed-test
	@$(BIN)/pytest -q -n $(WORKERS) --ignore tests/real

coverage: .venv/installed-test
	@$(BIN)/pytest -q -n $(WORKERS) --ignore tests/real --ignore tests/bench --cov --cov-report=term

lint: .venv/installed-test
	@$(BIN)/ruff check --output-format concise
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/gitopsgen fmt --check

docs: .venv/installed-docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

reference: .venv/installed-test
	@$(BIN)/python -m gitopsgen.cli.documentation docs/reference
	@$(BIN)/python -m gitopsgen.check.documentation docs/rules
	@$(BIN)/python -m gitopsgen.review.documentation docs/dangers

pictures: .venv/installed-test
	@GITOPSGEN_REWRITE=1 $(BIN)/pytest -q tests/test_tutorial.py

bench: .venv/installed-test
	@$(BIN)/python -m tests.bench

# Without Chromium the tests are skipped, and say why.
page: .venv/installed-page
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || \
	  { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; } >/dev/null 2>&1 || true
	@$(BIN)/pytest -q tests/real/test_page.py

real: .venv/installed-test
	@GITOPSGEN_REAL=1 $(BIN)/pytest -q -n $(WORKERS) --dist loadfile tests/real tests/test_kustomize.py --ignore tests/real/test_scheduling.py --ignore tests/real/test_argocd.py --ignore tests/real/test_argocd_core.py --ignore tests/real/test_page.py

parity: .venv/installed-test
	@GITOPSGEN_REAL=1 PARITY=$(PARITY) $(BIN)/python -m tests.real.parity

real-capacity: .venv/installed-test
	@$(BIN)/pytest -q -n $(WORKERS) --dist worksteal tests/real/test_scheduling.py

real-argocd: .venv/installed-test
	@$(BIN)/pytest -q tests/real/test_argocd.py tests/real/test_argocd_core.py

# Running out of time is not a failure: what ran by then has passed. An interrupt can be lost on the way, in a callback
# of the collector: then it takes a kill, which is told from another one by the time that has passed.
fuzz: .venv/installed-fuzz
	@mkdir -p build
	@for target in manifests projects; do \
	  $(BIN)/python -m tests.fuzz $$target -max_total_time=$(FUZZ_SECONDS) -timeout=30 -max_len=4096 -verbosity=0 -artifact_prefix=build/fuzz- || exit; \
	  echo "fuzz: $$target: nothing found in $(FUZZ_SECONDS) s"; \
	done

deep: .venv/installed-test
	@began=$$(date +%s); \
	GITOPSGEN_DEEP=1 timeout --signal INT --kill-after 20 $(DEEP_SECONDS) $(BIN)/pytest -q -x -m deep --ignore tests/real; \
	code=$$?; \
	[ $$code != 137 ] || [ $$(($$(date +%s) - began)) -lt $(DEEP_SECONDS) ] || code=124; \
	case $$code in \
	  124) echo "deep: stopped after $(DEEP_SECONDS) s without a failure" ;; \
	  5) echo 'deep: no test is marked deep' ;; \
	  *) exit $$code ;; \
	esac

# Not for every day: resolve the newest versions that pyproject.toml allows, and write them down.
lock:
	@$(PYTHON) -m venv --clear .venv/lock
	@.venv/lock/bin/python -m pip install --quiet --disable-pip-version-check '.[test,lint]'
	@{ sed '/^[^#]/,$$d' $(LOCK); .venv/lock/bin/python -m pip freeze --exclude gitopsgen; } > $(LOCK).new
	@mv $(LOCK).new $(LOCK)
	@.venv/lock/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK) '.[docs]'
	@{ sed '/^[^#]/,$$d' $(DOCS); .venv/lock/bin/python -m pip freeze --exclude gitopsgen | grep -vxFf $(LOCK); } > $(DOCS).new
	@mv $(DOCS).new $(DOCS)
	@rm -rf .venv/lock
