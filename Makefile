# yunxing: `make demo` sets everything up and runs the product once; `make test` proves it works.
# Needs Python 3.11+, git, make and a network that reaches the package registries. Nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help

PYTHON ?= python3
LOCK ?= all
B := .build
UV := $(B)/boot/bin/uv
VENV := .venv
PY := $(VENV)/bin/python
# behind a proxy with its own certificate uv refuses to connect without this
export UV_SYSTEM_CERTS ?= 1
# every command is a process of its own: compiled modules, kept out of the source folders, make it start three times as fast
export PYTHONDONTWRITEBYTECODE =
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/$(B)/pycache

.PHONY: help setup demo serve check test test-all test-all-only fuzz explore bench docs lock clean distclean

help:  ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(B)/package.stamp $(B)/front.stamp $(B)/messages.stamp  ## make .venv and build the front end

$(UV): locks/boot.txt
	@command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON): found no such program, expected Python 3.11 or newer; install it, or name it: make demo PYTHON=python3.12" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; v = sys.version.split()[0]; sys.exit("$(PYTHON): found Python " + v + ", expected 3.11 or newer; name a newer one: make demo PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	"$(PYTHON)" -m venv --clear $(B)/boot
	$(B)/boot/bin/python -m pip install -q --require-hashes --only-binary :all: -r locks/boot.txt
	touch $@

$(B)/python.stamp: $(UV) locks/$(LOCK).txt
	test -x $(PY) || $(UV) venv -q --clear --python "$(PYTHON)" $(VENV)
	$(UV) pip sync -q --python $(VENV) --require-hashes locks/$(LOCK).txt
	touch $@

$(B)/package.stamp: $(B)/python.stamp pyproject.toml
	$(UV) pip install -q --python $(VENV) --no-deps --no-build-isolation --offline -e .
	touch $@

$(B)/spark.stamp: $(B)/python.stamp locks/spark.txt
	$(UV) pip install -q --python $(VENV) --no-deps --require-hashes -r locks/spark.txt
	touch $@

$(B)/fuzz.stamp: $(B)/python.stamp locks/fuzz.txt
	$(UV) pip install -q --python $(VENV) --no-deps --require-hashes -r locks/fuzz.txt
	touch $@

$(B)/modules.stamp: frontend/package-lock.json frontend/.npmrc | $(B)/python.stamp
	$(PY) tools/npm.py ci --prefer-offline --loglevel=error
	touch $@

$(B)/front.stamp: $(B)/modules.stamp $(wildcard frontend/src/* frontend/*.mjs)
	$(PY) tools/npm.py run build
	touch $@

$(B)/messages.stamp: src/yunxing/desk/locale/en/LC_MESSAGES/django.po tools/messages.py | $(B)/python.stamp
	$(PY) tools/messages.py compile
	touch $@

demo: setup  ## the synthetic city, three closed months, signals, cases, entitlements, a bulletin
	$(VENV)/bin/yunxing demo

serve: setup  ## the desk on 127.0.0.1
	$(VENV)/bin/yunxing serve

check: setup  ## lint, types, architecture and the fast tests; under a minute
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	$(PY) -m pytest -q -m "not (browser or slow or postgres or spark)" -n 2 --dist loadfile

test: setup  ## every test this machine can run
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	$(PY) -m pytest -q -m "not (browser or postgres or spark)" -n 2 --dist loadfile
	$(PY) -m pytest -q -m browser -n 2 --dist loadscope   # apart: the browser's loop forbids Django's synchronous calls in its process

test-all: test test-all-only explore fuzz  ## test, the second lanes (other databases, the statistics on Spark), new examples, and ten minutes of fuzzing

# Spark is 400 MB and needs Java: it is fetched where there is Java, and nowhere else
test-all-only: setup $(if $(shell command -v java),$(B)/spark.stamp)
	$(PY) -m pytest -q -m "postgres or spark"

explore: setup  ## every property with examples nobody has tried yet (make test tries the same ones each time)
	YUNXING_EXPLORE=1 $(PY) -m pytest -q -m "not (browser or postgres or spark)" -n 2 --dist loadfile $$(grep -rl "^from hypothesis" tests --include='test_*.py')

FUZZ_SECONDS ?= 600
fuzz: setup $(B)/fuzz.stamp  ## ten minutes of coverage-guided fuzzing of the importer (FUZZ_SECONDS says otherwise)
	mkdir -p $(B)/fuzz
	$(PY) tests/fuzz/importer.py $(B)/fuzz -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(B)/fuzz/

bench: setup  ## time the cases of bench/ beside their peers
	$(VENV)/bin/yunxing bench

docs: setup  ## check that the documentation says what the code does
	$(PY) -m pytest -q tests/tidy tests/docs

lock: $(UV)  ## resolve the lock files anew (hashes only, no address)
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra served --group build --group dev pyproject.toml -o locks/all.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra served --group build pyproject.toml -c locks/all.txt -o locks/run.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group spark -c locks/all.txt -o locks/spark.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group fuzz -c locks/all.txt -o locks/fuzz.txt

clean:  ## remove what was built, keep the tool that fetches packages
	rm -rf .venv frontend/node_modules $(B)/*.stamp home src/yunxing/desk/static/built

distclean: clean  ## clean, and remove that tool too
	rm -rf $(B)
