# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A TD with a Linux kernel, the host's own. It boots, counts, computes a SHA-256 of a file in
# its memory on each vCPU, and lives over ten updates.
. /host.sh

load_kvm && load_mainline
ok "KVM and tdx-host load" || finish
guest=/loader.img
start_td td1 --memory 128 --vcpus 2 --kernel /td/vmlinuz --initrd /td/initrd --append \
	"console=ttyS0 earlyprintk=serial,ttyS0 nokaslr mitigations=off random.trust_cpu=on panic=-1"
until_true grep -q 'hello from Linux' /tmp/td/td1
ok "Linux boots in a TD" || { sed 's/^/# /' /tmp/td/td1; finish; }
grep -E 'hello from Linux|report:|tdx:' /tmp/td/td1 | sed 's/^/# /'
runs td1
ok "it counts" || show_tds
for to in 1.5.13 1.5.16 1.5.17 1.5.16 1.5.17 1.5.16 1.5.17 1.5.24 1.5.25 1.5.25; do
	is "update to $to" "" "$(update $to.bin)"
	is "version" $to "$(attribute version)"
	well td1
	ok "$to: it counts on, its memory as before" || show_tds
done
note "$(grep 'report: ' /tmp/td/td1 | head -n 1)"
note "$(grep 'report: ' /tmp/td/td1 | tail -n 1)"
is "its measurement is the same in all reports" 1 \
	"$(sed -n 's/.*report: \(MRTD [0-9a-f]*\).*/\1/p' /tmp/td/td1 | sort -u | wc -l)"
note "$(grep ' counts ' /tmp/td/td1 | head -n 1)"
note "$(grep ' counts ' /tmp/td/td1 | tail -n 1)"
! grep -qE 'WARNING|BUG|Oops|stall' /tmp/td/td1
ok "its kernel does not complain" || grep -E 'WARNING|BUG|Oops|stall' /tmp/td/td1 | sed 's/^/# /'
! dmesg | grep 'timer period limited' > /tmp/limited
ok "its timers are no faster than it asked for" || sed 's/^/# /' /tmp/limited
stop_td td1
ok "it ends"
finish
