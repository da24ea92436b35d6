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
.PHONY: help deps build demo test check explore vm-check vm-torture install deb clean
.DEFAULT_GOAL := help
