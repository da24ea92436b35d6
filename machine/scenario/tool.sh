# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The operator's command on a kernel's real files: its reading verbs, two updates with images in the published format,
# its refusals, and its output for a host that has lost its module.
. /host.sh

pem=$images/signer.pub.pem

# on VERB...: run the command. Its output goes to /tmp/out and /tmp/err, its exit status to $status
on()
{
	verb=$1
	shift
	seamstep "$verb" --repo /repo "$@" > /tmp/out 2> /tmp/err
	status=$?
}

# says NAME EXIT PATTERN...: the exit status is EXIT, and the outputs match each PATTERN
says()
{
	name=$1
	is "$name: exit status" "$2" "$status" || sed 's/^/# /' /tmp/out /tmp/err
	shift 2
	for pattern in "$@"; do
		cat /tmp/out /tmp/err | grep -qE "$pattern"
		ok "$name: $pattern" || sed 's/^/# /' /tmp/out /tmp/err
	done
}

on status
says "no driver" 4
load_kvm && load_mainline
ok "KVM and tdx-host load" || finish
start_two_tds

on status
says status 0 '^Host +linux \(Linux 7\.2 or later' '^TDX Module +1\.5\.09, SVN 1\.8, handoff 0' \
	'^P-SEAMLDR +1\.5\.00' '^Updates left +15' "^LPs +all $(nproc) online" '^CPUs +[0-9]+ package.*0x806f8'
on list -o VERSION,VERDICT
says list 0 '^1\.5\.08 +no' '^1\.5\.09 +running' '^1\.5\.16 +ok'
on route --to 1.5.16
says route 0 '1\.5\.09 +1\.5\.16'
on check
says "check: an update is available" 3
on update --dry-run --signer $pem 1.5.13
says "dry run" 0 'would make 1 update; nothing was touched' 'ok +lps' 'warning +fallback +this kernel cannot fall back' \
	'unknown +td-build'
is "nothing was touched" 15 "$(attribute num_remaining_updates)"

# The repository has containers of version 0x100, which the kernel refuses.
is "the kernel and 0x100" transferring:firmware-invalid "$(put $upload /repo/tdx_module_1.5.13.blob)"
on update --yes --signer $pem 1.5.13
says update 0 '^updated 1\.5\.09 -> 1\.5\.13: updates left 14'
is "version" 1.5.13 "$(attribute version)"
on update --yes --signer $pem 1.5.16
says "update again" 0 '^updated 1\.5\.13 -> 1\.5\.16: updates left 13'
is "version" 1.5.16 "$(attribute version)"
on update --yes --verbose --signer $pem 1.5.16
says "nothing to do" 0 'nothing to do'
on history
says history 0 '1\.5\.09 +1\.5\.13' '1\.5\.13 +1\.5\.16'
on check --verify --to 1.5.16
says "check --verify" 0

echo 0 > /sys/devices/system/cpu/cpu1/online
on update --yes --signer $pem 1.5.17
says "a CPU is offline" 7 'FAILED +lps'
echo 1 > /sys/devices/system/cpu/cpu1/online
on update --yes 1.5.17
says "not Intel's signature" 5 'FAILED +signature'
is "version" 1.5.16 "$(attribute version)"
well td1 && well td2
ok "both TDs run on" || show_tds

inject SEAMLDR.INSTALL@last=EBADSIG/0
on update --yes --signer $pem 1.5.17
says "lost" 11 'no TDX Module runs' 'reboot'
inject -
on status
says "status, lost" 0 '^TDX Module +none; a reboot brings TDX back'
on check
says "check, lost" 11
on update --yes --signer $pem 1.5.17
says "update, lost" 4
until_true died td1 && until_true died td2
ok "KVM gives both TDs up" || show_tds
on history
says "history, lost" 0 'lost'
finish
