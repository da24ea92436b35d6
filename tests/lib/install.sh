#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# An installed libseamstep: a program of somebody else builds with pkg-config and nothing of the source
# tree, each header alone is fit for C11 and C++11, and only the symbols of the map are there.
# install.sh BUILD SEAMSTEP
set -eu
build=$1 seamstep=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() { echo "$*"; bad=1; }

if nm -D "$build/lib/libseamstep.so" | grep -q "__[atu]b*san_"; then
	echo "a library with sanitizers: other programs cannot link it"
	exit 77
fi
DESTDIR=$work/root meson install -C "$build" --no-rebuild --quiet >/dev/null
pc=$(find "$work/root" -name seamstep.pc)
export PKG_CONFIG_PATH="${pc%/*}" PKG_CONFIG_SYSROOT_DIR="$work/root"
library=$(find "$work/root" -name libseamstep.so.0)
flags=$(pkg-config --cflags seamstep)
# shellcheck disable=SC2046,SC2086
cc -std=c11 -pedantic -Wall -Wextra -Werror $flags "$here/../../examples/list-and-update.c" \
	$(pkg-config --libs seamstep) -o "$work/program" || complain "the example does not build"
export LD_LIBRARY_PATH="${library%/*}"
"$seamstep" lab create --lps 2 "$work/lab" >/dev/null
"$work/program" "lab:$work/lab" | grep -q '^updated' || complain "the example does not update"
include=$(find "$work/root" -type d -path '*include/seamstep')
for header in "$include"/*.h; do
	line="#include <seamstep/${header##*/}>"
	# shellcheck disable=SC2086
	for as in 'c -std=c11' 'c++ -std=c++11'; do
		echo "$line" | cc -x $as -pedantic -Wall -Wextra -Werror -fsyntax-only $flags - ||
			complain "${header##*/} is not fit for $as"
	done
done
nm -D --defined-only --format=posix "$library" | sed -n 's/@.*//; s/ .*//; /^seamstep_/p; /^LIBSEAMSTEP/d; /^seamstep_/!p' |
	sort >"$work/has"
sed -n 's/^\t\(seamstep_[a-z0-9_]*\);$/\1/p' "$here/../../lib/libseamstep.map" | sort >"$work/may"
diff "$work/may" "$work/has" || complain "the library has other symbols than libseamstep.map"
# Each promise is kept, and each symbol is promised.
cat "$include"/*.h | sed 's|/\*.*\*/||' | grep -v '^ \*' | grep -o '\bseamstep_[a-z0-9_]*(' | tr -d '(' | sort -u >"$work/promised"
diff "$work/may" "$work/promised" || complain "the headers promise other functions than libseamstep.map has"
# Each function has its place in a manual page, where scdoc made them.
if command -v scdoc >/dev/null; then
	for header in "$include"/*.h; do
		"$here/../../scripts/man-api" "$header"
	done | sed -n 's/\\//g; s/^## \(.*\)()$/\1/p' | sort | diff "$work/may" - ||
		complain "the manual pages do not have each function once"
	[ "$(find "$work/root" -name 'seamstep*.3*' | wc -l)" = "$(ls "$include"/*.h | wc -l)" ] ||
		complain "a header has no manual page"
fi
readelf -d "$library" | grep -q 'SONAME.*libseamstep.so.0' || complain "the soname is not libseamstep.so.0"
readelf -d "$library" | grep -q hwloc && complain "the library loads hwloc"
exit $bad
