#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The machine's CPU beside Intel's manual: instructions of VMX and SEAM, their flags, error numbers and exceptions.
#
# usage: tests/machine/cpu.sh [IMAGE]
#   IMAGE   a TDX Module for the machine with a module; without it that machine is left out
# Exits with 77 if the machine has not been built: "make machine" does that.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
qemu=${MACHINE_QEMU:-$("$root/machine/build" path)} || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Werror -Wno-main -ffreestanding -fno-pic -fno-stack-protector -mno-red-zone \
	-mno-sse -mcmodel=kernel -mmovdir64b -nostdlib -static -no-pie -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -Wl,--build-id=none \
	-T "$here/cpu.ld" -o "$dir/elf64" "$here/cpu_entry.S" "$here/cpu.c"
objcopy -O elf32-i386 "$dir/elf64" "$dir/program"

# run NAME WORDS OPTION...
run() {
	name=$1 words=$2
	shift 2
	timeout 120 "$qemu" "$@" -cpu TDX-Host -M pc -m 128 -accel tcg,thread=single -nodefaults -no-reboot -display none \
		-L /usr/share/seabios -L /usr/share/qemu -device isa-debug-exit,iobase=0x501 -serial "file:$dir/said" \
		-kernel "$dir/program" -append "$words" > "$dir/log" 2>&1 || true
	sed "s/^\(ok\|not ok\) - /&$name: /" "$dir/said"
	grep -qx '# passed' "$dir/said" || { cat "$dir/log"; status=1; }
}

status=0
run "no SEAM" none
run "no module" bare -object seam,id=seam0
run "VMCS taken" "bare taken" -object seam,id=seam0,seamret-keeps-vmcs=off
[ -z "${1:-}" ] || run "module" image -object "seam,id=seam0,image=$1"
exit $status
