#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The configuration of the case that the kernel's command line names.
case=$(sed -n 's/.*case=\([^ ]*\).*/\1/p' /proc/cmdline)
conf=/etc/seamstep.conf

# CPUs of a test machine may arrive late.
for driver in /sys/devices/*/tdx_host/seamstep; do
	echo 30000 > "$driver/arrival_ms"
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
