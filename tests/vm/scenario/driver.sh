# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The driver beside a kernel with its own update, and the driver's other features: rehearsal, fallbacks, limits
# on values that are written.
. /lib.sh

# refused_load PARAMETER...: the driver must refuse to load, say why, and leave nothing behind.
refused_load()
{
	dmesg -c > /dev/null
	! insmod /modules/seamstep.ko "$@" 2> /dev/null && dmesg | grep -q 'seamstep: .*tdx_host' &&
		[ ! -d /sys/module/seamstep ] && [ ! -e $fallback ]
}

# bad_value FILE VALUE: writing VALUE is refused and changes nothing.
bad_value()
{
	was=$(attribute "seamstep/$1")
	! (echo "$2" > "$host/seamstep/$1") 2> /dev/null && [ "$(attribute "seamstep/$1")" = "$was" ]
	ok "'$2' refused for $1"
}

# ---- where there is no TDX --------------------------------------------------------------------------

dmesg -c > /dev/null
! insmod /modules/seamstep.ko 2> /dev/null
ok "the driver does not load"
dmesg | grep -q 'seamstep: the kernel has not found a TDX host platform'
ok "nor does it try a SEAMCALL: $(dmesg | sed -n 's/.*seamstep: //p')"

# ---- beside the kernel's own ---------------------------------------------------------------------

power_on
ok "machine"
insmod /modules/other_host.ko
ok "a kernel with tdx_host and tdx_module"
refused_load
ok "the driver does not load: $(dmesg | sed -n 's/.*seamstep: //p')"
refused_load beside_tdx_host=1
ok "the driver does not load with beside_tdx_host=1"
rmmod other_host

insmod /modules/other_host.ko offers=0
ok "a kernel with tdx_host, but without tdx_module"
refused_load
ok "the driver does not load unasked: $(dmesg | sed -n 's/.*seamstep: //p')"
insmod /modules/seamstep.ko beside_tdx_host=1 && host=$(echo /sys/devices/*/tdx_host_seamstep) &&
	echo 10000 > "$host/seamstep/arrival_ms"
ok "the driver loads with beside_tdx_host=1"
is "the driver updates" "" "$(update 1.5.13.bin)"
is "version" 1.5.13 "$(attribute version)"
rmmod other_host && insmod /modules/other_host.ko offers=0
ok "such a tdx_host can come and go beside it"
rmmod other_host
dmesg -n 1
! insmod /modules/other_host.ko 2> /dev/null
ok "a tdx_host with tdx_module does not load beside it"
dmesg -n 5
rmmod seamstep
insmod /modules/seamstep.ko beside_tdx_host=1 && insmod /modules/other_host.ko offers=0
ok "such a tdx_host can load after it"
rmmod other_host && rmmod seamstep

# The kernel's driver may also load second. The taken name then leads to a stack trace.
load_driver
ok "the driver is there first"
dmesg -n 1
! insmod /modules/other_host.ko 2> /dev/null
ok "a second tdx_host is refused"
dmesg -n 5
is "version, asked of the first" 1.5.13 "$(attribute version)"

# ---- fallbacks --------------------------------------------------------------------------------------

is "no fallback at first" "" "$(attribute seamstep/fallbacks)"
keep 1.5.13.bin > /dev/null
first=$(attribute seamstep/fallbacks)
keep 1.5.16.bin > /dev/null
second=$(attribute seamstep/fallbacks | sed 1d)
keep 1.5.13.bin > /dev/null
is "each image is kept once, the last one given at the end" "$second $first" \
	"$(attribute seamstep/fallbacks | xargs)"
attribute seamstep/fallbacks | grep -vq '^[0-9a-f]\{8\}-[0-9a-f]\{8\}$'
[ $? != 0 ]
ok "named by date and hash: $(attribute seamstep/fallbacks | xargs)"
is "a bad image is not kept" preparing:firmware-invalid "$(keep bad-hash.bin | sed s/transferring/preparing/)"
is "two images are kept" 2 "$(attribute seamstep/fallbacks | wc -l)"
bad_value fallbacks some
echo none > "$host/seamstep/fallbacks"
is "forgotten" "" "$(attribute seamstep/fallbacks)"

# ---- uploads at a bad time ------------------------------------------------------------------------------

: > /tmp/empty
put $upload /tmp/empty > /dev/null
is "an empty file changes nothing" 1.5.13 "$(attribute version)"

# Uploads in a row, while the driver is unloaded and loaded.
fire()
{
	while [ ! -e /tmp/cease ]; do
		for node in $upload $fallback; do
			echo 1 > $node/loading
			cat $images/bad-hash.bin > $node/data
			echo 0 > $node/loading
		done
	done 2> /dev/null
}
fire &
gone=0
while [ $gone -lt 20 ]; do
	usleep $((gone * 1000))
	until_true rmmod seamstep 2> /dev/null || break
	insmod /modules/seamstep.ko || break
	gone=$((gone + 1))
done
touch /tmp/cease
wait
is "unloaded and loaded again while files are uploaded to it" 20 $gone
wait_idle $upload && wait_idle $fallback && echo 10000 > "$host/seamstep/arrival_ms"
ok "the driver is loaded"

# An upload that has begun, but not yet as far as the unloading driver can see; and the end of that upload, after its last
# call of the driver.
insmod /modules/slow.ko functions=fw_upload_start,device_del,fw_free_paged_buf ms=300,100,1000
ok "a kernel that is slow at both"
dmesg -c > /dev/null
echo 1 > $upload/loading
cat $images/bad-hash.bin > $upload/data
echo 0 > $upload/loading &
usleep 100000
rmmod seamstep
ok "the driver unloads meanwhile"
wait
rmmod slow
dmesg | grep -q 'seamstep: an upload began while the driver was being unloaded; it was refused'
ok "the log says so, as the memory of the upload is not freed"
load_driver
ok "the driver is loaded"

# ---- settings ------------------------------------------------------------------------------------------

bad_value td_build perhaps
bad_value rehearse 2
bad_value memory perhaps
is "an image that does not fit is refused" refuse "$(attribute seamstep/memory)"
echo ignore > "$host/seamstep/memory"
is "unless told otherwise" ignore "$(attribute seamstep/memory)"
echo refuse > "$host/seamstep/memory"
bad_value arrival_ms 0
bad_value arrival_ms -1
bad_value arrival_ms 10001
bad_value arrival_ms 4294967297
bad_value arrival_ms soon
bad_value td_build_wait_ms 600001
bad_value td_builds_missed 1
echo 0 > "$host/seamstep/td_builds_missed"
ok "an operator can say that nothing was missed"

# ---- rehearsal -------------------------------------------------------------------------------------------

run_tds 2
ok "2 TDs run"
keep 1.5.13.bin > /dev/null
echo 1 > "$host/seamstep/rehearse"
installs=$(model audit installs)
inject SEAMLDR.INSTALL@last=EBADSIG/0
is "refused in the rehearsal" transferring:read-write-error "$(update 1.5.16.bin)"
is "reason" rehearsal "$(last_error reason)"
is "verdict" unchanged "$(attribute seamstep/verdict)"
is "nothing was installed" "$installs" "$(model audit installs)"
inject -
is "rehearsed and updated" "" "$(update 1.5.16.bin)"
is "each CPU in each of the two" "$(nproc) $(nproc)" \
	"$(awk '/^rehearse /{ r++ } /^install /{ i++ } END { print r, i }' $details/timeline)"
tds_are_well 2 && wait_progress
ok "all TDs alive and running"
echo 0 > "$host/seamstep/rehearse"

# ---- faults of the instruction ----------------------------------------------------------------------------

# The kernel asks no notifier about a #GP, so the model cannot raise one and raises a #UD instead.
inject TDH.SYS.SHUTDOWN=GP
is "SHUTDOWN faults" transferring:read-write-error "$(update 1.5.17.bin)"
is "a #GP that is asked for arrives as #UD" TDX_SEAMCALL_UD "$(last_error status)"
inject -
tds_are_well 2
ok "all TDs alive"
echo 0 > $model/run
power_off
ok "both modules unload"
finish
