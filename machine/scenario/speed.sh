# SPDX-License-Identifier: MIT OR GPL-2.0-only
# How long things take on this machine, each beside a baseline of the same run; see machine/bench. Lines that begin with "| "
# are the result. Times are the machine's: with threads those of the computer that it runs on.
. /host.sh

tell()
{
	echo "| $*"
}

# median: of the numbers on standard input
median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# often COMMAND...: the median of five
often()
{
	for i in 1 2 3 4 5; do "$@"; done | median
}

# seconds_of FILE: the seconds that a command of this shell has taken
took()
{
	from=$(cut -d ' ' -f 1 /proc/uptime)
	"$@" > /tmp/took 2>&1
	echo "$from $(cut -d ' ' -f 1 /proc/uptime)" | awk '{ printf "%.2f", $2 - $1 }'
}

# quotient A B
quotient()
{
	awk "BEGIN { printf \"%.2f\", $1 / $2 }"
}

up=$(dmesg | sed -n 's/^\[ *\([0-9.]*\)\].*TDX-Module initialized.*/\1/p')
tell "boot: $(cut -d ' ' -f 1 /proc/uptime) s to the first process's scenario; the module is up at $up s"
load_kvm && load_mainline
ok "KVM and tdx-host load" || finish

# Both files cost a read; the second one a SEAMCALL of the P-SEAMLDR too.
before=$(seam_status seamcalls)
plain=$(often speed read $host/version)
between=$(seam_status seamcalls)
seamcall=$(often speed read $host/num_remaining_updates)
after=$(seam_status seamcalls)
is "five times 2000 reads of the version" 0 $((between - before))
is "five times 2000 reads of the updates that are left" 10000 $((after - between))
calls=$(often speed calls)
each=$(((seamcall - plain) / 2000))
tell "SEAMCALL (SEAMLDR.INFO, without the read of sysfs around it): $each ns, $((1000000000 / each)) a second"
tell "system call (getppid): $((calls / 2000)) ns; SEAMCALL / system call: $(quotient $each $((calls / 2000)))"

guest=/speed.img
start_td td1 --tick 0
until_true grep -q 'calls ns' /tmp/td/td1
ok "a TD measures itself" || { show_tds; finish; }
work=$(often speed work)
five() { [ "$(grep -c 'calls ns' /tmp/td/td1)" -ge 6 ]; }
until_true five
td_work=$(sed -n 's/.*work ns //p' /tmp/td/td1 | median)
td_calls=$(sed -n 's/.*calls ns //p' /tmp/td/td1 | median)
tell "the same work, a TD / an ordinary process: $((td_work / 1000000)) ms / $((work / 1000000)) ms = $(quotient $td_work $work)"
tell "a TD's call that KVM answers (exit, entry): $((td_calls / 2000)) ns; / system call: $(quotient $td_calls $calls)"
stop_td td1
ok "it ends"

guest=/guest.img
built() { start_td td2 --memory 64 --vcpus 4; until_true grep -q built /tmp/td/td2; }
tell "a TD of 4 vCPUs and 64 MiB is built in $(took built) s"
runs td2
ok "it runs" || show_tds
tell "an update under it, from the first byte to the end: $(took update 1.5.13.bin) s"
is "it succeeds" "" "$(cat /tmp/took)"
well td2
ok "the TD lives" || show_tds
stop_td td2
finish
