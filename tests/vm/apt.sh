# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Functions of programs that fetch Debian packages without installing them. For own_apt and own_lists $apt is a folder,
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
	for suite; do
		echo "$kind $from $suite main"
	done > "$apt/sources.list"
	# An older system may not know the keys of newer suites. Then apt reports that and has no lists.
	own_apt get -qq update > "$apt/log" 2>&1 || skip "no lists of $*: $(tail -n 1 "$apt/log")"
}
