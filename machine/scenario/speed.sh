# SPDX-License-Identifier: MIT OR GPL-2.0-only
# What programs on the emulated host see of the machine's speed: a TD of KVM beside an ordinary process; see machine/bench. Lines
# that begin with "| " are the result. Times are the machine's: with threads those of the computer that it runs on.
. /host.sh

tell()
{
	echo "| $*"
}

# least: of the numbers on standard input. What else the computer does makes times longer, never shorter.
least()
{
	sort -n | head -n 1
}

# often COMMAND...: the least of five
often()
{
	for i in 1 2 3 4 5; do "$@"; done | least
}

# took COMMAND...: sets $seconds to what it took. A TD that COMMAND starts must be this shell's child, or stop_td would not
# wait for the TD's end. So this function is not for $(...).
took()
{
	from=$(cut -d ' ' -f 1 /proc/uptime)
	"$@" > /tmp/took 2>&1
	seconds=$(echo "$from $(cut -d ' ' -f 1 /proc/uptime)" | awk '{ printf "%.2f", $2 - $1 }')
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

calls=$(often speed calls)
tell "a system call (getppid): $((calls / 2000)) ns"

guest=/speed.img
start_td td1 --tick 0
until_true grep -q 'calls ns' /tmp/td/td1
ok "a TD measures itself" || { show_tds; finish; }
work=$(often speed work)
five() { [ "$(grep -c 'calls ns' /tmp/td/td1)" -ge 6 ]; }
until_true five
td_work=$(sed -n 's/.*work ns //p' /tmp/td/td1 | least)
td_calls=$(sed -n 's/.*calls ns //p' /tmp/td/td1 | least)
tell "the same work, a TD / an ordinary process: $((td_work / 1000000)) ms / $((work / 1000000)) ms = $(quotient $td_work $work)"
tell "a TD's call that KVM answers (exit, entry): $((td_calls / 2000)) ns; / system call: $(quotient $td_calls $calls)"
stop_td td1
ok "it ends"

guest=/guest.img
built() { start_td td2 --memory 64 --vcpus 2; until_true grep -q built /tmp/td/td2; }
took built
tell "a TD of 2 vCPUs and 64 MiB is built in $seconds s"
runs td2
ok "it runs" || show_tds
took update 1.5.13.bin
tell "an update under it, from the first byte to the end: $seconds s"
is "it succeeds" "" "$(cat /tmp/took)"
well td2
ok "the TD lives" || show_tds
stop_td td2
ok "it ends"
is "the module knows no TD" 0 "$(seam_status tds)"
finish
