# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The P-SEAMLDR has one caller at a time. While seamstep.ko is loaded nobody else calls the P-SEAMLDR: whoever tries is refused,
# and the machine's trace has the address of every such call. The kernel's own driver then is the example that the trace
# would show others.
. /host.sh

export SEAMSTEP_STATE_DIR=/tmp/state

# refused NAME COMMAND...: COMMAND fails, and this scenario says how
refused()
{
	name=$1
	shift
	! "$@" > /tmp/refused 2>&1
	ok "refused: $name: $(tail -n 1 /tmp/refused)"
}

# What others may try while seamstep.ko is loaded
others_try()
{
	# Not modprobe: that of a Debian obeys the install command of seamstep-driver.conf, and then loads nothing.
	refused "$1: insmod tdx-host.ko" insmod /modules/tdx-host.ko
	! loaded tdx_host && [ -d $host/seamstep ]
	ok "$1: tdx_host is not there, the device is seamstep.ko's"
	said "sysfs: cannot create duplicate filename '/devices/faux/tdx_host'"
	ok "$1: the kernel's own reason: its device exists"
}

first_try() { echo 1 > "$1/loading" && cat "$images/1.5.16.bin" > "$1/data"; }

drivers_for_modprobe && load_kvm && insmod /modules/seamkey.ko "signer=$(cat $images/signer)"
ok "KVM loads" || finish
start_td td1
runs td1
ok "a TD runs" || { show_tds; finish; }
seam set trace on
driver 0 seamstep
others_try idle
is "a fallback is kept" "" "$(keep 1.5.09.bin)"
dmesg -c > /dev/null

# An update that is under way for long: a TD is being built, and the update waits for it.
start_td td2 --pause first-page
until_true paused td2 first-page
ok "td2 is being built"
echo wait > $host/seamstep/td_build
echo 600000 > $host/seamstep/td_build_wait_ms
update 1.5.13.bin > /tmp/update &
waiting() { [ "$(cat $upload/status)" = transferring ]; }
until_true waiting
ok "an update by seamstep.ko is under way"
others_try "under way"
refused "under way: a second upload" first_try $upload
is "under way: a fallback" preparing:device-busy "$(keep 1.5.16.bin)"
refused "under way: fallbacks are forgotten" sh -c "echo none > $host/seamstep/fallbacks"
refused "under way: rmmod seamstep" rmmod seamstep
for which in kernel seamstep; do
	driver 7 $which
	grep -q 'an upload is under way (transferring); nothing was touched' /tmp/out
	ok "under way: driver use $which: $(cat /tmp/out)"
done
loaded seamstep && ! loaded tdx_host && [ -e /etc/modprobe.d/seamstep-driver.conf ]
ok "under way: nothing was changed"
is "under way: the P-SEAMLDR's version, by seamstep.ko itself" 1.5.00 "$(attribute seamldr_version)"
waiting
ok "the update still waits"
go_on td2
wait $!
is "the update ends" "" "$(cat /tmp/update)"
is "version" "1.5.13 ready" "$(seam_status version) $(seam_status state)"
well td1 && well td2
ok "both TDs run on" || show_tds

# The command's own update
is "a fallback is kept" "" "$(keep 1.5.13.bin)"
start_td td3 --pause first-page
until_true paused td3 first-page
seamstep update --repo /repo --signer $images/signer.pub.pem --yes 1.5.16 > /tmp/update 2>&1 &
until_true waiting
ok "an update by the command is under way" || sed 's/^/# /' /tmp/update
driver 7 kernel
ok "under way: driver use kernel: $(cat /tmp/out)"
go_on td3
wait $!
is "the command's update: exit status" 0 $? || sed 's/^/# /' /tmp/update
is "version" "1.5.16 ready" "$(seam_status version) $(seam_status state)"
seam set trace off
for leaf in SEAMLDR.INFO SEAMLDR.SEAMINFO SEAMLDR.INSTALL; do
	is "$leaf: called $(calls $leaf) times, always by" "insn_seamcall [seamstep]" "$(callers $leaf)"
done
is "the P-SEAMLDR has no other leaves" "$(calls 'SEAMLDR.*')" "$(calls 'SEAMLDR.(INFO|SEAMINFO|INSTALL)')"
note "the kernel's own calls of the module in that time, by: $(callers 'TDH.*' | tr '\n' ';')"

# The example
driver 0 kernel
seam set trace on
is "the P-SEAMLDR's version, by the kernel's driver" 1.5.00 "$(attribute seamldr_version)"
is "an update by theirs" "" "$(update 1.5.17.bin)"
seam set trace off
for leaf in SEAMLDR.INFO SEAMLDR.INSTALL; do
	is "$leaf: called $(calls $leaf) times, always by" "__seamcall " "$(callers $leaf)"
done
stop_td td1 && stop_td td2 && stop_td td3
ok "the TDs end"
finish
