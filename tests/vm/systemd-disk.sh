# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Functions that make the disk of a small Debian with systemd as init, for tests/vm/systemd, machine/systemd and machine/run. They
# run with "set -e", and use $root, $out, $seamstep (the command), $debian (tests/vm/systemd-root), $release (of the kernel), and
# $fs, a folder for what goes to the disk.

# What the package would install.
install_command() {
	install "$seamstep" "$fs/usr/bin/seamstep"
	cp -L "$(dirname "$seamstep")/../lib/libseamstep.so.0" "$fs/usr/lib/x86_64-linux-gnu/"
	cp "$root"/packaging/systemd/* "$fs/usr/lib/systemd/system/"
}

# A lab's repository and documents; $out/boot.bin, which is the BIOS's old module, and $out/signer, who signs.
install_lab() {
	local joined=$fs/lab/repo/joined_files

	"$seamstep" lab create "$fs/lab"
	sed -n 's/.*"signer": "\(.*\)".*/\1/p' "$fs/lab/lab.json" > "$out/signer"
	[ "$(wc -c < "$out/signer")" = 97 ]
	"$seamstep" convert --container 0x200 "$joined/1.5/tdx_module_1.5.09.blob" "$out/boot.bin"
	# Each image costs seconds in the machine.
	find "$joined" -name '*.blob' ! -name '*1.5.09*' ! -name '*1.5.16*' ! -name '*1.5.17*' -delete
	rm -r "$fs/lab/repo/separate_files"
	od -An -tx1 -v -j $((4096 + 0x384)) -N 48 "$joined/1.5/tdx_module_1.5.16.blob" | tr -d ' \n' > "$fs/lab/digest"
	[ "$(wc -c < "$fs/lab/digest")" = 96 ]
}

# install_modules FOLDER NAME...: where modprobe looks for them
install_modules() {
	local from=$1 name

	shift
	mkdir -p "$fs/lib/modules/$release" "$fs/etc/modprobe.d"
	for name; do
		strip --strip-debug -o "$fs/lib/modules/$release/$name.ko" "$from/$name.ko"
	done
	depmod -b "$fs" "$release"
}

# load_at_boot NAME...: the kernel loads these modules at each boot, in this order.
load_at_boot() {
	mkdir -p "$fs/etc/modules-load.d"
	printf '%s\n' "$@" > "$fs/etc/modules-load.d/seamstep.conf"
}

# No login, and no service that no test looks at.
mask_units() {
	for unit in getty.target systemd-timesyncd.service systemd-networkd.service apt-daily.timer e2scrub_reap.service; do
		ln -sf /dev/null "$fs/etc/systemd/system/$unit"
	done
}

# The units of this test, in the places of those of a host.
install_units() {
	mkdir -p "$fs/test"
	cp "$root"/tests/vm/systemd-guest/*.sh "$fs/test/"
	cp "$root"/tests/vm/systemd-guest/*.service "$fs/etc/systemd/system/"
	ln -sf /usr/lib/systemd/system/multi-user.target "$fs/etc/systemd/system/default.target"
	for unit in test-case.service libvirtd.service test-end.service seamstep-ready.target; do
		enable multi-user.target "$unit"
	done
	enable seamstep-ready.target seamstep-boot.service
	echo machine > "$fs/etc/hostname"
	echo 0123456789abcdef0123456789abcdef > "$fs/etc/machine-id"
	echo '/dev/vda / ext4 rw 0 1' > "$fs/etc/fstab"
}

enable() {	# TARGET UNIT
	mkdir -p "$fs/etc/systemd/system/$1.wants"
	ln -sf "$([ -e "$fs/etc/systemd/system/$2" ] && echo /etc || echo /usr/lib)/systemd/system/$2" \
		"$fs/etc/systemd/system/$1.wants/$2"
}

# make_disk FILE COMMAND...: a disk with Debian, and with what each COMMAND installs
make_disk() {
	local file=$1 install

	shift
	rm -rf "$fs"
	cp -a "$debian" "$fs"
	for install in "$@" mask_units; do
		$install
	done
	mke2fs -q -F -t ext4 -d "$fs" "$file" 800M
	rm -rf "$fs"
}
