# The course's commands: `make demo`, `make lab`, `make submit`, `make test`, `make proof`. Each sets itself up, first, on a bare machine.
PYTHON ?= python3
BIN := .venv/bin
# What pip installs is compiled on all processors, which pip does not do, but for packages' own tests;
# a few files are no Python of this version.
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --no-compile --constraint constraints.txt --editable
COMPILE := $(BIN)/python -m compileall -qq -j 0 -x '/tests?/' .venv/lib || true
TESTS ?=
LAB ?=
# Half of what tests do is waiting, for a browser or a limit of time: four processes keep two processors busy.
PARALLEL := -n 4 --dist loadgroup --no-loadscope-reorder

.PHONY: help demo lab submit test lint pytest proof setup setup-test clean

help:
	@echo "make demo   set up, build the labs, grade a sample class, print the table, write the report"
	@echo "make lab    set up, open JupyterLab on work/, your own copy of the labs"
	@echo "make submit LAB=02   make the archive that is handed in, of your own copy of lab 02"
	@echo "make test   set up, run the linters and all tests"
	@echo "make proof  set up, run all tests with the heavy proofs in full, then those with a browser five times more: hours"

demo: setup
	$(BIN)/course demo

lab: setup
	$(BIN)/course lab

submit: setup
	$(BIN)/python -m course_utils.submit $(LAB)

test: setup-test
	$(BIN)/course build --check
	$(BIN)/course build
	@$(MAKE) --no-print-directory --jobs 2 lint pytest

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

pytest:
	$(BIN)/python -m pytest $(PARALLEL) $(TESTS)

proof: setup-test
	$(BIN)/course build
	COURSE_PROOF=1 $(BIN)/python -m pytest $(PARALLEL) -o faulthandler_timeout=7200 $(TESTS)
	$(if $(TESTS),,for run in 1 2 3 4 5; do $(BIN)/python -m pytest $(PARALLEL) -m browser || exit 1; done)

setup: .venv/ready
setup-test: .venv/ready-test

# A stamp says that the pins were installed: the second time costs nothing.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

.venv/ready: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) .
	@$(COMPILE)
	@touch $@

.venv/ready-test: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) ".[dask,postgresql,test]"
	@$(COMPILE)
	@touch .venv/ready $@

clean:
	rm -rf build
