# The commands of the project. `make setup` installs what is missing; the others call it.
.PHONY: setup demo run test tested test-long lint bench bench-window bench-peers lock

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
TWO_AT_A_TIME := -n 2 --dist loadfile --no-loadscope-reorder
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SYSTEM := python3-venv age openssl zstd xvfb xauth openbox xdotool poppler-utils procps \
	dosfstools e2fsprogs fusefat mount \
	libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 \
	libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 \
	libxkbcommon-x11-0 libxcb-randr0 libxcb-render-util0 libxcb-image0 libxcb-sync1 libxcb-xfixes0 \
	fonts-noto-core fonts-liberation2

setup: $(STAMP)

$(STAMP): requirements-dev.lock pyproject.toml Makefile
	@missing=""; for p in $(SYSTEM); do \
	  dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "Installing system packages:$$missing"; \
	  $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@echo "Installing Python packages from requirements-dev.lock"
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)
	@QT_QPA_PLATFORM=offscreen $(BIN)/sotreem demo

run: $(STAMP)
	@$(BIN)/sotreem

lint: $(STAMP)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

# The types are looked through on one core beside the tests.
test: $(STAMP)
	@$(MAKE) --no-print-directory -j 2 lint tested

# A slice of each long run and an eighth of the long stories (tests/long_runs.py, long_stories.py).
# Bytecode is kept whatever the machine says: the tests start the program again and again.
tested: $(STAMP)
	@PYTHONDONTWRITEBYTECODE= SOTREEM_SLICE=1 $(BIN)/python -m pytest $(TWO_AT_A_TIME) -q

# All of everything.
test-long: $(STAMP)
	@SOTREEM_LONG=1 $(BIN)/python -m pytest $(TWO_AT_A_TIME) -q

bench: $(STAMP)
	@QT_QPA_PLATFORM=offscreen $(BIN)/sotreem bench

# The figures of the window once more in a real one, with a window manager. CHILDREN: how many.
bench-window: $(STAMP)
	@$(BIN)/python -m tests.real_screen $(BIN)/sotreem bench ui $(if $(CHILDREN),--children $(CHILDREN))

bench-peers: $(STAMP)
	@$(BIN)/python tests/bench/peers.py
	@$(BIN)/python tests/bench/duplicates_against_peers.py

# Run by hand after a change of dependencies; needs uv.
lock:
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock
