# Every verb sets up .venv first when it is missing or older than pyproject.toml or constraints.txt.
#   make report CLIENT=airline      one case; without CLIENT every file in params/
#   make report PYTHON=python3.12   another Python for the set-up

PYTHON ?= python3
CLIENT ?=

BIN := .venv/bin
READY := .venv/ready
LAB := .venv/lab-ready
QUICK := not slow
PYTEST := $(BIN)/python -m pytest -q --numprocesses auto --maxprocesses 4 --dist loadgroup

# Where a machine is set to keep no bytecode, as images of containers often are, every start would compile every
# package again: 6 s of processor time for each report. What is compiled lies in .venv and goes with it.
unexport PYTHONDONTWRITEBYTECODE

# A virtual environment knows its folder and its Python by absolute path. `ready` holds the folder's; where it
# is another one, Python does not start, or another Python is named, the environment is made afresh.
MADE_IN := $(shell $(BIN)/python -c 'print(open("$(READY)").read().strip())' 2>/dev/null)
VERSION := -c 'import sys; print(sys.version)' 2>/dev/null
NAMED := $(if $(filter-out file,$(origin PYTHON)),$(or $(shell "$(PYTHON)" $(VERSION)),none))
ifneq "$(MADE_IN)" "$(CURDIR)"
.PHONY: $(READY)
else ifneq "$(NAMED)" ""
ifneq "$(NAMED)" "$(shell $(BIN)/python $(VERSION))"
.PHONY: $(READY)
endif
endif

.PHONY: help report pictures test test-all golden lint bench pins lab clean
.DELETE_ON_ERROR:

help:  ## list these verbs
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

report: $(READY)  ## write the case of one client (CLIENT=airline), or of all that are not up to date, to output/
	@$(BIN)/casebook report $(if $(CLIENT),"params/$(CLIENT).yaml",params/*.yaml)

pictures: $(READY)  ## show every page of the reports in output/ as a picture in output/pictures/
	@$(BIN)/python -m tests.pictures

test: $(READY)  ## run the quick tests
	@echo 'The quick tests; make test-all runs all.'
	@$(PYTEST) -m '$(QUICK)'

test-all: $(READY)  ## run all tests, those that last as well
	@$(PYTEST)

golden: $(READY)  ## show what moved in the examples since the golden test last saw them, then let it stand
	@$(BIN)/python -m tests.golden

lint: $(READY)  ## check style and types
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

bench: $(READY)  ## measure time and memory: simulation beside NumPy by hand, counting beside pandas, coverage of intervals, documents and whole batches beside nbconvert
	@$(BIN)/python -m tests.bench.simulation
	@$(BIN)/python -m tests.bench.measurement
	@$(BIN)/python -m tests.bench.coverage
	@$(BIN)/python -m tests.bench.documents
	@$(BIN)/python -m tests.bench.portfolio
	@$(BIN)/python -m tests.bench.cluster
	@$(BIN)/python -m tests.bench.throughput

pins: $(READY)  ## renew constraints.txt: the newest versions that work together, for every Python
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --upgrade --no-annotate \
	  --custom-compile-command 'make pins' --output-file constraints.txt pyproject.toml

lab: $(LAB)  ## open the templates in JupyterLab, or a working copy with a client's values (CLIENT=airline)
	@$(BIN)/casebook lab $(if $(CLIENT),--client "$(CLIENT)",templates)

clean:  ## remove .venv and caches; reports in output/ stay
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	@find casebook tests templates -name __pycache__ -prune -exec rm -rf {} +

# The stamp comes last: an interrupted set-up does not count as done. Only the first line runs on any Python.
$(READY): pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else \
	  "casebook needs Python 3.11 or newer; this one is %d.%d" % v[:2])' || { \
	  echo '  hint: name another, as in: make $(or $(MAKECMDGOALS),report) PYTHON=python3.12' >&2; exit 1; }
	@"$(PYTHON)" .ci/set_up.py
	@pwd -P > $(READY)

$(LAB): $(READY)
	@$(BIN)/python .ci/set_up.py lab
	@touch $(LAB)
