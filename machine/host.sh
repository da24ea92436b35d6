# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Functions that the scenarios share, beside those of tests/vm/guest/lib.sh: they run on the emulated host.
. /lib.sh

backend='SEAM in the CPU of QEMU'
host=/sys/devices/faux/tdx_host
cpus=$(nproc)

# ---- the machine itself ---------------------------------------------------------------------------

stty -F /dev/ttyS1 raw -echo

# seam get NAME | seam set NAME VALUE: of QEMU's object "seam0", see machine/control. Prints the answer.
seam()
{
	{
		# Not the shell's own echo, see tests/vm/guest/init.
		busybox echo "$*" >&3
		while read -r line <&3 && [ "$line" != end ]; do
			echo "$line"
		done
	} 3<> /dev/ttyS1
}

# seam_status KEY
seam_status()
{
	seam get status | sed -n "s/^$1=//p"
}

# seam_value NAME: of a property that has but one
seam_value()
{
	seam get "$1" | sed -n 's/^value=//p'
}

# seam_tds KEY: of each TD that the module knows, one a line
seam_tds()
{
	seam get tds | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# inject FAULTS: as tests/failures.tsv writes them. "-" means no faults, and is due before the scenario's end. Whether they
# have struck is for the scenario to test.
inject()
{
	injected=$1
	seam set faults "$(echo "$1" | sed 's/,/;/g; s/^-$//')"
}

# ---- the host ---------------------------------------------------------------------------------------

load_kvm()
{
	insmod /modules/irqbypass.ko && insmod /modules/kvm.ko && insmod /modules/kvm-intel.ko tdx=1 && [ -c /dev/kvm ]
}

# The kernel's driver, or ours.
load_mainline()
{
	insmod /modules/tdx-host.ko
}

load_seamstep()
{
	insmod /modules/seamkey.ko "signer=$(cat $images/signer)" && insmod /modules/seamstep.ko "$@" &&
		host=$(echo /sys/devices/*/tdx_host) && [ -d "$host/seamstep" ] &&
		echo 10000 > "$host/seamstep/arrival_ms"
}

# "seamstep driver use" needs the drivers where modprobe looks for them.
drivers_for_modprobe()
{
	where=/lib/modules/$(uname -r)
	mkdir -p "$where" /etc/modprobe.d /etc/modules-load.d
	cp /modules/tdx-host.ko /modules/seamstep.ko "$where/" && depmod
}

# driver EXPECTED-STATUS WHICH: let WHICH drive
driver()
{
	seamstep driver use "$2" > /tmp/out 2>&1
	[ $? = "$1" ]
	ok "driver use $2: exit status $1" || sed 's/^/# /' /tmp/out
	[ ! -d $host/seamstep ] || echo 10000 > $host/seamstep/arrival_ms
}

loaded() { [ -e "/sys/module/$1" ]; }

# With seamstep.ko: INSTALL fails on the last CPU, and the fallback 1.5.09 runs
fail_and_recover()
{
	is "a fallback is kept" "" "$(keep 1.5.09.bin)"
	inject SEAMLDR.INSTALL@last=EBADSIG/0
	[ -n "$(update 1.5.13.bin)" ]
	ok "an update fails after the shutdown"
	inject -
	is "verdict" recovered "$(attribute seamstep/verdict)"
}

# hotplug: CPUs 1 to 3 go offline and come back
hotplug()
{
	for cpu in /sys/devices/system/cpu/cpu[1-3]; do
		echo 0 > "$cpu/online" && echo 1 > "$cpu/online" || return 1
	done
}

# traced COMMAND...: run it, and trace each SEAMCALL meanwhile: see calls and callers
traced()
{
	seam set trace on
	"$@"
	traced_result=$?
	seam set trace off
	return $traced_result
}

# calls LEAF: how many were traced. The pattern of a leaf's name is that of awk.
calls()
{
	seam get calls | awk -F '[ =]' -v leaf="^($1)\$" '$1 ~ leaf { n += $3 } END { print n + 0 }'
}

# callers LEAF: the kernel's functions with the instructions that made the traced calls, each once
callers()
{
	seam get calls | awk -F '[ =]' -v leaf="^($1)\$" '$1 ~ leaf { print $2 }' | sort -u | while read -r at; do
		awk -v at="$at" '$1 "" <= at "" && $1 "" > last "" { last = $1; name = $3 " " $4 } END { print name }' /proc/kallsyms
	done | sort -u
}

# The second kernel that this scenario starts has 1 here, the third one 2 ... 0 after a reset.
stage=$(sed -n 's/.* stage=\([0-9]*\).*/\1/p' /proc/cmdline)
stage=${stage:-0}

# next_kernel [WORD=VALUE]: kexec into the same kernel, with the same files, and WORD of its command line changed. All tests must
# have passed. Nobody tears TDs down, but their VMMs stop: KVM can oops if a VMM interrupts a vCPU once VMX is off (docs/findings-mainline.md, 8).
next_kernel()
{
	kill -STOP $(cat /tmp/td/td?.pid) 2> /dev/null
	(cd / && find . -xdev ! -path './tmp/*' | cpio -o -H newc 2> /dev/null) > /tmp/initrd
	[ $failures = 0 ] || finish
	note "kexec"
	kexec /td/vmlinuz /tmp/initrd "$(sed "s/ stage=[0-9]*//; s/ ${1%%=*}=[^ ]*//" /proc/cmdline) stage=$((stage + 1)) $1"
	ok "kexec" || finish
}

# A panic resets the machine too. Before a reboot it is told of it: will_reboot. Afterwards: rebooted, which is true once.
will_reboot() { seam set note reboot; }
rebooted()
{
	[ "$(seam_value note)" = reboot ] && seam set note
}

# memory_is_usable: three quarters of what is free is what is written to it
memory_is_usable()
{
	fill $(awk '/^MemAvailable/ { print int($2 / 1024 * 3 / 4) }' /proc/meminfo) > /tmp/fill
	ok "memory is what is written to it" || sed 's/^/# /' /tmp/fill
	note "$(cat /tmp/fill); $(seam_status private-writes) pages that the module or a TD had before"
}

said()
{
	dmesg | grep -qF "$1"
}

# ---- TDs, by KVM ----------------------------------------------------------------------------------------

mkdir -p /tmp/td

# start_td NAME [VMM-OPTION...]: NAME's output goes to /tmp/td/NAME; its build can be paused, see go_on. The image is
# $guest, or /guest.img
start_td()
{
	name=$1
	shift
	rm -f "/tmp/td/$name.in"
	mkfifo "/tmp/td/$name.in"
	vmm --name "$name" "$@" "${guest:-/guest.img}" > "/tmp/td/$name" 2>&1 < "/tmp/td/$name.in" &
	echo $! > "/tmp/td/$name.pid"
	# The pipe stays open as long as this process lives.
	eval "exec $(pipe_of "$name")> /tmp/td/$name.in"
}

# The number of the pipe to a TD: td1 has 4, td2 has 5 ...
pipe_of()
{
	echo $((3 + ${1#td}))
}

go_on()
{
	eval "echo >&$(pipe_of "$1")"
}

paused() { grep -q "paused after $2\$" "/tmp/td/$1"; }

# counts NAME: the last count of each vCPU, one a line
counts()
{
	sed -n 's/.*vCPU \([0-9]*\) counts \([0-9]*\),.*/\1 \2/p' "/tmp/td/$1" |
		awk '{ last[$1] = $2 } END { for (i in last) print i, last[i] }' | sort
}

# counted_on NAME: each vCPU in /tmp/td/NAME.counts has counted on since
counted_on()
{
	[ -s "/tmp/td/$1.counts" ] || { counts "$1" > "/tmp/td/$1.counts"; return 1; }
	counts "$1" | awk 'NR == FNR { before[$1] = $2; next } $1 in before && $2 > before[$1] { on++ }
		END { exit !(on == length(before)) }' "/tmp/td/$1.counts" -
}

# runs NAME: wait until each vCPU has counted on
runs()
{
	counts "$1" > "/tmp/td/$1.counts"
	until_true counted_on "$1"
}

# memory NAME: the checksums that its vCPUs found, each once
memory()
{
	sed -n 's/.*\(vCPU [0-9]*\) counts .* memory \([0-9a-f]*\),.*/\1 \2/p' "/tmp/td/$1" | sort -u
}

# well NAME: it runs, no vCPU found an error, and its memory is what it was from its start
well()
{
	runs "$1" && ! grep -q 'errors [1-9]' "/tmp/td/$1" && [ "$(memory "$1" | wc -l)" = "$(counts "$1" | wc -l)" ] &&
		return 0
	tail -n 5 "/tmp/td/$1" | sed 's/^/# /'
	return 1
}

died() { grep -q '\[vmm\] dead' "/tmp/td/$1"; }

# start_two_tds: td1, and td2 with two vCPUs if there are two CPUs: KVM allows no more. Without them the scenario is over.
start_two_tds()
{
	start_td td1
	start_td td2 --vcpus $([ $cpus = 1 ] && echo 1 || echo 2)
	runs td1 && runs td2
	ok "two TDs run" || { show_tds; finish; }
}

# stop_td NAME: its own end, with the status of its VMM
stop_td()
{
	kill "$(cat "/tmp/td/$1.pid")" 2> /dev/null
	wait "$(cat "/tmp/td/$1.pid")"
	result=$?
	eval "exec $(pipe_of "$1")>&-"
	return $result
}

show_tds()
{
	for file in /tmp/td/td?; do
		tail -n 4 "$file" | sed 's/^/# /'
	done
}

# ---- TDs, by Debian's QEMU --------------------------------------------------------------------------------

# start_qemu NAME [OPTION...]: the TD's serial port goes to /tmp/td/NAME, what QEMU says to /tmp/td/NAME.qemu. The
# functions that look at a TD's counts work for these TDs too.
start_qemu()
{
	name=$1
	shift
	/qemu/run -accel kvm -cpu host -object tdx-guest,id=tdx0 \
		-machine q35,kernel-irqchip=split,confidential-guest-support=tdx0 \
		-nodefaults -no-user-config -no-reboot -display none -serial "file:/tmp/td/$name" "$@" \
		> "/tmp/td/$name.qemu" 2>&1 &
	echo $! > "/tmp/td/$name.pid"
}
