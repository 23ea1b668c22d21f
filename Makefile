# Set-up and the main jobs. `make demo` and `make test` need only Python 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= auto

.PHONY: setup test lint system language docs demo bench clean

setup: $(READY)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo "compiling the kernels, once (about two minutes)"
	@mkdir -p build
	@$(BIN)/python .ci/kernels > build/compile.log 2>&1 || (cat build/compile.log; exit 1)
	@touch $(READY)

lint: $(READY)
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/imports.log || (cat $(VENV)/imports.log; exit 1)

# Debian packages that single tests need (a browser, an office program, fonts ...): one line each in .ci/system.
# Installs what is missing where it may, else says so and goes on; such tests are then skipped, except under .ci/run.
system:
	@.ci/system

test: lint system
	@$(BIN)/pytest --numprocesses=$(JOBS) --dist=worksteal

# Texts for people: compiles every translation after its .po was changed (ponplan/report/locales/README.md).
language: $(READY)
	@for po in ponplan/report/locales/*/LC_MESSAGES/*.po; do \
		$(BIN)/pybabel --quiet compile -i $$po -o $${po%.po}.mo || exit 1; done

# The documentation site; every warning is an error. Pages under docs/reference/generated are written by the build.
docs: $(READY)
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs
	@echo "site: build/docs/index.html"

DEMO := build/demo
demo: $(READY)
	@mkdir -p $(DEMO)
	@$(BIN)/ponplan design topologies/mixed-town -o $(DEMO)/mixed-town.gpkg --force
	@$(BIN)/ponplan check $(DEMO)/mixed-town.gpkg
	@$(BIN)/ponplan bom $(DEMO)/mixed-town.gpkg -o $(DEMO)/mixed-town.xlsx --force
	@$(BIN)/ponplan pack $(DEMO)/mixed-town.gpkg -o $(DEMO)/pack --force
	@$(BIN)/ponplan labels $(DEMO)/mixed-town.gpkg -o $(DEMO)/labels.pdf --force
	@$(BIN)/ponplan simulate --pon scenarios/ipact_limited.toml --json > $(DEMO)/ipact_limited.json
	@$(BIN)/ponplan failover $(DEMO)/mixed-town.gpkg --every-span --map $(DEMO)/spans.gpkg --force --json > $(DEMO)/spans.json
	@$(BIN)/ponplan failover --pon scenarios/trunk_feeder_cut.toml --packets --timeline $(DEMO)/cut.svg --force --json > $(DEMO)/cut.json
	@$(BIN)/ponplan availability $(DEMO)/mixed-town.gpkg --json > $(DEMO)/availability.json
	@$(BIN)/ponplan report $(DEMO)/mixed-town.gpkg --results $(DEMO)/ipact_limited.json -o $(DEMO)/mixed-town.html --force
	@echo "report: $(DEMO)/mixed-town.html (open it in a browser)"
	@echo "design: $(DEMO)/mixed-town.gpkg (open it in QGIS)"
	@echo "bill:   $(DEMO)/mixed-town.xlsx"
	@echo "sheets to build from: $(DEMO)/pack/pack.xlsx; labels: $(DEMO)/labels.pdf"
	@echo "packets over one PON: $(DEMO)/ipact_limited.json"
	@echo "every span cut: $(DEMO)/spans.json, on the map $(DEMO)/spans.gpkg; minutes a year: $(DEMO)/availability.json"
	@echo "one switchover: $(DEMO)/cut.json, drawn in $(DEMO)/cut.svg"

bench: $(READY)
	@$(BIN)/python benchmarks/design.py
	@$(BIN)/python benchmarks/public.py
	@$(BIN)/python benchmarks/simulate.py
	@$(BIN)/python benchmarks/failover.py

clean:
	@rm -rf $(VENV) build
