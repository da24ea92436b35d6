#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The machine's CPU beside Intel's manual: instructions of VMX and SEAM, their flags, error numbers and exceptions; what
# a TD and its host see of each other.
#
# usage: tests/machine/cpu.sh
# Exits with 77 if the machine has not been built: "make machine" does that.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
qemu=${MACHINE_QEMU:-$("$root/machine/build" path)} || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# run NAME PROGRAM WORDS OPTION...
run() {
	name=$1 program=$2 words=$3
	shift 3
	timeout 120 "$qemu" "$@" -accel "tcg,thread=${threads:-single}" -cpu TDX-Host -M pc -m 128 -nodefaults -no-reboot -display none \
		-L /usr/share/seabios -L /usr/share/qemu -device isa-debug-exit,iobase=0x501 -serial "file:$dir/said" \
		-kernel "$dir/$program" -append "$words" > "$dir/log" 2>&1 || true
	sed "s/^\(ok\|not ok\) - /&$name: /" "$dir/said"
	grep -qx '# passed' "$dir/said" || { cat "$dir/log"; status=1; }
}

status=0
"$here/build" "$dir/cpu" cpu.c
run "no SEAM" cpu none
run "no module" cpu bare -object seam,id=seam0
run "VMCS taken" cpu "bare taken" -object seam,id=seam0,seamret-keeps-vmcs=off
image=$("$root/tests/vm/images")/1.5.09.bin
run "module" cpu image -object "seam,id=seam0,image=$image"
"$here/build" "$dir/td" td.c td_guest.S
run "TD" td "" -smp 2 -object "seam,id=seam0,image=$image${SEAM:+,$SEAM}"
run "TD, icount" td "" -smp 2 -object "seam,id=seam0,image=$image" -icount shift=3,sleep=off
threads=multi
run "TD, threads" td "" -smp 2 -object "seam,id=seam0,image=$image"
threads=
run "TD, guard off" td no-guard -smp 2 -object "seam,id=seam0,image=$image,guard=off"
run "TD, script" td script -smp 2 -object "seam,id=seam0,image=$image,script=on"

# traced PATTERN: a trace event has been written that looks like this
traced() {
	if grep -q "$1" "$dir/trace"; then
		echo "ok - traced: $1"
	else
		echo "not ok - traced: $1"
		status=1
	fi
}
run "TD, traced" td "" -smp 2 -object "seam,id=seam0,image=$image" -trace 'seam_*' -D "$dir/trace" > "$dir/out"
grep -v '^ok' "$dir/out" || true
traced 'seam_call lp 0 TDH.SYS.INIT rax 0x21 '
objdump -d "$dir/td.elf64" | sed -n 's/^ *\([0-9a-f]*\):.*seamcall.*/ rip 0x\1$/p' > "$dir/rips"
traced "seam_call .*$(head -n 1 "$dir/rips")"
if grep 'seam_call ' "$dir/trace" | grep -vf "$dir/rips"; then
	echo "not ok - traced: each SEAMCALL comes from where the program has one"
	status=1
fi
traced 'seam_return lp 1 TDH.SYS.LP.INIT = 0x0 SUCCESS '
traced 'seam_return lp 0 TDH.VP.ENTER = 0xe00*604[0-9a-f]* TDX_TD_FATAL '
traced 'seam_td_enter lp 0 td 0x2000000 vcpu 0$'
traced 'seam_td_exit lp 0 td 0x2000000 vcpu 0 reason 0x30 '
traced 'seam_td_ve lp 0 reason 10 qualification 0x0 gpa 0x0$'
traced 'seam_tdcall lp 0 leaf 6 = 0xb0a00000000$'
traced "seam_private_read a host's read of private memory at 0x"
traced "seam_private_write a host's write of private memory at 0x4020000$"
exit $status
