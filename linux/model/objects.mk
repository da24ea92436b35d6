# SPDX-License-Identifier: GPL-2.0-only
# The software SEAM, and a driver that takes the signer from it. For SEAMSTEP_WITH, see ../Kbuild.
SEAMSIM ?= seamsim.o
obj-m += $(SEAMSIM)
ccflags-y += -DSTEP_STAND_IN
step-extra += model/stand_in.o

ccflags-$(call declares,model/probe/hrtimer_setup.c) += -DSEAMSIM_HAS_HRTIMER_SETUP

seamsim-y := common/place.o common/insn.o $(addprefix model/,sim_calls.o sim_debugfs.o sim_machine.o \
	sim_main.o sim_noise.o sim_td.o sim_tds.o sim_trap.o)
seamsim-y += $(addprefix ../core/, compat.o image.o image_error.o room.o seamcall.o seamldr.o sigstruct.o)
seamsim-y += $(patsubst $(src)/%.c,%.o,$(wildcard $(src)/../sim/*.c))
