#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The configuration of the case that the kernel's command line names. The disk of a machine that reboots by itself has a list
# of the cases, one a boot.
case=$(sed -n 's/.*case=\([^ ]*\).*/\1/p' /proc/cmdline)
[ ! -s /test/cases ] || case=$(head -n 1 /test/cases)
echo "case: $case" > /dev/ttyS1
conf=/etc/seamstep.conf

# CPUs of a test machine may arrive late. The kernel's own driver has no such limit.
for driver in /sys/devices/*/tdx_host/seamstep; do
	[ ! -d "$driver" ] || echo 10000 > "$driver/arrival_ms"
done
printf 'repo=/lab/repo\nsigner=/lab/signer.pub.pem\ntarget=1.5.16\n' > $conf
case $case in
no-target) echo repo=/lab/repo > $conf ;;
no-repository) sed -i 's|^repo=.*|repo=/nowhere|' $conf ;;
bad-config) sed -i 's|^repo=.*|targt=1.5.16|' $conf ;;
bad-document)
	echo '{"tcbInfo": [' > /lab/tcb/bad.json
	printf 'repo=/lab/repo\nsigner=/lab/signer.pub.pem\ntcb-info=/lab/tcb/bad.json\ntarget=tcb=UpToDate\n' > $conf ;;
blocked) echo "blocked=$(cat /lab/digest)" >> $conf ;;
wrong-signer) sed -i /^signer/d $conf ;;
esac
