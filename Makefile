# `make run` starts the demo, `make test` runs the whole suite. Nothing but Python ≥ 3.11 and make is needed.
# Another interpreter: `PYTHON=python3.13 make test` (it gets a .venv-3.13 of its own).

ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
else
VENV := .venv$(patsubst python3%,-3%,$(filter-out python3,$(notdir $(PYTHON))))
endif
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps
ARGS ?=

.PHONY: run test bench lint fmt messages compile lock clean

run: $(VENV)/.runtime
	@$(PY) manage.py serve

# The whole suite: PostgreSQL, then SQLite, and the lint. Some tests: make test ARGS="tests/test_environ.py -x"
test: $(VENV)/.dev
	@$(PY) -m tests.runner $(ARGS)

# How fast it is, beside pgbench and a bare Django project; writes docs/performance.md. Two minutes: ARGS=--quick
bench: $(VENV)/.dev
	@$(PY) -m tests.bench $(ARGS)

lint: $(VENV)/.dev
	@$(PY) -m tests.runner --lint-only

fmt: $(VENV)/.dev
	$(PY) -m ruff check --fix --quiet .
	$(PY) -m ruff format .
	find templates enrolment outreach -name '*.html' -exec $(VENV)/bin/djade --target-version 5.2 {} +

# Collect new sentences into locale/, and compile the catalogues; neither needs the system's gettext.
messages: $(VENV)/.dev
	$(PY) manage.py messages
compile: $(VENV)/.dev
	$(PY) manage.py messages --compile

# New versions of the dependencies; needs uv. No index, host name or path may get into the files.
lock:
	uv pip compile pyproject.toml -o requirements.txt --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet
	uv pip compile --group dev -c requirements.txt -o requirements-dev.txt --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet

clean:
	rm -rf $(VENV) var/static var/static.collected

# Stamps: made last, so that an interrupted installation is done again.
$(VENV)/.runtime: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found." >&2; exit 1; }
	@echo "Building $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make a venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@
