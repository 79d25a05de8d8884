# Every command anyone needs; `make setup` is called by the others and is quick when done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: setup demo test check format bench soak faults screens clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml scripts/setup.sh
	PYTHON=$(PYTHON) bash scripts/setup.sh $(VENV)
	@touch $@

demo: setup
	$(BIN)/dangol demo

test: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/python -m pytest

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m tests.bench

soak: setup
	$(BIN)/python -m tests.simulation.soak
	$(BIN)/python -m tests.simulation.crew
	$(BIN)/python -m tests.subsidy.soak
	$(BIN)/dangol rehearse --shops 10 --days 90 --faults many

faults: setup
	$(BIN)/python -m tests.simulation.faults

screens: setup
	$(BIN)/python -m tests.browser.screens

clean:
	rm -rf $(VENV) .dangol *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
