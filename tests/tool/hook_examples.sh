#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The hooks of examples/hooks, with stubs in the place of virsh and kubectl.
. "$(dirname "$0")/lib.sh"
umask 022
examples=$here/../../examples/hooks
mkdir "$work/bin" "$work/libvirt" "$work/kubernetes" "$work/etc" "$work/guests"
install -m 755 "$examples/libvirt/50-libvirt" "$work/libvirt"
install -m 755 "$examples/kubernetes/50-kubernetes" "$work/kubernetes"
qemu=$examples/libvirt/qemu
export PATH=$work/bin:$PATH STUB=$work SEAMSTEP_TD_HOLD=$work/run/td-hold SEAMSTEP_CORDONED=$work/run/cordoned SEAMSTEP_ETC=$work/etc
unset KUBECONFIG

# A guest is a file; its text is the answer of domstate. Each look at a guest that starts brings it on.
cat >"$work/bin/virsh" <<'END'
#!/bin/sh
[ "$1 $2 $3" = "-r -c qemu:///system" ] || exit 2
shift 3
[ ! -e "$STUB/no-libvirt" ] || { echo 'error: failed to connect to the hypervisor' >&2; exit 1; }
case $* in
version) echo 'Running hypervisor: QEMU 9.2.0' ;;
'list --name --state-paused') grep -l paused "$STUB"/guests/* 2>/dev/null | sed 's,.*/,,'; echo ;;
'domstate --reason '*)
	cat "$STUB/guests/$3"
	[ -e "$STUB/never" ] || echo 'running (booted)' >"$STUB/guests/$3"
	;;
*) exit 2 ;;
esac
END
# The node's state is the file node.
cat >"$work/bin/kubectl" <<'END'
#!/bin/sh
echo "$*" >>"$STUB/kubectl.calls"
[ "$1 $KUBECONFIG" = "--request-timeout=15s $SEAMSTEP_ETC/kubeconfig" ] || exit 2
shift
[ ! -e "$STUB/no-server" ] || { echo 'Unable to connect to the server' >&2; exit 1; }
case $* in
'get node worker-7 -o jsonpath={.spec.unschedulable}') cat "$STUB/unschedulable" ;;
'cordon worker-7') echo true >"$STUB/unschedulable"; echo 'node/worker-7 cordoned' ;;
'uncordon worker-7') : >"$STUB/unschedulable"; echo 'node/worker-7 uncordoned' ;;
*) exit 2 ;;
esac
END
chmod 755 "$work"/bin/*
echo worker-7 >"$work/etc/node"
: >"$work/unschedulable"

up() {	# CODE HOOKS OPTIONS...
	code=$1 dir=$2
	shift 2
	expect "$code" "$seamstep" update --host "lab:$lab" --hooks "$work/$dir" 1.5.16 "$@"
}
running() {	# VERSION
	checks=$((checks + 1))
	[ "$(jq -r .running "$lab/lab.json")" = "$1" ] || bad "$1 does not run"
}
held() {
	checks=$((checks + 1))
	[ -e "$SEAMSTEP_TD_HOLD" ]
}

# ---- libvirt ------------------------------------------------------------------------------------
td="<domain type='kvm'><name>td1</name><launchSecurity type='tdx'><policy>0x10000000</policy></launchSecurity></domain>"
td_lines=$'<domain>\n<launchSecurity\n  type="tdx"/>\n</domain>'
vm="<domain type='kvm'><name>type='tdx'</name><launchSecurity type='sev-snp'/></domain>"
start() {	# CODE XML OPERATION SUBOPERATION
	checks=$((checks + 1))
	printf '%s' "$2" | "$qemu" td1 "$3" "$4" - >"$work/out" 2>"$work/err"
	got=$?
	[ $got = "$1" ] || bad "libvirt's hook: expected $1, found $got: $3 $4"
	[ ! -s "$work/out" ] || bad "libvirt's hook wrote to stdout: it would replace the guest's XML"
}
new_lab a
start 0 "$td" prepare begin
# While the update runs a TD cannot start. The second hook looks from within.
cat >"$work/libvirt/60-look" <<END
#!/bin/sh
[ \$SEAMSTEP_PHASE = before ] || exit 0
printf '%s' "$td" | '$qemu' td1 prepare begin - && exit 1
exit 0
END
chmod 755 "$work/libvirt/60-look"
echo 'paused (starting up)' >"$work/guests/td0"
echo 'paused (user)' >"$work/guests/td9"
up 0 libvirt
says 'seamstep updates the TDX Module \(TDX Module 1.5.09 -> 1.5.16\): td1 is a TD and cannot start now'
grep -q running "$work/guests/td0" || bad "the hook did not wait for a guest that starts"
held && bad "the hold stays after the update"
running 1.5.16
rm "$work/libvirt/60-look"
mkdir -p "$work/run"
echo 'TDX Module 1.5.09 -> 1.5.16' >"$SEAMSTEP_TD_HOLD"
start 1 "$td" prepare begin
start 1 "$td_lines" prepare begin
start 1 "$td" migrate begin
start 1 "$td" restore begin
start 0 "$vm" prepare begin
# Else libvirt would kill running guests.
start 0 "$td" reconnect begin
start 0 "$td" started begin
start 0 "$td" release end
rm "$SEAMSTEP_TD_HOLD"
# A guest that never comes up, and a libvirt that does not answer: no update, and no hold.
new_lab b
touch "$work/never"
echo 'paused (starting up)' >"$work/guests/td0"
SEAMSTEP_TD_WAIT=1 up 1 libvirt
says '^hook 50-libvirt: still starting: td0; try later'
held && bad "the hold stays after a refusal"
running 1.5.09
up 1 libvirt --hook-timeout 1
says 'its time was over'
held && bad "the hold stays after a time-out"
rm "$work/never" "$work/guests/td0"
touch "$work/no-libvirt"
up 1 libvirt
says 'failed to connect to the hypervisor'
held && bad "the hold stays without libvirt"
running 1.5.09
rm "$work/no-libvirt"
"$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last+=EBADHASH/1'
up 11 libvirt
says 'TDs cannot start until the host has rebooted'
held && bad "the hold stays after a loss: other guests would wait for ever"

# ---- Kubernetes ---------------------------------------------------------------------------------
new_lab c
kube() {	# WORDS...: the calls that change something
	checks=$((checks + 1))
	[ "$(grep -o '[a-z]*cordon' "$work/kubectl.calls" | tr '\n' ' ')" = "$*${*:+ }" ] ||
		bad "kubectl was called: $(cat "$work/kubectl.calls")"
	: >"$work/kubectl.calls"
}
up 0 kubernetes
kube cordon uncordon
says '^hook 50-kubernetes: node/worker-7 cordoned'
running 1.5.16
[ ! -s "$work/unschedulable" ] || bad "the node stays cordoned"
# Somebody else's cordon stays.
new_lab d
echo true >"$work/unschedulable"
up 0 kubernetes
kube
says 'worker-7 is cordoned already, and stays so'
: >"$work/unschedulable"
# A loss keeps the node cordoned; a failure that kept the TDs does not.
new_lab e
"$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last=EBADSIG'
up 10 kubernetes
kube cordon uncordon
"$seamstep" lab fault --clear "$lab"
"$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last+=EBADHASH/1'
up 11 kubernetes
kube cordon
says "worker-7 stays cordoned after the verdict 'lost'"
# No answer from the server: no update.
new_lab f
: >"$work/unschedulable"
touch "$work/no-server"
up 1 kubernetes
says 'Unable to connect to the server'
running 1.5.09
kube
finish
