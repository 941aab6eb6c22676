# make up      runs everything here (ARGS=--demo: on generated traffic with an answer key)
# make test    installs what the tests need, then runs them all
# make check   the quick loop: format, lint, types, imports, unit and contract tests
# make capture  drives real instrumentations against a fake model server and rewrites tests/golden/dialects
# The interpreter that makes .venv; the first that fits is found when this is empty.
PYTHON ?=
ARGS ?=
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)

.PHONY: up test check bench judge privacy capture screenshots lock clean
.DEFAULT_GOAL := up

up: .venv/.run
	@exec $(BIN)/spanwarden up $(ARGS)

test: .venv/.dev
	@deploy/test-machine.sh
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format . && $(BIN)/ruff check .
	$(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow and not browser" $(ARGS)

bench: .venv/.dev
	$(BIN)/python -m bench.ingest $(ARGS)

judge: .venv/.dev
	$(BIN)/python -m spanwarden.judge $(ARGS)

privacy: .venv/.dev
	$(BIN)/python -m bench.privacy $(ARGS)

capture: .venv/.dev
	$(BIN)/python -m tests.capture $(ARGS)
	$(BIN)/python -m tests.capture.made

screenshots: .venv/.dev
	$(BIN)/python -m docs.screenshots $(ARGS)

lock:
	uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate -o requirements.lock
	uv pip compile pyproject.toml --group dev --extra tokenizer --universal --generate-hashes --no-header \
	  --no-annotate -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache

# A stamp a lock file: installing again happens only when the lock has changed.
.venv/.run: requirements.lock pyproject.toml
	@deploy/install.sh "$(PYTHON)" "$(UV)" requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml
	@deploy/install.sh "$(PYTHON)" "$(UV)" requirements-dev.lock
	@touch $@ .venv/.run
