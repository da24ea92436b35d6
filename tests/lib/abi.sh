#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The ABI of libseamstep is the committed one: abi.sh LIBRARY compares, abi.sh LIBRARY dump writes it anew.
# A change that is meant goes with a new dump, and, where programs built before would break, a new soname.
set -eu
library=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
committed=$root/lib/abi/libseamstep.abi
# docs/library.md names each public function, and no other.
named=$(sed -n '/^## The functions/,/^## Rules/p' "$root/docs/library.md" | grep -o '`[a-z0-9_]*`' | tr -d '`' | grep -v '^seamstep_$' | sort)
public=$(sed -n 's/^\tseamstep_\([a-z0-9_]*\);/\1/p' "$root/lib/libseamstep.map" | sort)
[ "$named" = "$public" ] || {
	echo "docs/library.md and lib/libseamstep.map differ:"
	printf '%s\n' "$named" "$public" | sort | uniq -u
	exit 1
}
for tool in abidw abidiff; do
	command -v $tool >/dev/null || { echo "no $tool here: scripts/deps check installs abigail-tools"; exit 77; }
done
readelf -S "$library" | grep -q '\.debug_info' || { echo "$library has no debug information: nothing to compare"; exit 77; }

# The types that the public headers define, and no paths of this machine.
dump() {
	abidw --headers-dir "$root/include/seamstep" --drop-private-types --exported-interfaces-only \
		--no-corpus-path --no-comp-dir-path --no-show-locs --out-file "$1" "$library"
}

if [ "${2:-}" = dump ]; then
	dump "$committed"
	exit 0
fi
found=$(mktemp)
trap 'rm -f "$found"' EXIT
dump "$found"
abidiff --leaf-changes-only --no-show-locs "$committed" "$found" && exit 0
echo "the ABI has changed. Is that meant? Then: tests/lib/abi.sh $library dump"
exit 1
