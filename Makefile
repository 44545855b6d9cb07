# `make` lists the verbs.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
DATA ?= ../shared/data
# Compiled tests are kept: collecting them anew costs as long as running them.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: up deploy-check help setup run test test-sockets test-kafka test-slow deploy-test check lint types imports contract evaluate train bench kafka lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

# Two stamps: running needs less than developing.
.venv/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tocsin needs Python 3.11 or newer; set PYTHON=python3.x"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: .venv/.dev ## everything a developer needs, in .venv

run: .venv/.runtime ## all services in one process, sample stories, the dashboard
	@$(BIN)/tocsin demo

test: .venv/.dev ## all that is pure, in memory or on the embedded log
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not kafka and not slow and not docker and not socket"

test-kafka: .venv/.dev ## the bus and the pipeline on a real Kafka broker (needs a JDK and Maven, or TOCSIN_TEST_KAFKA)
	$(BIN)/python -m pytest -q -m kafka

test-sockets: .venv/.dev ## streams and webhooks over real sockets on loopback
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "socket and not slow"

test-slow: .venv/.dev ## whole processes: killed and restarted
	$(BIN)/python -m pytest -q -m "slow and not kafka and not docker"

up: ## the whole deployment with Docker
	deploy/secrets.sh && docker compose -f deploy/compose.yaml up --build --wait

deploy-check: .venv/.dev ## rules, dashboard, runbooks and compose files agree with the code
	$(BIN)/python deploy/check.py

deploy-test: .venv/.dev ## the image and the deployment, on a Docker engine
	$(BIN)/python -m pytest -q -m docker

check: lint types imports test test-sockets ## everything that must hold before a change lands, but Kafka and slow tests

lint: .venv/.dev ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev ## both type checkers
	$(BIN)/python -m mypy
	$(BIN)/pyright

imports: .venv/.dev ## who may import whom
	$(BIN)/lint-imports

contract: .venv/.dev ## rewrite events/schemas from the models; refuses a breaking change
	$(BIN)/python -m events.schemas

evaluate: .venv/.dev ## measure judgement on labelled data (DATA=folder)
	$(BIN)/python -m services.classify.training.evaluate $(DATA)
	$(BIN)/python -m services.enrich.training.evaluate $(DATA)

train: .venv/.dev ## learn what enrich and classify ship, from open data (DATA=folder)
	$(BIN)/python -m services.enrich.training --lists $(DATA)/ner_train_open
	$(BIN)/python -m services.classify.training.build_background $(DATA)
	$(BIN)/python -m services.classify.training.build_places

bench: .venv/.dev ## the runtime's own tax and latency, side by side with bare loops
	$(BIN)/python -m bench

kafka: .venv/.dev ## a local Kafka broker without Docker, until Ctrl-C
	$(BIN)/python deploy/local_kafka.py

lock: ## pin what pyproject.toml asks for (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --group build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -c requirements.lock --group build --group training --group dev pyproject.toml -o requirements-dev.lock

clean: ## what can be made again, and nothing of the log
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
