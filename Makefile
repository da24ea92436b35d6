# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The front door. Meson does the work; each target does its own set-up first.
BUILD ?= build
MESON_FLAGS ?=

help:
	@echo 'make demo     build, then update a simulated 64-LP host full of TDs, and recover one'
	@echo 'make check    every test: quick, slow, sanitizers, fuzzing, virtual machines'
	@echo 'make test     the quick tests (under two minutes)'
	@echo 'make explore  every interleaving for larger bounds (up to an hour)'
	@echo 'make mutants  every mutant of the core, and which test sees it (half an hour)'
	@echo 'make vm-check the Linux driver in virtual machines, on the model in their kernel (VM_SET=all: more)'
	@echo 'make vm-torture MINUTES=n   the same for longer, with random updates, faults and hotplug'
	@echo 'make vm-matrix compile the driver for each kernel whose headers Debian serves, and for other configurations'
	@echo 'make vm-checkers  what checkpatch, sparse, coccinelle and kernel-doc say of the driver: each remark is answered'
	@echo 'make vm-debug the virtual machines on kernels with KASAN, lockdep, kmemleak, failing allocations, KCSAN, built first (hours)'
	@echo 'make machine  QEMU with SEAM in its emulated CPU (ten minutes the first time)'
	@echo 'make machine-demo   KVM with TDs on an unmodified kernel, on a QEMU with SEAM, updated and recovered'
	@echo 'make machine-check  the tests on that machine (MACHINE_SET=all: more)'
	@echo 'make head-to-head  docs/head-to-head.md anew, on that machine: the update in Linux itself, with our patches'
	@echo '              and without, ours, and that of Linux driven by the command (hours)'
	@echo 'make build    only build; the command is $(BUILD)/tool/seamstep'
	@echo 'make deb      Debian packages in out/deb, asked about by lintian'
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
	@scripts/demo $(BUILD)/tool/seamstep

test: build
	@meson test -C $(BUILD) --suite quick --print-errorlogs

check:
	@scripts/deps check
	@scripts/check

explore: build
	@meson test -C $(BUILD) --suite explore --verbose

mutants: build
	@meson test -C $(BUILD) --no-rebuild --suite mutants --print-errorlogs
	@tests/mutants/run.py $(BUILD)

# What cannot be had here is skipped by the tests, which say why.
vm-check: build
	@scripts/deps vm || true
	@tests/vm/check $(or $(VM_SET),quick)

vm-torture:
	@scripts/deps vm || true
	@tests/vm/check torture $(or $(MINUTES),3)

vm-matrix:
	@scripts/deps vm-matrix
	@tests/vm/matrix || [ $$? = 77 ]
	@tests/vm/configurations || [ $$? = 77 ]

vm-checkers:
	@scripts/deps vm-checkers || true
	@tests/vm/checkers || [ $$? = 77 ]

vm-debug:
	@scripts/deps vm-debug
	@tests/vm/check-debug

# Where packages cannot be installed, what needs them says so and exits with 77.
machine:
	@scripts/deps machine || true
	@machine/build

machine-demo: build
	@scripts/deps machine
	@machine/demo

machine-check: build
	@scripts/deps machine || true
	@machine/check $(or $(MACHINE_SET),quick)

head-to-head: build
	@scripts/deps machine
	@machine/head-to-head

install: build
	@meson install -C $(BUILD)

deb:
	@packaging/build-deb

clean:
	rm -rf build build-* out

.PHONY: help deps build demo test check explore mutants vm-check vm-torture vm-matrix vm-checkers vm-debug machine machine-demo machine-check head-to-head install deb clean
.DEFAULT_GOAL := help
