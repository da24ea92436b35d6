#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Each file that the driver and the model create in sysfs and debugfs has an entry in docs/abi, with
# its path and its mode, and each entry has its file in linux/*/*.c. No entry is newer than the driver, and what names the
# version of this tree names the same one. Usage: tests/abi.sh [DOCS [SOURCES]]
set -euo pipefail
cd "$(dirname "$0")/.."
docs=${1:-docs/abi} sources=${2:-linux}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the kernel makes of each upload node (drivers/base/firmware_loader).
upload_files='loading:0644 data:0644 status:0444 error:0444 cancel:0200 remaining_size:0444'

# This check reads the forms that the sources use. Any other form would be overlooked.
unknown=$(grep -nE '\b(__ATTR\w*|BIN_ATTR\w*|DEVICE_(ULONG|INT|BOOL|STRING)_ATTR\w*|DEVICE_ATTR(_PREALLOC|_IGNORE_LOCKDEP|_WO|_ADMIN_RW)?|(CLASS|DRIVER|BUS)_ATTR\w*|(sysfs|device|driver|class|bus)_create_(bin_)?(files?|groups?)|debugfs_create_(\w*_)?(u8|u16|u32|u64|ulong|x8|x16|x32|x64|size_t|atomic_t|bool|str|blob|regset32|u32_array|devm_seqfile|file_\w+))\(' \
	"$sources"/*/*.c || true)
[ -z "$unknown" ] || { echo "tests/abi.sh does not know this way to create a file:"; echo "$unknown"; exit 1; }

# "PATH MODE" of each device attribute: its group gives the folder.
attributes() {
	awk '
	function quoted(text) { sub(/^[^"]*"/, "", text); sub(/".*/, "", text); return text }
	match($0, /DEVICE_ATTR_(ADMIN_RO|RO|RW)\([a-z_0-9]+\)/) {
		split(substr($0, RSTART, RLENGTH), part, /[()]/)
		sub(/DEVICE_ATTR_/, "", part[1])
		name["dev_attr_" part[2]] = part[2]
		mode["dev_attr_" part[2]] = part[1] == "RW" ? "0644" : part[1] == "RO" ? "0444" : "0400"
	}
	/struct bin_attribute [a-z_]+ = \{/ { match($0, /[a-z_]+ = /); bin = substr($0, RSTART, RLENGTH - 3) }
	/\.attr = \{ \.name = / {
		name[bin] = quoted($0)
		match($0, /0[0-7]+ /); mode[bin] = substr($0, RSTART, RLENGTH - 1)
	}
	/struct (bin_)?attribute .*[a-z_]+\[\] = \{/ { match($0, /[a-z_]+\[/); list = substr($0, RSTART, RLENGTH - 1) }
	/^\t&[a-z_]+/ { match($0, /&[a-z_]+/); in_list[substr($0, RSTART + 1, RLENGTH - 1)] = list }
	/struct attribute_group [a-z_]+ = / { group = ""; in_group = 1 }
	in_group && /\.name = / { group = quoted($0) "/" }
	in_group && /attrs = / {
		match($0, /attrs = [a-z_]+/); folder[substr($0, RSTART + 8, RLENGTH - 8)] = group
	}
	in_group && /;/ { in_group = 0 }
	END {
		for (v in name)
			if (!(v in in_list) || !(in_list[v] in folder))
				print "/no/group/" name[v], mode[v]
			else
				print "/sys/devices/faux/tdx_host/" folder[in_list[v]] name[v], mode[v]
	}' "$sources"/*/*.c
}

uploads() {
	local macro node file
	sed -nE 's/.*\bstruct step_node \w+ = \{ \.name = (\w+) \};.*/\1/p' "$sources"/*/*.c |
	while read -r macro; do
		node=$(sed -nE "s/^#define $macro[[:space:]]+\"(.*)\"/\1/p" "$sources"/*/*.c)
		for file in $upload_files; do
			echo "/sys/class/firmware/$node/${file/:/ }"
		done
	done
}

debugfs() {	# FOLDER-OF-SOURCES NAME
	sed -nE "s|.*debugfs_create_file\(\"(\w+)\", (0[0-7]+),.*|/sys/kernel/debug/$2/\1 \2|p" "$sources/$1"/*.c
}

# "PATH MODE" of each What: line of an entry. An entry without one of the five fields has no mode.
entries() {
	awk '
	function end(    i) {
		for (i = 1; i <= nr; i++)
			print what[i], (fields == "DKC" && text ? mode : "incomplete")
		nr = 0; fields = ""; mode = "none"; text = 0
	}
	/^What:/ { if (fields != "") end(); what[++nr] = $2 }
	/^Date:\t+[A-Z][a-z]+ 20[0-9][0-9]$/ { fields = fields "D" }
	/^KernelVersion:\t+seamstep [0-9.]+$/ { fields = fields "K" }
	/^Contact:\t+.+@/ { fields = fields "C" }
	/^Description:\t+Mode 0[0-7]+\.$/ { mode = substr($3, 1, 4) }
	/^\t\t[^ \t]/ { text++ }
	END { end() }' "$1"
}

compare() {	# NAME: the entries of docs/NAME with the files on standard input
	sort >"$work/source"
	entries "$docs/$1" | sort >"$work/entries"
	[ -s "$work/source" ] || { echo "no file found in $sources for $1"; return 1; }
	diff "$work/source" "$work/entries" >"$work/diff" || {
		sed -nE "s|^< (.*)|$docs/$1 has no entry for \1|p; s|^> (.*)|$docs/$1: no such file in $sources: \1|p" "$work/diff"
		return 1
	}
	echo "$docs/$1: $(wc -l <"$work/source") files, each with its entry"
}

# The version of meson.build, which the command and the library have.
versions() {
	local version name other wrong=
	version=$(sed -nE "s/^project\('seamstep'.* version: '([0-9.]+)'.*/\1/p" meson.build)
	while read -r name other; do
		[ "$other" = "$version" ] || { wrong=1; echo "$name says ${other:-no version}, and meson.build says $version"; }
	done <<-END
		$sources/dkms.conf $(sed -nE 's/^PACKAGE_VERSION="([0-9.]+)"$/\1/p' "$sources/dkms.conf")
		$sources/driver/step_main.c $(sed -nE 's/^MODULE_VERSION\("([0-9.]+)"\);$/\1/p' "$sources/driver/step_main.c")
		packaging/debian/changelog $(sed -nE '1s/^seamstep \(([0-9.]+)[^)]*\) .*/\1/p' packaging/debian/changelog)
		CHANGES.md $(sed -nE 's/^## ([0-9.]+).*/\1/p' CHANGES.md | head -n 1)
	END
	while read -r name other; do
		[ "$(printf '%s\n' "$other" "$version" | sort -V | tail -n 1)" = "$version" ] ||
			{ wrong=1; echo "$name has an entry of $other, and meson.build says $version"; }
	done < <(sed -nE "s|^KernelVersion:\t+seamstep ([0-9.]+)$|$docs \1|p" "$docs"/* | sort -u)
	[ -n "$wrong" ] || echo "version $version everywhere"
	[ -z "$wrong" ]
}

rc=0
versions || rc=1
{ attributes; uploads; } | compare sysfs-seamstep || rc=1
debugfs driver seamstep | compare debugfs-seamstep || rc=1
debugfs model seamsim | compare debugfs-seamsim || rc=1
exit $rc
