#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# "seamstep driver" over a recorded kernel: modprobe and rmmod are programs that change the recorded tree as modules would.
. "$(dirname "$0")/lib.sh"
new_lab images
tree=$here/../sysroot
root=$work/root
mkdir "$work/bin"
export ROOT=$root SEAMSTEP_STATE_DIR=$work/state CALLS=$work/calls
first=$root/etc/modprobe.d/seamstep-driver.conf second=$root/etc/modules-load.d/seamstep-driver.conf

# modprobe: knows the modules in $KNOWN and, built in, $BUILTIN; those in $BROKEN do not load. "tdx_host" is the kernel's driver.
# As that of kmod it obeys install commands, and with -D shows them.
cat >"$work/bin/modprobe" <<'EOF'
#!/bin/bash
dir=$ROOT/sys/devices/faux/tdx_host
among() { case " $2 " in *" $1 "*) ;; *) false ;; esac; }
for name; do :; done
install=$(cat "$ROOT"/etc/modprobe.d/* 2>/dev/null | sed -n "s,^install $name ,,p")
case $1 in -qiD | --ignore-install) install= ;; esac
case $1 in
-q*D)
	[ -z "$install" ] || { echo "install $install"; exit 0; }
	! among $name "$BUILTIN" || { echo "builtin $name"; exit 0; }
	among $name "$KNOWN" && echo "insmod /lib/$name.ko" && exit 0
	[ $1 = -qiD ] && grep -q "^install $name " "$ROOT"/etc/modprobe.d/*
	exit ;;
esac
[ ! -e "$ROOT/sys/module/$name" ] || exit 0
[ -z "$install" ] || exec sh -c "${install//\/sbin\/}"
echo "modprobe $name" >>"$CALLS"
among $name "$KNOWN" && ! among $name "$BROKEN" || { echo "modprobe: could not insert '$name'" >&2; exit 1; }
mkdir -p "$ROOT/sys/module/$name" && echo live >"$ROOT/sys/module/$name/initstate" && echo 0 >"$ROOT/sys/module/$name/refcnt"
[ $name != seamstep ] || { mkdir -p "$dir/seamstep" && echo idle >"$dir/seamstep/state"; }
EOF
# rmmod: the module $STUCK is in use; $REFUSED stays for another reason. The command gets $SIGNAL while rmmod runs.
cat >"$work/bin/rmmod" <<'EOF'
#!/bin/sh
echo "rmmod $1" >>"$CALLS"
[ -z "$SIGNAL" ] || kill -s "$SIGNAL" $PPID
[ "$1" != "$STUCK" ] || { echo 1 >"$ROOT/sys/module/$1/refcnt"; echo "rmmod: ERROR: Module $1 is in use" >&2; exit 1; }
[ "$1" != "$REFUSED" ] || { echo "rmmod: ERROR: could not remove '$1': Operation not permitted" >&2; exit 1; }
rm -r "$ROOT/sys/module/$1"
[ "$1" != seamstep ] || rm -r "$ROOT/sys/devices/faux/tdx_host/seamstep"
EOF
chmod +x "$work/bin"/*
export PATH=$work/bin:$PATH KNOWN='seamstep tdx_host' BUILTIN= BROKEN= STUCK= REFUSED= SIGNAL=

# machine [TREE]: a fresh machine, with the kernel's driver as a loaded module
machine() {
	rm -rf "$root" "$CALLS"
	cp -r "$tree/${1:-mainline}" "$root"
	mkdir -p "$root/etc/modprobe.d" "$root/etc/modules-load.d"
	: >"$CALLS"
}
no_node=fail=read:status:ENOENT:1 no_device=$no_node,fail=read:version:ENOENT:1,fail=read:seamldr_version:ENOENT:1
driver() {
	FAKE_KERNEL="root=$root,state=$work/module${1:+,$1}" "$fake" driver "${@:2}"
}
calls() {	# CALL, ...
	checks=$((checks + 1))
	[ "$(paste -sd, "$CALLS")" = "$1" ] || bad "calls: $(paste -sd, "$CALLS"), expected $1"
}
loaded() {	# MODULE...: these drivers are loaded, and no others
	checks=$((checks + 1))
	found=$(cd "$root/sys/module" && echo $(ls -d seamstep tdx_host 2>/dev/null))
	[ "$found" = "$*" ] || bad "loaded: $found, expected $*"
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
lacks() {	# PATTERN: the last command did not print PATTERN
	checks=$((checks + 1))
	! cat "$work/out" "$work/err" | grep -Eq -e "$1" || bad "something says '$1'"
}
# own_files, still_own: an operator's own choice, and whether both files are still so
own_files() { echo '# ours' >"$first" && echo seamstep >"$second"; }
copy_packaged() { cp "$(dirname "$0")/../../packaging/seamstep-driver.conf" "$1"; }
still_own() {
	checks=$((checks + 1))
	[ "$(cat "$first")/$(cat "$second")" = '# ours/seamstep' ] || bad "the operator's files are not as they were"
}

machine
expect 0 driver '' --json
json '.driver == "tdx-host" and (.meaning | test("loses the TDs")) and .at_boot == "kernel" and (.changed | not)'
calls ''
expect 2 driver '' use
expect 2 driver '' use nothing

expect 0 driver '' use seamstep --json
json '.driver == "seamstep.ko" and (.meaning | test("is recovered")) and .at_boot == "seamstep.ko" and .changed'
json '.did == ["wrote /etc/modprobe.d/seamstep-driver.conf", "wrote /etc/modules-load.d/seamstep-driver.conf",
	"unloaded tdx_host", "loaded seamstep"]'
calls 'rmmod tdx_host,modprobe seamstep'
files yes
grep -qx 'install tdx_host /sbin/modprobe -q seamstep || /sbin/modprobe --ignore-install tdx_host' "$first" ||
	bad 'seamstep does not take the place of tdx_host'
grep -qx 'softdep seamstep pre: kvm_intel' "$first" || bad 'seamstep does not wait for KVM'
grep -qx seamstep "$second" || bad 'seamstep is not loaded at boot'
diff <(grep -v '^#' "$first") <(grep -v '^#' "$(dirname "$0")/../../packaging/seamstep-driver.conf") ||
	bad 'the package brings another configuration'
checks=$((checks + 4))
expect 0 driver '' use seamstep --json
json '(.changed | not) and .did == []'
calls 'rmmod tdx_host,modprobe seamstep'

# Where seamstep.ko does not load at boot, the kernel's driver does, and the command says so if it can know.
expect 0 driver ''
says '^after a reboot: seamstep.ko, where it loads$'
KNOWN=tdx_host expect 0 driver '' --json
json '.at_boot == "kernel"'
KNOWN=tdx_host expect 0 driver ''
says "^after a reboot: the kernel's own driver; seamstep.ko is chosen, but there is no module seamstep"
KNOWN= expect 0 driver '' --json
json '.at_boot == "none"'
KNOWN= expect 0 driver ''
says '^after a reboot: no driver: '
boot() {	# what udev asks for, after a reboot
	rm -rf "$root/sys/module"/{seamstep,tdx_host} "$root/sys/devices/faux/tdx_host/seamstep"
	modprobe tdx_host 2>/dev/null
}
boot
loaded seamstep
BROKEN=seamstep boot
loaded tdx_host
KNOWN=tdx_host boot
loaded tdx_host
boot

: >"$CALLS"
expect 0 driver '' use kernel --json
json '.driver == "tdx-host" and .at_boot == "kernel" and .changed'
calls 'rmmod seamstep,modprobe tdx_host'
files no
expect 0 driver '' use seamstep
says '^wrote /etc/modules-load.d/seamstep-driver.conf$'
says '^unloaded tdx_host$'
says '^loaded seamstep$'
expect 0 driver '' use kernel
says '^removed /etc/modprobe.d/seamstep-driver.conf$'

# One file is enough where the kernel's driver loads at boot, as docs/linux.md says.
machine
copy_packaged "$first"
expect 0 driver '' --json
json '.driver == "tdx-host" and .at_boot == "seamstep.ko"'
boot
loaded seamstep
KNOWN=seamstep expect 0 driver '' --json
json '.at_boot == "none"'

# What a file does counts, not its name: one that is turned off, and one of another name
for off in 'echo "# install tdx_host /sbin/modprobe seamstep"' 'echo install tdx_host /bin/false' true; do
	machine
	sh -c "$off" >"$first"
	expect 0 driver '' --json
	json '.at_boot == "kernel"'
	rm -r "$root/sys/module/tdx_host"
	echo '# seamstep' >"$second"
	KNOWN=seamstep expect 4 driver $no_device --json
	json '.at_boot == "none"'
	echo seamstep >>"$second"
	KNOWN=seamstep expect 4 driver $no_device --json
	json '.at_boot == "seamstep.ko"'
done
machine
copy_packaged "$root/etc/modprobe.d/tdx.conf"
boot
expect 0 driver '' --json
json '.driver == "seamstep.ko" and .at_boot == "seamstep.ko"'
: >"$CALLS"
expect 1 driver '' use kernel
says 'another file .*remove it first; seamstep.ko stays; the configuration is as it was'
calls ''
loaded seamstep
rm "$root/etc/modprobe.d/tdx.conf"
expect 0 driver '' use kernel
loaded tdx_host

# A signal in the middle ends nothing half way.
for SIGNAL in INT TERM HUP; do
	machine
	expect 0 driver '' use seamstep
	loaded seamstep
	files yes
	expect 0 driver '' use kernel
	loaded tdx_host
	files no
done
machine
SIGNAL=INT BROKEN=seamstep expect 1 driver '' use seamstep
loaded tdx_host
files no
SIGNAL=

# The packages remove what the command has written.
for package in seamstep-dkms seamstep; do
	machine
	expect 0 driver '' use seamstep
	postrm=$here/../../packaging/debian/$package.postrm
	for action in upgrade failed-upgrade; do
		sed "s,/etc/,$root/etc/,g" "$postrm" | sh -s $action
		files yes
	done
	sed "s,/etc/,$root/etc/,g" "$postrm" | sh -s purge
	files no
done
expect 0 driver '' use seamstep
sed "s,/etc/,$root/etc/,g" "$here/../../packaging/debian/seamstep-dkms.postrm" | sh -s remove
files no
own_files
sed "s,/etc/,$root/etc/,g" "$here/../../packaging/debian/seamstep.postrm" | sh -s purge
still_own

# Whoever starts this command may ignore SIGCHLD: then the kernel keeps no exit status of a child.
machine
FAKE_KERNEL="root=$root,state=$work/module" expect 0 env --ignore-signal=CHLD "$fake" driver use seamstep
calls 'rmmod tdx_host,modprobe seamstep'
files yes

# The kernel's driver with an upload node cannot be unloaded.
machine
STUCK=tdx_host expect 3 driver '' use seamstep
says 'holds itself .*drives after the next reboot.*/etc/modprobe.d/seamstep-driver.conf and /etc/modules-load.d/'
says '^wrote /etc/modprobe.d/seamstep-driver.conf$'
files yes
calls 'rmmod tdx_host'
# Now the module says that it is in use, and rmmod is not asked.
: >"$CALLS"
rm "$first" "$second"
expect 3 driver '' use seamstep --json
json '.did == ["wrote /etc/modprobe.d/seamstep-driver.conf", "wrote /etc/modules-load.d/seamstep-driver.conf"]'
json '.driver == "tdx-host" and .at_boot == "seamstep.ko" and (.error | test("holds itself"))'
calls ''
lacks rmmod
machine
REFUSED=tdx_host expect 3 driver '' use seamstep
says 'rmmod says why'
lacks 'holds itself'
machine erratum
STUCK=tdx_host expect 3 driver $no_node use seamstep
says 'it is in use'

# A driver that does not load: the other one comes back, and the files are as they were.
machine
BROKEN=seamstep expect 1 driver '' use seamstep
says 'tdx_host was loaded again; the configuration is as it was'
files no
loaded tdx_host
calls 'rmmod tdx_host,modprobe seamstep,modprobe tdx_host'
BROKEN=seamstep expect 1 driver '' use seamstep --json
json '.driver == "tdx-host" and .at_boot == "kernel" and .did[2:] == ["unloaded tdx_host",
	"removed /etc/modprobe.d/seamstep-driver.conf", "removed /etc/modules-load.d/seamstep-driver.conf", "loaded tdx_host"]'
machine
own_files
BROKEN=seamstep expect 1 driver '' use seamstep
still_own
BROKEN='seamstep tdx_host' expect 1 driver '' use seamstep
says 'nor does tdx_host load again: no driver is loaded now'
still_own
loaded
machine
rm -r "$root/sys/module/tdx_host"
KNOWN=seamstep BROKEN=seamstep expect 1 driver $no_device use seamstep
says 'no driver is loaded, as before'
files no
machine
expect 0 driver '' use seamstep
BROKEN=tdx_host expect 1 driver '' use kernel
says 'tdx_host does not load.*; seamstep was loaded again; the configuration is as it was'
files yes
loaded seamstep
BROKEN='seamstep tdx_host' expect 1 driver '' use kernel
says 'nor does seamstep load again: no driver is loaded now'

# Ours is in use: it stays, also after a reboot.
machine
expect 0 driver '' use seamstep
STUCK=seamstep expect 7 driver '' use kernel
says 'seamstep.ko is in use.*; seamstep.ko stays'
files yes
echo 0 >"$root/sys/module/seamstep/refcnt"
REFUSED=seamstep expect 1 driver '' use kernel
says 'rmmod says why'
files yes
rm "$first" "$second"
STUCK=seamstep expect 7 driver '' use kernel
files no

# After a loss the driver of the reboot that must come can be chosen.
machine
echo 'lost 10' >"$work/module"
expect 3 driver '' use seamstep
says 'no TDX Module runs.*after the next reboot.*/etc/modprobe.d'
files yes
calls ''
expect 3 driver '' use kernel
says 'after the next reboot.*are gone'
files no
calls ''
rm "$work/module"

# One of the two files cannot be changed: the other one is as it was, and so is the driver.
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
KNOWN=seamstep BUILTIN=tdx_host expect 4 driver '' use seamstep
says 'built into this kernel'
# A driver that is built in has no folder of a module. modules.builtin may lack it.
rm -r "$root/sys/module/tdx_host"
KNOWN=seamstep expect 4 driver '' use seamstep
says 'built into this kernel.* no fallback'
machine erratum
rm -r "$root/sys/module/tdx_host"
KNOWN=seamstep expect 4 driver $no_node use seamstep
says 'beside_tdx_host=1'
machine
rm -r "$root/sys/module/tdx_host"
KNOWN=seamstep expect 4 driver $no_device use kernel
says 'no driver of its own'
# A choice that was made under another kernel can be taken back.
machine
expect 0 driver '' use seamstep
: >"$CALLS"
KNOWN=seamstep expect 3 driver '' use kernel --json
json '.driver == "seamstep.ko" and .at_boot == "none" and (.error | test("no driver of its own.* are gone"))'
json '.did == ["removed /etc/modprobe.d/seamstep-driver.conf", "removed /etc/modules-load.d/seamstep-driver.conf"]'
files no
calls ''
loaded seamstep
KNOWN=seamstep expect 4 driver '' use kernel --json
json '.driver == "seamstep.ko" and .did == []'
copy_packaged "$first"
KNOWN=seamstep expect 3 driver '' use kernel
files no
machine
expect 7 driver status=transferring use seamstep
says 'an upload is under way'
files no
calls ''
# Between 1 and 0 in loading a node reads idle; fallbacks have a node of their own.
machine
echo 1 >"$root/sys/class/firmware/tdx_module/loading"
expect 7 driver '' use seamstep
says 'tdx_module/loading: 1.*write -1'
echo 0 >"$root/sys/class/firmware/tdx_module/loading"
mkdir "$root/sys/class/firmware/tdx_module_fallback"
echo transferring >"$root/sys/class/firmware/tdx_module_fallback/status"
expect 7 driver '' use kernel
says 'tdx_module_fallback/status: transferring'
calls ''
files no
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
expect 0 "$seamstep" driver --host "lab:$lab" --json
json '.at_boot == null'
expect 0 "$seamstep" driver --sysroot "$tree/seamstep-ko" --json
json '.driver == "seamstep.ko" and .at_boot == null'
expect 0 "$seamstep" driver --sysroot "$tree/seamstep-ko"
says '^after a reboot: not known'

# seamstep.ko beside a tdx_host of the kernel that has no upload node
machine erratum
expect 0 driver $no_node
says '^tdx-host .*no update is possible'
says "'seamstep driver use seamstep' loads a driver that has one"
# Without the erratum there is no node because the module cannot be updated: another driver does not help.
machine
expect 0 driver $no_node
says '^tdx-host .*no update is possible'
lacks 'loads a driver that has one'
machine erratum
cp -r "$tree/seamstep-ko/sys/devices/faux/tdx_host" "$root/sys/devices/faux/tdx_host_seamstep"
cp -r "$tree/seamstep-ko/sys/class" "$root/sys/"
expect 0 driver '' --json
json '.driver == "seamstep.ko"'
mkdir "$root/sys/module/seamstep" && echo live >"$root/sys/module/seamstep/initstate"
expect 0 driver '' use seamstep
says '^left beside seamstep.ko until the next boot: tdx_host$'
calls ''
expect 0 "$seamstep" status --sysroot "$root" --json
json '.interface == "seamstep.ko"'
expect 0 "$seamstep" report --sysroot "$root" -o "$work/beside.tar.zst"
expect 0 "$seamstep" status --sysroot "$work/beside.tar.zst" --json
json '.interface == "seamstep.ko"'

# An update's preflight and the status say so too.
dry_run() { "$seamstep" update --dry-run --signer "$lab/signer.pub.pem" --sysroot "$1" --repo "$lab/repo" 1.5.16; }
expect 0 dry_run "$tree/mainline"
says "'seamstep driver use seamstep' lets a driver update that can, mostly from the next boot"
expect 0 "$seamstep" status --sysroot "$tree/mainline"
says 'Failed update +loses the TDs'
expect 0 "$seamstep" status --sysroot "$tree/mainline" --json
json '.failed_update == "loses-tds"'
expect 0 "$seamstep" status --sysroot "$tree/seamstep-ko"
says 'Failed update +is recovered'
expect 0 "$seamstep" status --sysroot "$tree/seamstep-ko" --json
json '.failed_update == "recovered"'
expect 0 "$seamstep" status --sysroot "$tree/erratum" --json
json '.failed_update == "impossible"'
expect 0 dry_run "$tree/seamstep-ko"
says '^Risk: .*; if every fallback fails too, all TDs are lost'
expect 0 "$seamstep" status --sysroot "$tree/erratum"
says 'Failed update +no update is possible'
expect 4 dry_run "$tree/erratum"
says "no upload node.*'seamstep driver use seamstep' loads a driver that has one"
for host in mainline erratum; do
	machine $host
	rm -r "$root/sys/module/tdx_host"
	dry_run "$root" >"$work/out" 2>"$work/err"
	says '(no upload node|cannot fall back)'
	lacks 'driver use seamstep'
done

# The files as the modprobe of kmod reads them
machine
expect 0 driver '' use seamstep
kmod() { /sbin/modprobe -d "$work/modules" -S 7.3.0 -C "$root/etc/modprobe.d" "$@"; }
if command -v /sbin/depmod >/dev/null && /sbin/modprobe --version 2>&1 | grep -q kmod; then
	mkdir -p "$work/modules/lib/modules/7.3.0/kernel"
	touch "$work/modules/lib/modules/7.3.0"/{modules.order,modules.builtin,modules.builtin.modinfo} \
		"$work/modules/lib/modules/7.3.0/kernel"/{tdx-host,seamstep,kvm-intel}.ko
	/sbin/depmod -b "$work/modules" 7.3.0 2>/dev/null
	for name in tdx_host tdx-host; do
		expect 0 kmod -D $name
		says '^install /sbin/modprobe -q seamstep \|\| /sbin/modprobe --ignore-install tdx_host *$'
		expect 0 kmod -D --ignore-install $name
		says '^insmod .*/tdx-host.ko'
	done
	expect 0 kmod -D seamstep
	[ "$(sed 's,.*/,,; s/ *$//' "$work/out" | paste -sd,)" = kvm-intel.ko,seamstep.ko ] || bad 'seamstep.ko does not wait for KVM'
fi
finish
