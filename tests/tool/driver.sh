#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# "seamstep driver" over a recorded kernel: modprobe and rmmod are programs that change the recorded tree as modules would.
. "$(dirname "$0")/lib.sh"
new_lab images
tree=$here/../sysroot
root=$work/root
mkdir "$work/bin"
export SEAMSTEP_DRIVER_ROOT=$root SEAMSTEP_STATE_DIR=$work/state CALLS=$work/calls

# modprobe: knows the modules in $KNOWN; $BROKEN does not load. "tdx_host" is the kernel's driver.
cat >"$work/bin/modprobe" <<'EOF'
#!/bin/sh
root=$SEAMSTEP_DRIVER_ROOT dir=$root/sys/devices/faux/tdx_host
[ "$1" != -qD ] || { case " $KNOWN " in *" $2 "*) echo "insmod $2"; exit 0 ;; esac; exit 1; }
echo "modprobe $1" >>"$CALLS"
[ "$1" != "$BROKEN" ] || { echo "modprobe: could not insert '$1'" >&2; exit 1; }
mkdir -p "$root/sys/module/$1" && echo live >"$root/sys/module/$1/initstate"
[ "$1" != seamstep ] || { mkdir -p "$dir/seamstep" && echo idle >"$dir/seamstep/state"; }
EOF
# rmmod: the module $STUCK is in use.
cat >"$work/bin/rmmod" <<'EOF'
#!/bin/sh
echo "rmmod $1" >>"$CALLS"
[ "$1" != "$STUCK" ] || { echo "rmmod: ERROR: Module $1 is in use" >&2; exit 1; }
rm -r "$SEAMSTEP_DRIVER_ROOT/sys/module/$1"
[ "$1" != seamstep ] || rm -r "$SEAMSTEP_DRIVER_ROOT/sys/devices/faux/tdx_host/seamstep"
EOF
chmod +x "$work/bin"/*
export PATH=$work/bin:$PATH KNOWN='seamstep tdx_host' BROKEN= STUCK=

# machine MODULE...: a fresh machine, with the kernel's driver as a loaded module unless told
machine() {
	rm -rf "$root" "$CALLS"
	cp -r "$tree/mainline" "$root"
	mkdir -p "$root/etc/modprobe.d" "$root/etc/modules-load.d" "$root/sys/module/tdx_host"
	echo live >"$root/sys/module/tdx_host/initstate"
	: >"$CALLS"
}
driver() {
	FAKE_KERNEL="root=$root,state=$work/module${1:+,$1}" "$fake" driver "${@:2}"
}
calls() {	# CALL, ...
	checks=$((checks + 1))
	[ "$(paste -sd, "$CALLS")" = "$1" ] || bad "calls: $(paste -sd, "$CALLS"), expected $1"
}
files() {	# yes|no: both files of the configuration are there, or none
	checks=$((checks + 1))
	case $(find "$root/etc" -name seamstep-driver.conf | wc -l) in
	0) found=no ;;
	2) found=yes ;;
	*) found=half ;;
	esac
	[ $found = "$1" ] || bad "configuration files: $found, expected $1"
}

machine
expect 0 driver '' --json
json '.driver == "tdx-host" and (.meaning | test("loses the TDs")) and .at_boot == "kernel" and (.changed | not)'
calls ''
expect 2 driver '' use
expect 2 driver '' use nothing

expect 0 driver '' use seamstep --json
json '.driver == "seamstep.ko" and (.meaning | test("is recovered")) and .at_boot == "seamstep.ko" and .changed'
calls 'rmmod tdx_host,modprobe seamstep'
files yes
grep -qx 'blacklist tdx_host' "$root/etc/modprobe.d/seamstep-driver.conf" || bad 'tdx_host is not kept from loading'
grep -qx seamstep "$root/etc/modules-load.d/seamstep-driver.conf" || bad 'seamstep is not loaded at boot'
expect 0 driver '' use seamstep --json
json '.changed | not'
calls 'rmmod tdx_host,modprobe seamstep'

expect 0 driver '' use kernel --json
json '.driver == "tdx-host" and .at_boot == "kernel" and .changed'
calls 'rmmod tdx_host,modprobe seamstep,rmmod seamstep,modprobe tdx_host'
files no

# Whoever starts this command may ignore SIGCHLD: then the kernel keeps no exit status of a child.
machine
FAKE_KERNEL="root=$root,state=$work/module" expect 0 env --ignore-signal=CHLD "$fake" driver use seamstep
calls 'rmmod tdx_host,modprobe seamstep'
files yes

# The kernel's driver with an upload node cannot be unloaded.
machine
STUCK=tdx_host expect 3 driver '' use seamstep
says 'drives after the next reboot'
files yes
calls 'rmmod tdx_host'

# A driver that does not load: the other one comes back.
machine
BROKEN=seamstep expect 1 driver '' use seamstep
says "kernel's driver stays"
files no
calls 'rmmod tdx_host,modprobe seamstep,modprobe tdx_host'

# Ours is in use: it stays, also after a reboot.
machine
expect 0 driver '' use seamstep
STUCK=seamstep expect 7 driver '' use kernel
files yes

# One of the two files cannot be changed: the other one is as it was, and so is the driver.
first=$root/etc/modprobe.d/seamstep-driver.conf second=$root/etc/modules-load.d/seamstep-driver.conf
machine
rmdir "$root/etc/modules-load.d"
expect 1 driver '' use seamstep
says 'modules-load.d/seamstep-driver.conf: No such file or directory; no driver was changed'
[ ! -e "$first" ] || bad 'half of the configuration is there'
echo '# ours' >"$first"
expect 1 driver '' use seamstep
[ "$(cat "$first")" = '# ours' ] || bad 'the first file was not put back'
calls ''
machine
mkdir "$first"
expect 1 driver '' use seamstep
[ ! -e "$second" ] || bad 'half of the configuration is there'
echo seamstep >"$second"
expect 1 driver '' use kernel
says 'modprobe.d/seamstep-driver.conf: Is a directory; no driver was changed'
[ "$(cat "$second")" = seamstep ] || bad 'the second file was not put back'
calls ''
checks=$((checks + 4))

# What forbids a change is found before anything is touched.
machine
KNOWN=tdx_host expect 4 driver '' use seamstep
says 'install seamstep-dkms'
rm "$root/sys/module/tdx_host/initstate"
expect 4 driver '' use seamstep
says 'built into this kernel'
rm -r "$root/sys/module/tdx_host"
KNOWN=seamstep expect 4 driver '' use kernel
says 'no driver of its own'
machine
expect 7 driver status=transferring use seamstep
says 'an upload is under way'
files no
calls ''
machine
mkdir -p "$work/state"
exec 9>"$work/state/lock"
python3 - <<'EOF' &
import fcntl, os, struct, time
fd = os.open(os.environ['SEAMSTEP_STATE_DIR'] + '/lock', os.O_RDWR)
fcntl.fcntl(fd, 37, struct.pack('hhqqi', fcntl.F_WRLCK, 0, 0, 0, 0))	# F_OFD_SETLK
open(os.environ['CALLS'] + '.locked', 'w').close()
time.sleep(1000)
EOF
holder=$!
until [ -e "$CALLS.locked" ]; do sleep 0.1; done
expect 7 driver '' use seamstep
kill $holder
files no
calls ''
expect 4 "$seamstep" driver use seamstep --sysroot "$tree/mainline"
expect 4 "$seamstep" driver use seamstep --host "lab:$lab"
expect 0 "$seamstep" driver --host "lab:$lab"
says 'a simulated host'

# An update's preflight and the status say so too.
expect 0 "$seamstep" update --dry-run --signer "$lab/signer.pub.pem" --sysroot "$tree/mainline" --repo "$lab/repo" 1.5.16
says 'seamstep driver use seamstep'
expect 0 "$seamstep" status --sysroot "$tree/mainline"
says 'Failed update +loses the TDs'
expect 0 "$seamstep" status --sysroot "$tree/seamstep-ko"
says 'Failed update +is recovered'
finish
