# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Debian's own QEMU is the VMM. A TD starts in Debian's TDX firmware. A second one starts a Linux kernel from there, and lives
# over updates of the module.
. /host.sh

show_qemu()
{
	grep -v 'warning: TDX ' "/tmp/td/$1.qemu" | sed 's/^/# /'
	tail -n 40 "/tmp/td/$1" | tr -d '\033\r' | sed 's/^/# /'
}

load_kvm && load_mainline
ok "KVM and tdx-host load" || finish
note "$(/qemu/run --version | head -n 1)"

start_qemu td1 -bios /qemu/firmware.fd -m 256
until_true grep -q BdsDxe /tmp/td/td1
ok "the firmware comes to its boot manager" || { show_qemu td1; finish; }
note "$(tr -d '\033\r' < /tmp/td/td1 | grep -o -m 1 'BdsDxe.*')"
is "the machine knows the TD" 1 "$(seam_status tds)"
stop_td td1
ok "QEMU ends"
is "the module knows no TD" 0 "$(seam_status tds)"

# The kernel is not signed.
start_qemu td2 -bios /qemu/firmware-open.fd -m 256 -smp 2 -kernel /td/vmlinuz -initrd /td/initrd -append \
	"console=ttyS0 nokaslr mitigations=off random.trust_cpu=on panic=-1"
until_true grep -q 'hello from Linux' /tmp/td/td2 || until_true grep -q 'hello from Linux' /tmp/td/td2
ok "Linux boots from the firmware" || { show_qemu td2; finish; }
grep -oE 'hello from Linux.*|report:.*|tdx: Guest.*|DMI: .*' /tmp/td/td2 | sed 's/^/# /'
runs td2
ok "it counts" || { show_qemu td2; finish; }
is "on both vCPUs" 2 "$(counts td2 | wc -l)"
seam_tds mrtd > /tmp/mrtd
for to in 1.5.13 1.5.16; do
	seamstep update --yes --repo /repo --signer $images/signer.pub.pem --to $to > /tmp/out 2>&1
	is "seamstep update: exit status" 0 $? || sed 's/^/# /' /tmp/out
	is "version" $to "$(attribute version)"
	well td2
	ok "$to: it counts on, its memory as before" || show_qemu td2
done
is "the kernel's own update" "" "$(update 1.5.17.bin)"
is "version" 1.5.17 "$(attribute version)"
well td2
ok "1.5.17: it counts on, its memory as before" || show_qemu td2
is "no LP was in the module when it was erased" 0 "$(seam_status erased-under-lps)"
seam_tds mrtd | cmp -s - /tmp/mrtd
ok "its measurement is as before"
note "$(grep -o 'report: .*' /tmp/td/td2 | tail -n 1)"
note "$(grep -o 'vCPU . counts .*' /tmp/td/td2 | head -n 1)"
note "$(grep -o 'vCPU . counts .*' /tmp/td/td2 | tail -n 1)"
! grep -qE 'WARNING|BUG|Oops|stall' /tmp/td/td2
ok "its kernel does not complain" || grep -E 'WARNING|BUG|Oops|stall' /tmp/td/td2 | sed 's/^/# /'
stop_td td2
ok "QEMU ends"
is "the module knows no TD" 0 "$(seam_status tds)"
finish
