# `make help` is the manual.
.DEFAULT_GOAL := help
.PHONY: help install graphiql dev serve work test check format audit bench lock clean

RUN := .venv/bin/python
# A name on PATH may be a shim without a Python behind it, so each is asked.
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# Extras stay in the pins: without them pip takes the newest `coverage` for `coverage[toml]`, and the
# day one appears its hash is missing.
COMPILE := $(RUN) -m piptools compile --quiet --upgrade --generate-hashes --allow-unsafe \
	--no-strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host
# As lines: read from pyproject.toml itself, pip-tools loses the markers of an extra.
WANTED := $(RUN) -c 'import sys, tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	print(*p["dependencies"], *(p["optional-dependencies"]["dev"] * ("dev" in sys.argv)), sep="\n")'

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  ARGS=…         goes to the command: make test ARGS='-k cycle'"

install: .venv/installed ## a virtual environment with the pinned packages

.venv/installed: requirements-dev.txt schema/graphiql/SHA256SUMS
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer on PATH: install one."; exit 1; }
	$(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(RUN) schema/graphiql/fetch.py
	@touch $@

graphiql: install ## the files of /graphiql, if npm came later than the installation
	$(RUN) schema/graphiql/fetch.py

dev: install ## everything with demo data, until Ctrl-C; FRESH=1 starts anew
	@$(RUN) . dev $(if $(FRESH),--fresh) $(ARGS)

serve: install ## the API alone, with the settings of the environment
	@$(RUN) . serve $(ARGS)

work: install ## a worker for all queues, with the settings of the environment
	@$(RUN) . work $(or $(ARGS),all)

test: install ## all tests, on every core, against real servers
	$(RUN) -m pytest -q -n logical --dist loadscope $(ARGS)

check: install ## style, types, and the direction of imports
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	.venv/bin/lint-imports

format: install ## write the style
	$(RUN) -m ruff check --fix-only --quiet .
	$(RUN) -m ruff format .

URL ?= http://127.0.0.1:8000/graphql
audit: ## the published audits of GraphQL over HTTP against a running server (needs npm); URL=…
	npm install --silent --no-save --prefix .audit graphql-http@1.23.1 graphql@16
	cd .audit && node ../tests/audit.mjs $(URL)

bench: install ## what is measured, against what: see bench/
	$(RUN) -m bench $(ARGS)

lock: install ## pin the newest packages that pyproject.toml allows
	$(WANTED) | $(COMPILE) -o requirements.txt -
	$(WANTED) dev | $(COMPILE) -c requirements.txt -o requirements-dev.txt -

clean: ## remove what tools leave behind; the virtual environment and .jijiao stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* \
		htmlcov build dist .audit
	find . -path ./.venv -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
