# `make run` needs Python 3.11 or later with venv, and a package index. Everything it makes stays in .venv and instance.

VENV := .venv
IN := $(VENV)/bin/python
# The first Python here that is new enough; say PYTHON=/path/to/python to choose another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
PIP := $(IN) -m pip --disable-pip-version-check -qq
# Install exactly the locked releases, verified by hash.
INSTALL := $(PIP) install --require-hashes --requirement
TESTS ?=
# One more than the number of processors, because many tests wait for a clock, a process or a browser.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1 )))

.DEFAULT_GOAL := help
.PHONY: help run test lint audit bench lock oldest newest clean browser

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

run: $(VENV)/.ready  ## start on http://localhost:8000, with the built-in PingOne simulator unless .env names a tenant
	@$(IN) -m webapp

test: $(VENV)/.ready-test browser  ## the whole test suite (TESTS=tests/store for a part)
	@$(IN) -m pytest --numprocesses $(WORKERS) --dist loadfile $(TESTS)

lint: $(VENV)/.ready-test  ## ruff, mypy and the audit
	@$(IN) -m ruff check .
	@$(IN) -m mypy
	@$(IN) -m tools.audit

audit: $(VENV)/.ready-test  ## known vulnerabilities of the locked releases, where the index can be asked for them
	@$(IN) -m tools.audit

bench: $(VENV)/.ready-test  ## what a sign-on costs
	@$(IN) -m tests.bench

lock:  ## update the locked dependencies (requires uv)
	@for lock in "requirements.lock --extra app" "requirements-test.lock --extra app --extra test --constraint requirements.lock"; do \
		echo "setuptools>=77" | uv pip compile --quiet --upgrade --universal --python-version 3.11 \
			--generate-hashes --no-header --no-emit-index-url --output-file $$lock pyproject.toml - || exit 1; done

# The part of the suite in which our code meets that of others.
SHORT := tests/oidc tests/pingone tests/signon tests/store tests/transport tests/views tests/copied \
	tests/examples/test_applications.py tests/examples/test_redis_store.py tests/test_config.py tests/test_wiring.py \
	tests/test_server.py tests/test_cli.py
oldest: HOW := lowest-direct
newest: HOW := highest
oldest:  ## the short suite on the oldest releases that pyproject.toml admits (needs uv)
newest:  ## the short suite on the newest ones of today (needs uv)
oldest newest:
	@uv venv --quiet --clear --python "$(PYTHON)" build/$@
	@uv pip compile --quiet --upgrade --resolution $(HOW) --extra app --extra test --python build/$@ \
		--no-header --output-file build/$@.txt pyproject.toml
	@uv pip install --quiet --python build/$@ --requirements build/$@.txt "setuptools>=77"
	@uv pip install --quiet --python build/$@ --no-deps --no-build-isolation --editable .
	@build/$@/bin/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(SHORT)

clean:  ## remove what was installed and cached; instance/ and .env stay
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, and python3 here is not it: https://www.python.org/downloads/" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11" >&2; exit 1; }
	@echo "Installing into $(VENV) (once, less than a minute) ..."
	@"$(PYTHON)" -m venv $(VENV)
	@$(INSTALL) requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-test: $(VENV)/.ready requirements-test.lock
	@$(INSTALL) requirements-test.lock
	@touch $@

# The browser tests use an installed Chromium or Chrome, or download one. If neither is possible they are skipped.
browser: $(VENV)/.ready-test
	@for browser in chromium chromium-browser google-chrome google-chrome-stable \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do \
		command -v "$$browser" >/dev/null && exit 0; done; \
	$(IN) -m playwright install chromium || echo "There is no browser here: the browser tests will be skipped." >&2
