# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Functions of programs that fetch Debian packages without installing them on this system. For own_apt and own_lists $apt is a folder,
# which gets its own list of sources, lists and cache: this system's do not change. own_lists needs a function skip.

# The mirror that this system's apt uses.
mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1
}

# own_apt get | cache ARGUMENT...
own_apt() {
	command=$1
	shift
	"apt-$command" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::Etc::preferencesparts=- -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" "$@"
}

# in_chroot COMMAND...: in the folder $chroot
in_chroot() {
	LC_ALL=C DEBIAN_FRONTEND=noninteractive chroot "$chroot" "$@"
}

# make_chroot FOLDER SUITE [SUITE...]: a small Debian with a compiler, and packages of the other suites for whom asks for
# them, unless the folder is one. Needs root, and a function fail.
make_chroot() {
	chroot=$1 first=$2
	[ ! -e "$chroot/ready" ] || return 0
	command -v debootstrap > /dev/null || fail "debootstrap is needed: apt-get install debootstrap"
	[ "$(id -u)" = 0 ] || fail "a chroot can only be made and used by root"
	from=$(mirror)
	[ -n "$from" ] || fail "apt knows no Debian mirror here; run apt-get update"
	rm -rf "$chroot"
	debootstrap --variant=minbase "$first" "$chroot" "$from" > /dev/null ||
		fail "debootstrap of $first failed: see $chroot/debootstrap/debootstrap.log"
	shift 2
	for a_suite; do
		echo "deb $from $a_suite main"
	done > "$chroot/etc/apt/sources.list.d/more.list"
	# The lists are signed, but those of a mirror that is behind have expired. Nothing from here is installed elsewhere.
	echo 'Acquire { Retries "3"; Check-Valid-Until "false"; };' > "$chroot/etc/apt/apt.conf.d/mirror"
	why=$(in_chroot apt-get -qq update 2>&1) ||
		fail "apt in $chroot has no lists of $first: $(printf '%s\n' "$why" | tail -n 1)"
	in_chroot apt-get -qq install --no-install-recommends make gcc > /dev/null ||
		fail "apt in $chroot could not install make and gcc"
	touch "$chroot/ready"
}

# headers_of RELEASE: the packages of its headers
headers_of() {
	echo "linux-headers-$1"
	apt-cache depends "linux-headers-$1" | sed -nE 's/.*Depends: (linux-(headers|kbuild)-.*)/\1/p'
}

# make_movable HEADERS: an unpacked linux-headers package includes its common part by an absolute path; from now on by one
# that is relative to HEADERS.
make_movable() {
	sed -i 's|^include /usr/src/|include $(dir $(realpath $(lastword $(MAKEFILE_LIST))))../|' "$1/Makefile"
}

# own_lists KIND SUITE...: KIND is "deb" or "deb-src", with options
own_lists() {
	kind=$1
	shift
	from=$(mirror)
	[ -n "$from" ] || skip "apt knows no Debian mirror here"
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	for a_suite; do
		echo "$kind $from $a_suite main"
	done > "$apt/sources.list"
	# An older system may not know the keys of newer suites. Then apt reports that and has no lists.
	own_apt get -qq update > "$apt/log" 2>&1 || skip "no lists of $*: $(tail -n 1 "$apt/log")"
}
