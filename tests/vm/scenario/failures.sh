# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Every row of the table of failures, which the tests in user space use too. Each fault of a row must strike.
# The word only=NAME on the kernel's command line: the row NAME alone.
. /lib.sh

own=1.5.09.bin
sibling=1.5.17.bin

# give_fallbacks LIST
give_fallbacks()
{
	case $1 in *own*) keep $own ;; esac
	case $1 in *sibling*) keep $sibling ;; esac
}

# "@1" in the table means a CPU that is neither the first nor the last.
[ "$(nproc)" -ge 3 ]
ok "three CPUs or more" || finish

# row NAME FALLBACKS FAULTS VERDICT REASON: a fresh machine for each row, because faults leave traces.
row()
{
	rows=$((rows + 1))
	power_on && load_driver && run_tds 2 || { false; ok "$1: machine"; return; }
	give_fallbacks "$2"
	inject "$3"
	error=$(update 1.5.16.bin)
	verdict=$(attribute seamstep/verdict)
	reason=$(last_error reason)
	inject -
	[ "$verdict" = "$4" ] && { [ "$5" = '*' ] || [ "${reason:-none}" = "$5" ]; } &&
		after_"$4" "$error"
	ok "$1: $4 ($5)" || note "verdict $verdict, reason ${reason:-none}, error $error"
	echo 0 > $model/run
	power_off || ok "$1: both modules unload"
}

rows=0
while read -r line; do
	case $line in '#'* | '') continue ;; esac
	set -f
	IFS='	'
	set -- $line
	unset IFS
	set +f
	[ "${ONLY:-$1}" = "$1" ] || continue
	row "$@" < /dev/null
done < /failures.tsv
[ "$(grep -c '^[^#]' /failures.tsv)" -gt 50 ]
ok "a table of failures"
wanted=$(grep -c '^[^#]' /failures.tsv)
[ -z "${ONLY:-}" ] || wanted=1
is "rows that were tried" $wanted $rows
finish
