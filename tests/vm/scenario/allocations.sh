# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Each allocation fails once: of the two modules when they are loaded, of a fallback's upload, and of updates that succeed,
# are recovered and are lost. Nothing may be left of what failed, and the verdict must be true. For kernels with fault
# injection: tests/vm/debug-kernel kasan. The word kind=KIND on the command line: allocations of KIND alone.
. /lib.sh

faults=/sys/kernel/debug
nth=/sys/module/fail_nth/parameters
# Of an update the machine begins with this version.
own=1.5.09.bin

# choose KIND: only allocations of KIND can fail
choose()
{
	kind=$1
	for dir in $faults/failslab $faults/fail_page_alloc; do
		echo 0 > $dir/verbose
		echo N > $dir/ignore-gfp-wait
	done
	echo N > $faults/fail_page_alloc/ignore-gfp-highmem
	case $kind in
	failslab) echo N > $faults/failslab/cache-filter; echo 99 > $faults/fail_page_alloc/min-order ;;
	# No cache is marked, so all are left alone.
	fail_page_alloc) echo Y > $faults/failslab/cache-filter; echo 0 > $faults/fail_page_alloc/min-order ;;
	esac
}

# no_finding: the kernel's checks have found nothing. Where memory is missing, the kernel prints a long call trace of its
# own, so the console is quiet, and this looks at the log.
no_finding()
{
	dmesg -c | grep -E 'BUG:|WARNING:|INFO:|KASAN|UBSAN|ODEBUG|refcount_t' > /tmp/findings || return 0
	sed 's/^/# /' /tmp/findings
	return 1
}

# arm: the next call of the function is the one in which an allocation fails
arm()
{
	echo -1 > $nth/struck
	echo $n > $nth/nth
}

# each NAME FUNCTION COMMAND...: repeat COMMAND, which calls arm, with the first, second, ... allocation of the kernel's
# FUNCTION failing, until FUNCTION has no more
each()
{
	name=$1 n=0
	insmod /modules/fail_nth.ko "function=$2" || return
	shift 2
	while true; do
		n=$((n + 1))
		"$@"
		well=$?
		no_finding || well=finding
		[ $well = 0 ] && [ "$(cat $nth/struck)" = 1 ] || break
	done
	struck=$(cat $nth/struck)
	rmmod fail_nth
	[ $well = 0 ] && [ "$struck" = 0 ] && [ $n -gt 3 ]
	ok "$kind, $name: $((n - 1)) allocations failed, one at a time" ||
		note "allocation $n: status $well, struck $struck, $said"
}

# load MODULE PARAMETER...: nothing is left of a load that fails
load()
{
	module=$1
	shift
	arm
	if insmod "/modules/$module.ko" "$@" 2> /tmp/insmod; then
		said=loaded
		rmmod "$module"
	else
		said=$(cat /tmp/insmod)
		[ ! -e "/sys/module/$module" ] && [ ! -e "/sys/kernel/debug/$module" ]
	fi
}

load_model()
{
	load seamsim "signer=$(cat $images/signer)" image=seamstep/boot.bin
}

# A driver with a fallback, over two TDs. The TDs and the fallbacks outlive all but an update that ends.
new_machine()
{
	if [ -e /sys/module/seamstep ]; then
		echo 0 > $model/run
		power_off || return
	fi
	power_on updates=255 && load_driver && run_tds 2 && [ "$(keep $own)" = "" ]
}

# A fallback that was kept before is forgotten: then it is copied anew.
one_fallback()
{
	echo none > "$host/seamstep/fallbacks"
	arm
	said=$(keep $own)
	if [ "$said" = "" ]; then
		[ "$(attribute seamstep/fallbacks)" != "" ]
	else
		[ "$(attribute seamstep/fallbacks)" = "" ] && [ "$(attribute seamstep/fallback_error)" != "" ]
	fi && tds_are_well 2
}

# one_update VERDICT FAULTS: without memory an update changes nothing, or ends as it would with memory
one_update()
{
	[ "$(attribute version 2> /dev/null)" = 1.5.09 ] || new_machine || return
	echo "$2" > $model/window_faults
	arm
	error=$(update 1.5.16.bin)
	verdict=$(attribute seamstep/verdict)
	echo - > $model/window_faults
	said="verdict $verdict, error $error: $(attribute seamstep/last_error)"
	echo "$verdict" >> /tmp/verdicts
	case $verdict in "$1" | unchanged) after_"$verdict" "$error" ;; *) false ;; esac
}

# updates VERDICT FAULTS
updates()
{
	: > /tmp/verdicts
	new_machine
	ok "$kind: a machine" || return
	each "an update that ends $1" fw_upload_main one_update "$@"
	grep -q unchanged /tmp/verdicts && grep -q "$1" /tmp/verdicts
	ok "some ended $1, some changed nothing: $(sort /tmp/verdicts | uniq -c | xargs)"
	echo 0 > $model/run
	power_off
	ok "both modules unload"
}

dmesg -n 1
# Here the proof of locks finds nothing new, and costs more than all the rest.
[ ! -e /proc/sys/kernel/prove_locking ] || echo 0 > /proc/sys/kernel/prove_locking
[ -e $faults/failslab ] && [ -e $faults/fail_page_alloc ]
ok "a kernel in which allocations can fail" || finish
for kind in ${KIND:-failslab fail_page_alloc}; do
	choose $kind
	power_on
	each "the driver is loaded" do_init_module load seamstep
	load_driver && run_tds 2
	ok "a machine"
	each "a fallback is kept" fw_upload_main one_fallback
	updates updated -
	updates recovered SEAMLDR.INSTALL@last=EBADSIG/0
	updates lost TDH.SYS.INIT+=RND_NO_ENTROPY
	each "the model is loaded" do_init_module load_model
done
finish
