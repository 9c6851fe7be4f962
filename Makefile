# Everything below needs Terraform >= 1.11 and Python 3.13 (or uv) and nothing else.
.DEFAULT_GOAL := help
.PHONY: help demo test test-slow up down lint bench package definitions clean venv terraform

ARGS ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: terraform ## deploy the systems to an emulator and use them; ARGS=--yes asks nothing
	@.venv/bin/stepwire demo $(ARGS)

test: lint ## run every check, and the tests; ARGS="-k text" chooses some
	@.venv/bin/python -m pytest -n 2 --dist loadgroup -m "not extended" $(ARGS)

test-slow: terraform ## the other tests: thousands of requests, a closer look, costs
	@STEPWIRE_SLOW=1 .venv/bin/python -m pytest -m "slow or extended" $(ARGS)

up: venv ## start the emulator and leave it running
	@.venv/bin/stepwire up $(ARGS)

down: venv ## stop the emulator
	@.venv/bin/stepwire down $(ARGS)

lint: terraform ## check sources, modules and READMEs without running them
	@.venv/bin/python -m tools.lint

bench: terraform ## measure, and write docs/benchmarks.md; ARGS=NAME chooses
	@.venv/bin/python -m bench $(ARGS)

package: venv ## build the Lambda package from lambda_src
	@.venv/bin/python -m tools.package

definitions: terraform ## print the rendered definitions; ARGS="--against REVISION" compares
	@.venv/bin/python -m tools.definitions $(ARGS)

clean: ## remove what the other targets made
	@if [ -x .venv/bin/stepwire ]; then .venv/bin/stepwire down || true; fi
	@rm -rf .venv .stepwire build *.egg-info .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@scripts/venv.sh

terraform: venv
	@.venv/bin/python -m tools.terraform
