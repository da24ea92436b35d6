# SPDX-License-Identifier: MIT OR GPL-2.0-only
# What machine/demo shows: two TDs of KVM count while the module under them is updated, and while an update fails. Lines
# that begin with "| " go to the screen.
. /host.sh

tell()
{
	echo "| $*"
}

# consoles: the next line that each TD's own console has
consoles()
{
	runs td1 && runs td2
	ok "both TDs count on" || show_tds
	for name in td1 td2; do
		echo "|     $(grep ' counts ' /tmp/td/$name | tail -n 1)"
	done
}

# operate EXPECTED-STATUS VERB...: the command, as an operator types it
operate()
{
	expected=$1
	shift
	tell "# seamstep $*"
	seamstep "$@" --yes --repo /repo --signer $images/signer.pub.pem > /tmp/out 2>&1
	status=$?
	grep -E '^(updated|seamstep:)' /tmp/out | fold -s -w 92 | sed 's/^/|     /'
	is "seamstep $1: exit status" "$expected" $status || sed 's/^/# /' /tmp/out
}

tell "Linux $(uname -r), $cpus CPUs, no line of it changed"
tell "    $(dmesg | sed -n 's/.*\(virt\/tdx: Module version.*\)/\1/p')"
tell "    $(dmesg | sed -n 's/.*\(virt\/tdx: TDX-Module init.*\)/\1/p')"
load_kvm && load_seamstep
ok "KVM and seamstep.ko load" || finish
tell "Two TDs, built and run by KVM; each line is what the guest itself writes to its console:"
start_two_tds
grep -h hello /tmp/td/td1 /tmp/td/td2 | sed 's/^/|     /'
consoles

tell "A new module under them, with seamstep.ko:"
operate 0 update 1.5.13
consoles

tell "Another one, but now the P-SEAMLDR refuses its signature, after the old module has shut down:"
inject SEAMLDR.INSTALL@last=EBADSIG/0
operate 10 update 1.5.16 --fallback $images/1.5.13.bin
inject -
tell "    the machine: module $(seam_status version), $(seam_status state); updates left $(seam_status updates-left)"
consoles

# In this order: the kernel's own driver cannot be unloaded, because its upload node holds it.
rmmod seamstep && load_mainline
ok "tdx-host loads in place of seamstep.ko" || finish
host=/sys/devices/faux/tdx_host
tell "The kernel's own driver, driven by the same command, with the signature accepted. It knows the version that"
tell "it found at boot:"
operate 0 update 1.5.16
consoles
well td1 && well td2
ok "the guests' memory is what they wrote"
stop_td td1 && stop_td td2
ok "both TDs end"
tell "Alive at their end: $(cat /tmp/td/td? | grep -c 'ended alive') of 2 TDs. Their consoles have \
$(cat /tmp/td/td? | grep -c ' counts ') lines, $(cat /tmp/td/td? | grep -c 'errors [1-9]') of them with an error."
finish
