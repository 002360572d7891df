# Everything sets itself up: a fresh machine needs git, python3 (3.11 or newer) and make.
#
#   make demo      a running town on http://127.0.0.1:8000, WeChat played beside it
#   make test      lint, types, import contracts and all tests on SQLite and PostgreSQL
#   make chaos     kills, freezes, forgeries and platform faults at full size (two hours and a half)
#   make model     learns again from the messages in training/ (a few minutes)
#   make miniprogram  the folder that the WeChat developer tools open: build/miniprogram
#   make bench     figures against the bare echo, SQLite and PostgreSQL

.PHONY: demo test lint compiled pytest miniprogram bench chaos model accessible screenshots migration lock clean
.DEFAULT_GOAL := help
PYTHON ?= python3
RUN := .venv/.ready-to-run
DEV := .venv/.ready-to-test
PACKED := miniprogram/node_modules/.from-lock
PORT ?= 8000
# because the tests start python hundreds of times, and each would compile the whole of hemei again
unexport PYTHONDONTWRITEBYTECODE

help:
	@sed -n 's/^#   //p' Makefile

demo: $(RUN)
	.venv/bin/hemei demo --port $(PORT)

test: $(DEV)
	@$(MAKE) --no-print-directory -j 2 lint compiled
	@$(MAKE) --no-print-directory pytest

# on the processor that mypy leaves idle: otherwise each of the four below compiles all tests, at the same time.
# What is wrong with one of them is said there
compiled: $(DEV)
	@.venv/bin/pytest -q --collect-only > /dev/null 2>&1 || true

lint: $(DEV)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

# four on two processors, because whoever plays with real processes and browsers often waits for them
pytest: $(DEV) $(PACKED)
	.venv/bin/pytest -q -n 4 --dist worksteal

miniprogram: $(PACKED)
	.venv/bin/python scripts/miniprogram.py build

chaos: $(DEV)
	.venv/bin/python scripts/chaos.py

bench: $(DEV)
	.venv/bin/python scripts/bench.py

# the model of templates/lexicon and the figures of docs/understanding.md, from the messages in training/
model: $(DEV)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 .venv/bin/python training/train.py

# all pages by axe-core (WCAG 2.2 AA) at both widths, some ten minutes
accessible: $(DEV)
	.venv/bin/python scripts/accessible.py

# pictures of the docs, of the help for staff, and of every page at both widths (into screenshots/), some five minutes
screenshots: $(DEV) $(PACKED)
	.venv/bin/python scripts/screenshots.py
	.venv/bin/python scripts/page_pictures.py help
	.venv/bin/python scripts/page_pictures.py
	.venv/bin/python scripts/miniprogram_pictures.py

# the next migration from what the tables say; without a name the first one again
migration: $(DEV)
	.venv/bin/python scripts/migration.py $(name)
	.venv/bin/ruff check -q --fix models/migrations
	.venv/bin/ruff format -q models/migrations

# both lock files again, with hashes and without any address
lock:
	sh scripts/lock.sh $(PYTHON)

clean:
	rm -rf .venv build miniprogram/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(RUN): requirements.lock pyproject.toml scripts/setup.sh scripts/library.py templates/static/library.toml
	sh scripts/setup.sh $(PYTHON) requirements.lock
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml scripts/setup.sh scripts/browser.sh scripts/library.py templates/static/library.toml
	sh scripts/setup.sh $(PYTHON) requirements-dev.lock
	sh scripts/browser.sh
	@touch $@

$(PACKED): miniprogram/package-lock.json $(DEV)
	.venv/bin/python scripts/miniprogram.py packages
	@touch $@
