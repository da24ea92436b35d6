# SPDX-License-Identifier: MIT OR GPL-2.0-only
# One cell of the head to head: an update in the situation of its row with TDs of KVM running and, if it fails, another attempt
# once the cause is gone. Nothing is judged here but that the attempts were made. What became of the TDs, and of the host, goes to
# the second serial port as lines "cell", tab, name, tab, value.
#
# On the kernel's command line: row=NAME by=mainline | patched | seamstep | tool, and the row's image=, wanted=, before=, from=,
# fallbacks= and faults=. "patched" is "mainline" on another kernel. With "tool" the seamstep command drives the kernel's own update.
. /host.sh

for word in $(cat /proc/cmdline); do
	case $word in
	row=* | by=* | image=* | wanted=* | before=* | from=* | fallbacks=* | faults=*) eval "${word%%=*}='${word#*=}'" ;;
	esac
done

# cell NAME VALUE
cell()
{
	busybox printf 'cell\t%s\t%s\n' "$1" "$2" > /dev/ttyS1
}

# noted KEY: of the last status that the machine was asked for. Each question takes a while.
noted()
{
	sed -n "s/^$1=//p" /tmp/status
}

# The header alone; and a header that announces no pages.
head -c 4096 $images/1.5.16.bin > $images/header-only.bin
{
	printf '\000\002\000\000TDX-BLOB'
	head -c 4084 /dev/zero
} > $images/no-pages.bin

# ---- who updates ----------------------------------------------------------------------------------------

# attempt FILE VERSION: sets "done" to 1 if the update reports success, and "message" to what an operator is told.
case $by in
mainline | patched)
	load_updater() { load_mainline; }
	attempt()
	{
		seen=$(dmesg | wc -l)
		error=$(update "$1")
		[ -n "$error" ] && done=0 || done=1
		message=$error$(dmesg | tail -n +$((seen + 1)) |
			sed -n 's/^\[[^]]*\] \(virt\/tdx\|seamldr\): \([^R]\)/; \1: \2/p' | head -n 1)
	}
	;;
seamstep)
	load_updater() { load_seamstep; }
	attempt()
	{
		error=$(update "$1")
		[ -n "$error" ] && done=0 || done=1
		message=$error${error:+; $(last_error text)}
		case $(attribute seamstep/verdict) in recovered) message="$message (recovered)" ;; esac
	}
	;;
tool)
	load_updater() { load_mainline; }
	attempt()
	{
		done=0
		seamstep update --yes --repo /repo --signer $images/signer.pub.pem --to "$2" \
			"$images/$1" > /tmp/out 2> /tmp/err && done=1
		message=$(sed -n 's/^seamstep: //p' /tmp/err | tail -n 1)
		# The command says what it cannot know. In these rows that is the cause of the failure.
		case $before in build*) message=$(sed -n 's/^ *unknown *td-build *//p' /tmp/err) ;; esac
		sed 's/^/# /' /tmp/out /tmp/err
	}
	;;
esac

# ---- TDs ------------------------------------------------------------------------------------------------

names='td1 td2'
# The guests have little to do, so that time passes quickly, and the shell has precedence over them.
begin()
{
	start_td "$@" --memory 2 --tick 300 --rounds 4
	renice -n 19 -p "$(cat "/tmp/td/$1.pid")"
}

# An emulated CPU is slow to start a process, so one program looks at all TDs.
# states: for each TD "alive" if each of its vCPUs has counted on since settle() began, "dead" if KVM has given it up or its
# VMM has ended, or "waits"
states()
{
	for name in $names; do
		awk -v from="$(cat /tmp/td/$name.lines)" '
			/\[vmm\] (dead|error)/ { dead = 1 }
			/\[vmm\] built:/ { vcpus = $4 }
			/ counts / && NR > from && !($3 in on) { on[$3]; n++ }
			END { print dead ? "dead" : vcpus && n == vcpus ? "alive" : "waits" }' /tmp/td/$name
	done
}

settled()
{
	states > /tmp/states
	! grep -q waits /tmp/states
}

# settle: each TD has time to show that it lives.
settle()
{
	for name in $names; do
		wc -l < /tmp/td/$name > /tmp/td/$name.lines
	done
	usleep 400000
	until_true settled || note "a TD hangs"
}

count_alive() { grep -c alive /tmp/states; }

# count COMMAND: of how many TDs it is true
count()
{
	n=0
	for name in $names; do
		! "$1" $name || n=$((n + 1))
	done
	echo $n
}

# A guest counts what it finds wrong, and it says its checksum each time. Death may cut its last line.
spoilt()
{
	awk '/ errors [1-9]/ { bad = 1 }
		/ counts .* errors [0-9]/ && $3 in sum && sum[$3] != $7 { bad = 1 }
		/ counts .* errors [0-9]/ { sum[$3] = $7 }
		END { exit !bad }' "/tmp/td/$1"
}

# What a guest says of itself; $mrtd is what the machine has measured of the first TD before any update.
measured_wrongly() { sed -n 's/.*report: MRTD \([0-9a-f]*\).*/\1/p' "/tmp/td/$1" | grep -qvx "$mrtd"; }

load_kvm && load_updater
ok "KVM and the driver of $by load" || finish
begin td1
begin td2 --vcpus 2
settle
is "TDs that run" 2 "$(count_alive)" || { show_tds; finish; }
mrtd=$(seam_tds mrtd | sort -u | cut -c 1-16)
note "$(cut -d ' ' -f 1 /proc/uptime) s: two TDs run"

# ---- before ---------------------------------------------------------------------------------------------

if [ "$by" = seamstep ]; then
	case $fallbacks in *own*) keep 1.5.09.bin ;; esac
	case $fallbacks in *sibling*) keep 1.5.17.bin ;; esac
fi
if [ "$from" != - ]; then
	is "an update to $from" "" "$(update $from.bin)" || finish
fi
case $before in
offline)
	echo 0 > /sys/devices/system/cpu/cpu1/online
	ok "cpu1 goes offline"
	;;
build@*)
	begin td3 --pause "${before#build@}"
	until_true paused td3 "${before#build@}"
	ok "KVM builds a TD" || { show_tds; finish; }
	names="$names td3"
	;;
esac

# ---- the update -----------------------------------------------------------------------------------------

inject "$faults"
attempt "$image" "$wanted"
seam get status > /tmp/status
cell struck "$(noted faults-struck)"
inject -
cell done $done
cell message "$(echo "$message" | tr '\t\n' '  ' | sed 's/ *$//')"
case $before in
offline) echo 1 > /sys/devices/system/cpu/cpu1/online ;;
build@*) go_on td3 ;;
esac
settle
cell tds "$(echo $names | wc -w)"
cell consoles "$(count_alive)"
seam get tds > /tmp/seam
cell alive "$(grep -c alive=1 /tmp/seam)"
cell measurements "$(grep -o 'mrtd=[0-9a-f]*' /tmp/seam | sort -u | wc -l)"
cell spoilt "$(count spoilt)"
cell wrong "$(count measured_wrongly)"
cell version "$(attribute version 2> /dev/null || echo none)"
seam get status > /tmp/status
cell machine "$(noted version) $(noted state)"
note "$(cut -d ' ' -f 1 /proc/uptime) s: the update has ended"

# ---- what a host needs afterwards -------------------------------------------------------------------------

if [ $done = 0 ]; then
	case $before in
	build@*) attempt 1.5.25.bin 1.5.25 ;;
	*) attempt 1.5.16.bin 1.5.16 ;;
	esac
	cell again $done
	settle
fi
cell version-again "$(attribute version 2> /dev/null || echo none)"
cell consoles-again "$(count_alive)"
# Can a host whose module is gone build TDs?
new=
if ! attribute version > /dev/null 2>&1; then
	names="$names td4"
	begin td4
	settle
	new=$(sed -n 's/.*\[vmm\] error: //p' /tmp/td/td4)
	new=${new:-$(tail -n 1 /tmp/states)}
fi
cell new-td "$new"

# ---- what KVM and its user saw ----------------------------------------------------------------------------

for name in $names; do
	stop_td $name > /dev/null
done
dmesg > /tmp/dmesg
cell kvm "$(cat /tmp/td/td? | sed -n 's/.*vCPU [0-9]* died: //p' | sort -u | paste -s -d ';')"
cell build-error "$([ ! -e /tmp/td/td3 ] || sed -n 's/.*\[vmm\] error: //p' /tmp/td/td3)"
cell dead-fds "$(cat /tmp/td/td? | grep -c 'file descriptor of the VM is dead')"
cell leaked "$(grep -c 'HKID [0-9]* is leaked' /tmp/dmesg)"
cell splats "$(sed -n 's/.*WARNING: .*\/\([a-z_]*\.c\):[0-9]* at \([a-z_0-9]*\)+.*/\2/p' /tmp/dmesg | sort | uniq -c |
	awk '{ printf "%s%s%s", sep, $2, ($1 > 1 ? " (" $1 " times)" : ""); sep = ", " }')"
cell bad-words "$(grep -cE 'BUG:|Oops|soft lockup|hard LOCKUP|detected stall|blocked for more than|general protection fault' /tmp/dmesg)"
cell kvm-log "$(sed -n 's/.*kvm_intel: SEAMCALL \([A-Z_]*\) failed: \(0x[0-9a-f]*\).*/\1 \2/p' /tmp/dmesg | sort -u | paste -s -d ';')"
seam get status > /tmp/status
cell left "$(noted tds)"
cell private-writes "$(noted private-writes)"
note "$(cut -d ' ' -f 1 /proc/uptime) s, $(noted seamcalls) SEAMCALLs"
cell end 1
finish
