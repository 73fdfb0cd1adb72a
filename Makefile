# The commands of this project; `make help` lists them. All paths are relative, so the checkout may
# live anywhere (also where a folder's name has a space) and `make -C <checkout> <target>` works.

# Nothing this project runs reports its use to anyone.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := yes

# PYTHON=/path/to/python3.12 chooses the interpreter of a new .venv.
PYTHON ?=
# How many processes run the tests; 0 runs them in one. PYTEST_ARGS goes to pytest as it is.
PYTEST_WORKERS ?= 2
PYTEST_ARGS ?=
# How many processes lint the SQL.
LINT_WORKERS ?= 2
# Where Dagster shows its page, on this machine only.
SERVE_PORT ?= 3000
# Where the demo builds: duckdb, snowflake or databricks (docs/warehouses.md).
TARGET ?= duckdb
# Options of the demo, for example DEMO_ARGS='--people 50000'.
DEMO_ARGS ?=
# Where a backup of identity goes and comes from; REPLACE=yes where that may replace what is there.
TO ?=
FROM ?=
REPLACE ?=
# Options of the check, for example CHECK_ARGS='--raw-dir exports --rows 1000000'.
CHECK_ARGS ?=

BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
PYTEST := $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile
PYTHON_PACKAGES := $(wildcard simulator demo examples orchestration benchmarks lint)
SQL_FOLDERS := $(wildcard models snapshots tests/dbt)
# The warehouse of the demo, whose adapter has to be installed; none on DuckDB.
WAREHOUSE := $(filter-out duckdb,$(TARGET))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo check backup-identity restore-identity serve check-target test test-all lint lint-python lint-sql bench docs install

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

demo: .venv/.installed-demo profiles.yml $(WAREHOUSE:%=check-target .venv/.installed-%) ## simulate a company, build its Customer 360 on DuckDB (or TARGET=snowflake, databricks), show it
	@$(BIN)/python -m demo --target $(TARGET) $(DEMO_ARGS)

check: .venv/.installed-demo profiles.yml ## look at raw data before a build, and say at once what is wrong with it
	@$(BIN)/python -m orchestration.check $(CHECK_ARGS)

backup-identity: .venv/.installed-demo profiles.yml ## keep what identity knows and no raw data can give back, in the folder TO=…
	@$(if $(TO),,$(error Say where to: make backup-identity TO=<folder of backups>))
	@$(BIN)/python -m orchestration.identity_backup backup --target $(TARGET) --to "$(TO)"

restore-identity: .venv/.installed-demo profiles.yml ## put a backup in place, FROM=… it or a folder of some; then dbt build
	@$(if $(FROM),,$(error Say where from: make restore-identity FROM=<backup, or folder of backups>))
	@$(BIN)/python -m orchestration.identity_backup restore --target $(TARGET) --from "$(FROM)" \
	    $(if $(filter yes,$(REPLACE)),--replace)

# `dg` itself reports nothing where this dagster.yaml is its home's.
serve: .venv/.installed-dev profiles.yml data/dagster/dagster.yaml ## open Dagster's page: the nights, their graph, gates and history
	@echo "Dagster: http://127.0.0.1:$(SERVE_PORT)"
	@DAGSTER_HOME="$(CURDIR)/data/dagster" PATH="$(CURDIR)/$(BIN):$$PATH" \
	    $(BIN)/dg dev --host 127.0.0.1 --port $(SERVE_PORT)

data/dagster/dagster.yaml: orchestration/dagster.yaml
	@mkdir -p data/dagster
	@cp orchestration/dagster.yaml $@

# Before its adapter is installed and a company simulated for nothing.
check-target: .venv/.installed-demo profiles.yml
	@$(BIN)/python -m demo --target $(TARGET) --check

test: .venv/.installed-test profiles.yml ## run the tests of tests/newcomer.txt: DuckDB only, a few minutes
	$(PYTEST) @tests/newcomer.txt $(PYTEST_ARGS)

test-all: .venv/.installed-dev .venv/duckdb-1.4/.installed .venv/lifetimes/.installed profiles.yml ## run every test, as CI does; wants Java 17 and Maven
	$(PYTEST) $(PYTEST_ARGS)

lint: lint-python lint-sql ## check the style of the Python and the SQL, and the types

lint-python: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(if $(PYTHON_PACKAGES),$(BIN)/mypy $(PYTHON_PACKAGES))

lint-sql: .venv/.installed-dev
	$(if $(SQL_FOLDERS),$(BIN)/sqlfluff lint --processes $(LINT_WORKERS) $(SQL_FOLDERS))

bench: .venv/.installed-dev .venv/lifetimes/.installed ## measure against peers and limits; results go to benchmarks/results/
	$(BIN)/python -m benchmarks.connected_components
	$(BIN)/python -m benchmarks.value
	$(BIN)/python -m benchmarks.churn
	$(BIN)/python -m benchmarks.identity
	$(BIN)/python -m benchmarks.identity_layer
	$(BIN)/python -m benchmarks.lookups
	$(BIN)/python -m benchmarks.nights
	$(BIN)/python -m benchmarks.cost

docs: .venv/.installed-demo profiles.yml ## write the catalogue of every table and column as one HTML page
	@mkdir -p data
	$(BIN)/dbt docs generate --static
	@echo "Open target/static_index.html in a browser."

install: .venv/.installed-dev profiles.yml ## install everything a contributor needs into .venv

# The demo needs less than half of what all tests and the linters do, and a newcomer's tests little
# more, so each has its own stamp; all are older than what they were made from when pyproject.toml or
# constraints.txt changes.
.venv/.installed-demo: pyproject.toml constraints.txt .venv/pyvenv.cfg
	@echo "Installing what the demo needs into .venv: half a minute, and the time of the downloads …"
	@$(PIP_INSTALL) -e .
	@touch $@

.venv/.installed-test: pyproject.toml constraints.txt .venv/pyvenv.cfg
	@echo "Installing what the tests on DuckDB need into .venv: a minute, and the time of the downloads …"
	@$(PIP_INSTALL) -e '.[test]'
	@touch .venv/.installed-demo $@

.venv/.installed-dev: pyproject.toml constraints.txt .venv/pyvenv.cfg
	@echo "Installing everything for development into .venv: a minute, and the time of the downloads …"
	@$(PIP_INSTALL) -e '.[dev]'
	@touch .venv/.installed-demo .venv/.installed-test .venv/.installed-snowflake .venv/.installed-databricks $@

.venv/.installed-snowflake .venv/.installed-databricks: .venv/.installed-%: pyproject.toml constraints.txt .venv/pyvenv.cfg
	@echo "Installing dbt's adapter for $* into .venv …"
	@$(PIP_INSTALL) -e '.[$*]'
	@touch $@

# Apart: an environment has one DuckDB, and another one reads in a test what was published; and of
# lifetimes only its files of data are read, for it wants older libraries.
.venv/duckdb-1.4/.installed: tests/publication/duckdb-1.4.txt
.venv/lifetimes/.installed: tests/value/lifetimes.txt
.venv/duckdb-1.4/.installed .venv/lifetimes/.installed: .venv/pyvenv.cfg
	@echo "Installing what a test wants into $(@D) …"
	@rm -rf $(@D)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(@D) -r $(filter %.txt,$^)
	@touch $@

.venv/pyvenv.cfg:
	@chosen=; \
	for candidate in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
	    if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then \
	        chosen=$$candidate; break; \
	    fi; \
	done; \
	if [ -z "$$chosen" ]; then \
	    echo "Customer 360 needs Python 3.11, 3.12 or 3.13, and none of these is one: $(or $(PYTHON),python3 python3.13 python3.12 python3.11)." >&2; \
	    echo "Install one, or name it: make PYTHON=/path/to/python3.12 …" >&2; \
	    exit 1; \
	fi; \
	echo "Making .venv with $$("$$chosen" --version)"; \
	"$$chosen" -m venv --clear .venv

# Made once and then yours: git ignores it, and no target writes it again.
profiles.yml: | profiles.yml.example
	@mkdir -p data
	@cp profiles.yml.example $@
	@echo "Made profiles.yml from profiles.yml.example (DuckDB is the default target)."
