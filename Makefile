# Each line is what a person could type; `make help` lists them. Windows: see README.md.
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
py := .venv/bin/python

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.installed ## Make .venv, install what is locked, copy the settings a fresh clone lacks
	$(py) -m scripts.setup

demo: setup ## The whole way on an invented shop: make its exports, load, build, report, compare with the truth
	$(py) -m ingestion.demo --out data/demo --load-cloud
	$(py) -m scripts.nightly
	$(py) -m scripts.demo

load: setup ## Land what is new in the tills of seeds/pos_accounts.csv
	$(py) -m ingestion load

build: setup ## Build and test all models, also what is unchanged
	$(py) -m scripts.build

export: setup ## Write the CSV files that the exposures declare
	$(py) -m scripts.export_csv

report: setup ## Write the report page
	$(py) -m scripts.generate_reports

nightly: setup ## Load, build what is stale, export and report in one go
	$(py) -m scripts.nightly

docs: setup ## Write the documentation of every model to target/static_index.html
	.venv/bin/dbt docs generate --static

bench: setup ## Measure speed and memory, as ratios in one run
	$(py) -m scripts.benchmark

test: setup ## All tests, on DuckDB and on PostgreSQL
	$(py) -m pytest

check: setup ## Lint: Python, SQL, and the rules for models
	.venv/bin/ruff check .
	.venv/bin/ruff format --check --quiet .
	.venv/bin/sqlfluff lint models macros tests analyses --processes 0
	$(py) -m scripts.lint_models

format: setup ## Mend what the linters can mend by themselves
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .
	.venv/bin/sqlfluff fix models --processes 0

lock: ## Choose versions anew (needs uv): requirements.lock from pyproject.toml
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --generate-hashes \
		--no-strip-extras --no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements.lock

clean: ## Remove what dbt and the tests leave behind; the warehouse (data) and what it gave (out) stay
	rm -rf target logs .pytest_cache .ruff_cache .hypothesis

.venv/.installed: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tillhouse needs Python 3.11. Name it: make setup PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --require-hashes --requirement requirements.lock
	touch .venv/.installed

.PHONY: help setup demo load build export report nightly docs bench test check format lock clean
