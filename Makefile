# geo_offlimits: `make run` shows the product, `make test` proves it. Paths stay relative: a space in them is fine.
PYTHON ?= python3
PORT ?= 8000
RESET ?=
BIN := .venv/bin
WORKERS ?= 2
# Counting what tests touch takes a quarter longer, so it is done where it decides, or with COVERAGE=1.
COVERAGE ?= $(CI)
# Tests start programs hundreds of times: what Python compiles it keeps, even where the environment would have it thrown
# away (as in containers), or each of them compiles the whole product anew.
test test-deep: export PYTHONDONTWRITEBYTECODE :=
# What tests write lies in memory where there is room (tests/sparing.py); TMPDIR=/tmp puts it on the disk.

.PHONY: help run test test-deep lint types contracts wheel-check check bench bundle lock translations layers screens clean

help:
	@echo "make run [PORT=8000] [RESET=1]   the demonstration on http://localhost:PORT"
	@echo "make test [COVERAGE=1]           the test suite (make test-deep: the long runs)"
	@echo "make check                       lint, types, import contracts, wheel"
	@echo "make bench                       benchmarks, as ratios to named peers in the same run"
	@echo "make bundle                      dist/: one file that installs without a network (PYTHON=python3.12: for that one)"
	@echo "make lock | layers | translations | screens   for maintainers"

run:
	@"$(PYTHON)" scripts/prepare.py run
	@$(BIN)/python -m geo_offlimits.cli demo --folder .demo --port "$(PORT)" $(if $(RESET),--reset) --serve

test:
	@"$(PYTHON)" scripts/prepare.py test
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m "not deep" $(if $(COVERAGE),--cov --cov-report=term:skip-covered) $(ARGS)

test-deep:
	@"$(PYTHON)" scripts/prepare.py test
	@$(BIN)/python -m pytest -q --timeout=3600 $(ARGS)

lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types:
	@$(BIN)/mypy
	@$(BIN)/mypy tests scripts bench setup.py
	@$(BIN)/python scripts/check_scripts.py

contracts:
	@$(BIN)/lint-imports

wheel-check:
	@$(BIN)/python scripts/check_wheel.py

check: lint types contracts wheel-check

bench:
	@"$(PYTHON)" scripts/prepare.py bench
	@for figure in bench/*.py; do echo "== $$figure"; $(BIN)/python "$$figure" || exit 1; done

bundle:
	@"$(PYTHON)" scripts/prepare.py bundle
	@$(BIN)/python scripts/bundle.py

# Locks name versions and hashes only; where packages come from is each machine's own configuration.
lock:
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile setup.cfg --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet -o requirements.lock $(ARGS)
	@$(BIN)/uv pip compile setup.cfg --extra postgres --extra oidc --extra pdf --extra bundle --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -c requirements.lock --custom-compile-command "make lock" --quiet -o requirements-bundle.lock $(ARGS)
	@$(BIN)/uv pip compile setup.cfg --extra test --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -c requirements.lock --custom-compile-command "make lock" --quiet -o requirements-test.lock $(ARGS)
	@$(BIN)/uv pip compile setup.cfg --extra test --extra bench --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -c requirements-test.lock --custom-compile-command "make lock" --quiet -o requirements-bench.lock $(ARGS)

layers:
	@$(BIN)/python scripts/build_layers.py
	@$(BIN)/python scripts/build_place_names.py
	@$(BIN)/python scripts/build_demo_island.py

# Every page as a picture, into docs/screens: needs Chromium and a few minutes.
screens:
	@"$(PYTHON)" scripts/prepare.py test
	@$(BIN)/python scripts/take_screens.py $(ARGS)

translations:
	@$(BIN)/python scripts/update_translations.py

clean:
	@rm -rf .venv .demo build dist geo_offlimits.egg-info geo_offlimits/frame/vendor
