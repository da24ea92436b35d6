# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The kernel's own update with no updates left (seamsim.updates=3), as docs/findings-mainline.md describes.
. /lib.sh

host=/sys/devices/faux/tdx_host

insmod /modules/tdx-host.ko && run_tds 2
ok "machine with 2 TDs"
is "updates left" 2 "$(attribute num_remaining_updates)"
is "update to 1.5.13" "" "$(update 1.5.13.bin)"
is "update to 1.5.16" "" "$(update 1.5.16.bin)"
is "updates left" 0 "$(attribute num_remaining_updates)"
is "TDs alive" 2 "$(count_alive)"
is "an update all the same" transferring:firmware-invalid "$(update 1.5.17.bin)"
! attribute version 2> /dev/null
ok "the module is lost"
tries=0
until [ "$(count_alive)" = 0 ] || [ $tries -gt 100 ]; do
	tries=$((tries + 1))
	usleep 100000
done
is "TDs alive" 0 "$(count_alive)"
finish
