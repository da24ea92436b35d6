# SPDX-License-Identifier: GPL-2.0-only
# Modules that only tests load. For SEAMSTEP_WITH, see linux/Kbuild.
include $(src)/model/objects.mk

obj-m += other_host.o seambroken.o fake_return.o blind_probe.o read_only.o slow.o td_functions.o many_builds.o
obj-$(if $(CONFIG_FAULT_INJECTION),m) += fail_nth.o
obj-$(if $(CONFIG_DEBUG_KMEMLEAK),m) += leak.o
other_host-y := ../tests/vm/other_host.o
fake_return-y := ../tests/vm/fake_return.o
blind_probe-y := ../tests/vm/blind_probe.o
slow-y := ../tests/vm/slow.o
td_functions-y := ../tests/vm/td_functions.o
many_builds-y := ../tests/vm/many_builds.o
read_only-y := common/insn.o ../tests/vm/read_only.o
fail_nth-y := ../tests/vm/fail_nth.o
leak-y := ../tests/vm/leak.o
seamkey-y := ../tests/vm/seamkey.o
seambroken-y := common/place.o ../tests/vm/broken.o ../core/lockstep.o

# A driver that does not stop the machine: SEAMSTEP_NO_STOP=y.
ifdef SEAMSTEP_NO_STOP
step-stop := ../tests/vm/no_stop.o
step-place := ../tests/vm/no_stop_place.o
endif

# For measurements beside the driver.
obj-$(SEAMSTEP_BENCH) += seambench.o
seambench-y := common/place.o common/insn.o $(addprefix ../tests/vm/,bench_main.o bench_mainline.o \
	bench_stopped.o bench_update.o bench_empty.o)
seambench-y += $(addprefix ../core/, image.o image_error.o lockstep.o seamcall.o seamldr.o sigstruct.o)
