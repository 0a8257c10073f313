# `make demo` and `make test` set everything up by themselves; a second run sets nothing up again.

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMPS := $(VENV)/stamps
DIST := extension/dist/manifest.json
LLAMA_SOURCE := .cache/bench/llama.cpp
BUILTIN_MODEL := host/windowsill/models/builtin/windowsill-tiny.gguf

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The helper programs in .ci write nothing beside themselves.
export PYTHONDONTWRITEBYTECODE := 1

.DELETE_ON_ERROR:
.PHONY: help setup chromium lavapipe demo test test-vulkan lint format bench bench-engine bench-wllama soak backend model quality-baseline protocol lock clean bench-tasks

help:
	@echo 'make demo [MODEL=file.gguf] [PROMPT="..."]   a streamed answer in a throw-away Chromium profile'
	@echo 'make test                                    everything that CI checks'
	@echo 'make test-vulkan                             the tests of GPUs, on one in software (builds llama.cpp: 20 minutes)'
	@echo 'make setup                                   only what both of them need'
	@echo 'make lint | format                           the checks without the tests | lay the Python code out'
	@echo 'make bench [JSON=file]                       speed and memory beside their goals'
	@echo 'make bench-engine [SHAPE=name] [JSON=file]   the Engine beside llama-server (builds it: 8 minutes)'
	@echo 'make bench-tasks [JSON=file]                 twenty inputs of a page at once, beside one after another'
	@echo 'make bench-wllama [JSON=file]                a page with its own model beside Windowsill (fetches wllama: 6 MB)'
	@echo 'make soak [MINUTES=60] [MODEL=file.gguf]     64 sessions, eight active: nothing lost, memory flat'
	@echo 'make backend BACKEND=vulkan                  build llama.cpp anew for a GPU or NPU (docs/devices.md)'
	@echo 'make quality-baseline                        measure how well the built-in model does the tasks, for the tests'
	@echo 'make protocol                                write the TypeScript side of the wire anew'
	@echo 'make model                                   train the built-in model anew (17 to 20 minutes)'
	@echo 'make lock                                    pin the Python packages anew (needs uv)'
	@echo 'make clean                                   remove everything that setup and builds made'

# ---- set-up: each stamp is newer than what it was made from

setup: $(STAMPS)/project $(DIST) chromium

$(STAMPS)/packages: requirements.lock | .ci/create-venv .ci/locked.py
	@.ci/create-venv $(VENV)
	@echo 'Installing the pinned Python packages (about a minute).'
	@mkdir -p $(STAMPS)
	@$(PYTHON) .ci/locked.py without llama-cpp-python > $(STAMPS)/packages.txt
	@$(PYTHON) -m pip install -qq --require-hashes --no-deps -r $(STAMPS)/packages.txt
	@touch $@

$(STAMPS)/llama: $(STAMPS)/packages
	@$(PYTHON) .ci/locked.py only llama-cpp-python > $(STAMPS)/llama.txt
	@.ci/install-llama $(PYTHON) $(STAMPS)/llama.txt
	@touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/llama
	@$(PYTHON) -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/node: extension/package-lock.json | $(STAMPS)/packages
	@.ci/need-node
	@echo 'Installing the pinned Node packages (half a minute).'
	@cd extension && npm ci --silent
	@touch $@

$(STAMPS)/clients: tests/clients/package-lock.json | $(STAMPS)/packages
	@.ci/need-node
	@echo 'Installing the libraries that the tests use Windowsill with (some seconds).'
	@cd tests/clients && npm ci --silent
	@touch $@

$(DIST): $(STAMPS)/node extension/build.mjs extension/versioned.mjs extension/manifest.json extension/tsconfig.json \
    host/windowsill/__init__.py $(shell find extension/src extension/icons -type f)
	@echo 'Building the extension (a second).'
	@cd extension && npm run --silent build

$(LLAMA_SOURCE): | $(STAMPS)/packages
	@echo "Unpacking llama.cpp's sources, with the chat templates of published models (77 MB, some seconds)."
	@PYTHONPATH=tests $(PYTHON) -m bench.llama_source

chromium:
	@.ci/need-chromium

lavapipe:
	@.ci/need-lavapipe

# ---- what people run

demo: setup
	@windowsill demo $${MODEL:+--model "$$MODEL"} $${PROMPT:+--prompt "$$PROMPT"}

test: setup lint $(LLAMA_SOURCE)
	@echo 'Tests of the extension (half a minute).'
	cd extension && npm run --silent test
	@echo 'Tests of Host, Engine, wire and the whole road in Chromium (some minutes).'
	python -m pytest tests/unit tests/wire tests/fuzz tests/faults tests/quality tests/e2e

# An environment of its own: the tests of the other one compute on the processor alone.
VULKAN := .cache/vulkan

$(VULKAN)/built: requirements.lock pyproject.toml .ci/install-llama | $(STAMPS)/project
	@.ci/create-venv $(VULKAN)
	@$(VULKAN)/bin/python -m pip install -qq --require-hashes --no-deps -r $(STAMPS)/packages.txt
	@.ci/install-llama $(abspath $(VULKAN)/bin/python) $(STAMPS)/llama.txt vulkan
	@$(VULKAN)/bin/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

# Two tests are left out, as docs/devices.md says: lavapipe's rounding changes with the batch's size, and Q4_K_M ends it.
test-vulkan: export VK_ICD_FILENAMES ?= $(firstword $(wildcard /usr/share/vulkan/icd.d/lvp_icd*.json))
test-vulkan: export GGML_VK_VISIBLE_DEVICES := 0,0
test-vulkan: lavapipe $(VULKAN)/built
	@echo 'Tests of GPUs, on one in software (several minutes).'
	$(VULKAN)/bin/python -m pytest tests/unit/engine/test_gpu.py
	TEST_GPU=Vulkan0 $(VULKAN)/bin/python -m pytest -o timeout=1800 \
	    tests/unit/engine/test_runner.py tests/unit/engine/test_cached_decode.py tests/unit/engine/test_quantized_decode.py \
	    -k 'not unchanged_token_by_token and not Q4_K_M'

lint: setup $(STAMPS)/clients
	@echo 'Layout, lint, types, import contracts and generated files (a minute).'
	ruff format --check --quiet .
	ruff check --quiet .
	mypy
	lint-imports
	python extension/generate_protocol.py --check
	cd extension && npm run --silent typecheck && npm run --silent lint

format: $(STAMPS)/packages
	ruff format .
	ruff check --fix .

bench: setup
	@PYTHONPATH=tests python -m bench $${JSON:+--json "$$JSON"}

bench-engine: setup
	@PYTHONPATH=tests python -m bench.engine_bench $${SHAPE:+--shape "$$SHAPE"} $${JSON:+--json "$$JSON"}

bench-tasks: setup
	@PYTHONPATH=tests python -m bench.tasks_bench $${JSON:+--json "$$JSON"}

bench-wllama: setup
	@PYTHONPATH=tests python -m bench.wllama_bench $${JSON:+--json "$$JSON"}

soak: $(STAMPS)/project
	@PYTHONPATH=tests python -m soak $${MINUTES:+--minutes "$$MINUTES"} $${MODEL:+--model "$$MODEL"}

backend: $(STAMPS)/project
	@.ci/install-llama $(PYTHON) $(STAMPS)/llama.txt $(BACKEND)
	@windowsill devices --check

quality-baseline: $(STAMPS)/project
	@PYTHONPATH=tests python -m quality

protocol: $(STAMPS)/project
	python extension/generate_protocol.py

model: $(STAMPS)/project
	@echo 'Installing PyTorch and training the built-in model (17 to 20 minutes on two cores).'
	$(PYTHON) -m pip install -qq --no-build-isolation --editable '.[train]'
	python -m recipe --out $(BUILTIN_MODEL)

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --extra demo \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	    pyproject.toml requirements.in --output-file requirements.lock

clean:
	rm -rf $(VENV) extension/node_modules tests/clients/node_modules extension/dist .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis \
	    .import_linter_cache demo-screenshot.png
