# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The front door. Meson does the work; each target does its own set-up first.
BUILD ?= build
MESON_FLAGS ?=

help:
	@echo 'make demo     build, then update a simulated 64-LP host full of TDs, and recover one'
	@echo 'make check    every test: quick, slow, sanitizers, fuzzing, freestanding build'
	@echo 'make test     the quick tests (under two minutes)'
	@echo 'make explore  every interleaving for larger bounds (up to an hour)'
	@echo 'make build    only build; the command is $(BUILD)/cli/seamstep'
	@echo 'make vm-check the driver in a real kernel, in QEMU; make vm-torture MINUTES=n for longer'
	@echo 'make install  install (DESTDIR and meson options are obeyed)'
	@echo 'make deps     install what is missing through apt'
	@echo 'make clean    remove what was built'

deps:
	@scripts/deps

$(BUILD)/build.ninja: | deps
	@meson setup $(BUILD) $(MESON_FLAGS)

build: deps $(BUILD)/build.ninja
	@ninja -C $(BUILD)

demo: build
	@scripts/demo $(BUILD)/cli/seamstep

test: build
	@meson test -C $(BUILD) --suite quick --print-errorlogs

check: deps
	@scripts/check

explore: build
	@meson test -C $(BUILD) --suite explore --verbose

install: build
	@meson install -C $(BUILD)

vm-check:
	@tests/vm/check quick

vm-torture:
	@tests/vm/check torture $(or $(MINUTES),3)

clean:
	rm -rf build build-* out

.PHONY: help deps build demo test check explore vm-check vm-torture install clean
.DEFAULT_GOAL := help
