# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A CPU that loses its current VMCS in a call of the P-SEAMLDR (SEAM=seamret-keeps-vmcs=off). There the kernel's driver has no
# upload node and can be unloaded: "seamstep driver use" changes drivers under KVM's TDs, both ways. Then seamstep.ko updates beside
# the kernel's driver. An ordinary VM finds its VMCS after each update: the driver has restored it.
. /host.sh

export SEAMSTEP_STATE_DIR=/tmp/state
theirs=$host

# on EXPECTED-STATUS VERB...: run the command. Its output goes to /tmp/out
on()
{
	expected=$1
	shift
	seamstep "$@" > /tmp/out 2>&1
	is "seamstep $1 $2: exit status" "$expected" $? || sed 's/^/# /' /tmp/out
}

says()
{
	grep -qE "$1" /tmp/out
	ok "it says: $1" || sed 's/^/# /' /tmp/out
}

# enters ROUNDS: the vCPU of the ordinary VM on each CPU is entered once more; KVM says the same as before of each. 9 is
# KVM_EXIT_FAIL_ENTRY; 7 is the instruction's own error, which only a current VMCS can note: "invalid control fields".
entered() { [ "$(wc -l < /tmp/vm)" = $((cpus * $1)) ]; }
enters()
{
	until_true entered "$1" && [ "$(sed 's/.*: //' /tmp/vm | sort -u)" = "exit 9, reason 7" ] && ! said 'vmread failed' && ! said 'vmwrite failed'
	ok "KVM finds the ordinary VM's VMCS on each CPU, time $1" || sed 's/^/# /' /tmp/vm
}

all_are_well()
{
	well td1 && well td2
	ok "both TDs run on" || show_tds
	echo >&9
	rounds=$((rounds + 1))
	enters $rounds
}

# the_kernels_way: whoever reads all files of the kernel's driver makes no call of the P-SEAMLDR, and no file takes an image
the_kernels_way()
{
	is "its files" "driver subsystem uevent version" "$(ls $theirs | xargs)"
	traced cat $theirs/version > /tmp/version
	is "calls of the P-SEAMLDR" 0 "$(calls 'SEAMLDR.*')"
}

drivers_for_modprobe
load_kvm && insmod /modules/seamkey.ko "signer=$(cat $images/signer)"
ok "KVM loads" || finish
grep -q '^bugs.* seamret_invd_vmcs' /proc/cpuinfo
ok "the kernel knows of the erratum" || finish
start_two_tds
mkfifo /tmp/vm.in
vm < /tmp/vm.in > /tmp/vm &
exec 9> /tmp/vm.in
rounds=1
enters $rounds

# ---- the kernel's driver ----------------------------------------------------------------------------------

seam set trace on
load_mainline
ok "tdx-host loads"
seam set trace off
is "calls of the P-SEAMLDR" 0 "$(calls 'SEAMLDR.*')"
[ ! -e $upload ]
ok "it has no upload node"
the_kernels_way
on 0 driver
says '^tdx-host .*: no update is possible: this driver has no upload node'
says "^'seamstep driver use seamstep' loads a driver that has one"
on 0 status
says '^Failed update +no update is possible'
says '^CPUs .*P-SEAMLDR calls drop the current VMCS'
update_to() { on "$1" update --yes --repo /repo --signer $images/signer.pub.pem "$2" $3; }
update_to 4 1.5.13
says 'FAILED +interface .*no upload node; the CPU has the erratum'
! insmod /modules/seamstep.ko 2> /dev/null && said 'or use beside_tdx_host=1 if it has no updates'
ok "unasked, seamstep.ko does not load beside it"

# ---- ours in its place ----------------------------------------------------------------------------------

driver 0 seamstep
says '^unloaded tdx_host'
loaded seamstep && ! loaded tdx_host && [ -e /etc/modprobe.d/seamstep-driver.conf ]
ok "seamstep.ko drives: $(seamstep driver | head -n 1)"
said "P-SEAMLDR calls clear this processor's current VMCS; the driver restores the VMCS"
ok "it warns"
fail_and_recover
all_are_well
update_to 7 1.5.13
says 'FAILED +erratum .*where no such VM runs, waive this check'
update_to 0 1.5.13 --waive=erratum
is "the machine says" "1.5.13 ready" "$(seam_status version) $(seam_status state)"
all_are_well

driver 0 kernel
says '^unloaded seamstep'
loaded tdx_host && ! loaded seamstep && [ ! -e /etc/modprobe.d/seamstep-driver.conf ] && [ ! -e $upload ]
ok "the kernel's driver is back: $(seamstep driver | head -n 1)"
is "the version that it shows is that of the boot" 1.5.09 "$(attribute version)"
all_are_well

# ---- ours beside it ---------------------------------------------------------------------------------------

insmod /modules/seamstep.ko beside_tdx_host=1 && host=${theirs}_seamstep && echo 10000 > $host/seamstep/arrival_ms
ok "seamstep.ko loads beside it"
on 0 driver
says '^seamstep.ko .* is recovered'
the_kernels_way
rmmod tdx_host && load_mainline && loaded seamstep
ok "tdx-host can come and go beside ours"
the_kernels_way
seam set trace on
update_to 0 1.5.16 --waive=erratum
seam set trace off
for leaf in SEAMLDR.INFO SEAMLDR.INSTALL; do
	is "$leaf: called $(calls $leaf) times, always by" "insn_seamcall [seamstep]" "$(callers $leaf)"
done
is "ours has the version" "1.5.16 ready" "$(attribute version) $(seam_status state)"
all_are_well
rmmod seamstep && loaded tdx_host
ok "ours unloads"
stop_td td1 && stop_td td2
ok "both TDs end"
is "the module knows no TD" 0 "$(seam_status tds)"
finish
