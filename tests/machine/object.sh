#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The object "seam": what it refuses at the start, and what it says and takes by QMP while the machine runs.
#
# usage: tests/machine/object.sh
# Exits with 77 if the machine has not been built: "make machine" does that.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
qemu=${MACHINE_QEMU:-$("$root/machine/build" path)} || exit 77
images=$("$root/tests/vm/images")
image=$images/1.5.09.bin
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

machine() {
	timeout 60 "$qemu" -M pc -m 64 -S -nodefaults -display none -L /usr/share/seabios -L /usr/share/qemu "$@"
}

fail() {
	echo "not ok - $1: $(cat "$dir/said")"
	exit 1
}

# ---- the start -------------------------------------------------------------------------------------

# refuses TEXT OPTION...: QEMU ends with a message that has the text
refuses() {
	text=$1
	shift
	! machine -cpu TDX-Host "$@" > "$dir/said" 2>&1 < /dev/null || fail "accepted: $*"
	grep -qF -- "$text" "$dir/said" || fail "expected \"$text\""
	echo "ok - refused: $text"
}

head -c 5000 "$image" > "$dir/short"
refuses "image: expected the file of a TDX Module" -object "seam,id=s,image=$dir/none"
refuses "is no image of a TDX Module" -object "seam,id=s,image=$dir/short"
refuses "signer: expected the SHA-384 of a public key's modulus" -object seam,id=s,signer=abc
refuses "the P-SEAMLDR of this machine refuses it: PSEAMLDR_EBADSIG" \
	-object "seam,id=s,image=$images/wrong-signer.bin,signer=$(cat "$images/signer")"
refuses "faults: expected LEAF[@LP][#NTH][+|!]=STATUS[/RDX], found \"NONSENSE=1\"" -object seam,id=s,faults=NONSENSE=1
refuses "found \"TDH.SYS.INIT@1=SYS_BUSY\"" -object seam,id=s,faults=TDH.SYS.INIT@1=SYS_BUSY
refuses "a machine has one SEAM" -object seam,id=s -object seam,id=t
refuses "expected a PC with -accel tcg" -object seam,id=s -accel qtest
refuses "see the properties" -object seam,id=s,private-keyids=0
refuses "see the properties" -object seam,id=s,private-keyids=2049
refuses "see the properties" -object seam,id=s,updates=256
refuses "see the properties" -object seam,id=s,seamldr-line=1
refuses "the P-SEAMLDR of this machine refuses it" \
	-object "seam,id=s,image=$images/debug-signed.bin,signer=$(cat "$images/signer")"

# ---- while it runs ---------------------------------------------------------------------------------

# ask COMMAND...: the answers, one a line
ask() {
	{
		echo '{"execute": "qmp_capabilities"}'
		printf '%s\n' "$@"
		echo '{"execute": "quit"}'
	} | machine -cpu TDX-Host -object "seam,id=s,image=$image${options:+,$options}" -qmp stdio > "$dir/said" 2>&1
}
options=

# says TEXT: the last answers have it
says() {
	grep -qF -- "$1" "$dir/said" || fail "expected $1"
	echo "ok - $2"
}

get='{"execute": "qom-get", "arguments": {"path": "/objects/s", "property":'
set='{"execute": "qom-set", "arguments": {"path": "/objects/s", "property":'
ask "$get \"status\"}}" "$get \"tds\"}}" "$get \"faults\"}}"
says '"version": "1.5.09"' "the status has the module's version"
says '"state": "sysinit-pending"' "the module waits for its host"
says '"updates-left": 15' "the BIOS's load has used one of 16 updates"
says '{"return": []}' "there are no TDs"
ask "$set \"faults\", \"value\": \"SEAMLDR.INSTALL@last=EBADSIG/0;VP.ENTER#3+=SEAMCALL_GP\"}}" "$get \"faults\"}}"
says '"SEAMLDR.INSTALL@last=EBADSIG/0;VP.ENTER#3+=SEAMCALL_GP"' "faults can be chosen"
ask "$set \"faults\", \"value\": \"VP.ENTER@first\"}}" "$get \"faults\"}}"
says 'found \"VP.ENTER@first\"' "a fault without a status is refused"
ask "$set \"image\", \"value\": \"/\"}}"
says "image: it can be chosen only at the start" "the BIOS's module cannot be chosen later"
ask '{"execute": "object-del", "arguments": {"id": "s"}}'
says "can not be deleted" "SEAM stays"
ask '{"execute": "migrate", "arguments": {"uri": "exec:cat > /dev/null"}}'
says "SEAM's own memory and TDs that run are not part of a snapshot" "migration is refused, with the reason"
ask '{"execute": "human-monitor-command", "arguments": {"command-line": "savevm now"}}'
says "SEAM's own memory and TDs that run are not part of a snapshot" "a snapshot is refused, with the reason"

# hmp COMMAND...: on the monitor
hmp() {
	{ printf '%s\n' "$@"; echo quit; } | machine -cpu TDX-Host -object "seam,id=s,image=$image" -monitor stdio > "$dir/said" 2>&1
}
hmp "info seam"
says 'version "1.5.09"' "the monitor's info seam"
hmp "seam_faults SEAMLDR.INFO=EBADPARAM" "qom-get /objects/s faults"
says '"SEAMLDR.INFO=EBADPARAM"' "the monitor's seam_faults"
hmp "seam_faults SEAMLDR.INFO=EBADPARAM" seam_faults "qom-get /objects/s faults"
says '""' "no faults any more"
hmp "seam_faults NONSENSE"
says 'found "NONSENSE"' "a wrong one is refused"
printf 'info seam\nquit\n' | machine -cpu TDX-Host -monitor stdio > "$dir/said" 2>&1
says "This machine has no SEAM" "a machine without SEAM says so"

options=updates=3
ask "$get \"status\"}}"
says '"updates-left": 2' "updates=3: the BIOS's load has used one"
options=private-keyids=7,guard=off,script=on
ask "$get \"private-keyids\"}}" "$get \"guard\"}}" "$get \"script\"}}"
says '{"return": 7}' "private-keyids=7"
says '{"return": false}' "guard=off"
says '{"return": true}' "script=on"
options=seamldr-line=2
ask "$get \"status\"}}"
says '"version": "1.5.09"' "a P-SEAMLDR 2.0 loads a module 1.5"
options="debug-unlocked=on,signer=$(cat "$images/signer")"
image=$images/debug-signed.bin
ask "$get \"status\"}}"
says '"state": "sysinit-pending"' "debug-unlocked=on: a debug-signed module is loaded"
options= image=$images/1.5.09.bin

# A reset is a power cycle: the BIOS loads its module's file again, which is another one by then.
ln -s "$image" "$dir/bios"
mkfifo "$dir/commands"
machine -cpu TDX-Host -object "seam,id=s,image=$dir/bios" -qmp stdio < "$dir/commands" > "$dir/said" 2>&1 &
exec 3> "$dir/commands"
printf '%s\n' '{"execute": "qmp_capabilities"}' "$get \"status\"}}" >&3
tries=300
until grep -qF '"version": "1.5.09"' "$dir/said" || [ $((tries -= 1)) = 0 ]; do sleep 0.1; done
ln -sf "$images/1.5.13.bin" "$dir/bios"
echo '{"execute": "system_reset"}' >&3
until grep -qF '"event": "RESET"' "$dir/said" || [ $((tries -= 1)) -le 0 ]; do sleep 0.1; done
printf '%s\n' "$get \"status\"}}" '{"execute": "quit"}' >&3
exec 3>&-
wait
says '"version": "1.5.13"' "a reset loads the BIOS's module again"
