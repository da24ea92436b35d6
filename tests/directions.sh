#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Dependencies point one way, every header compiles alone, every file says its licence.
set -eu
cd "$(dirname "$0")/.."
bad=0
complain() { echo "$*"; bad=1; }

# What each part may not reach for.
forbid() {	# PART PATTERN
	found=$(grep -nE "^#[[:space:]]*include[[:space:]]+[<\"]($2)" "$1"/*.[ch] || true)
	[ -z "$found" ] || complain "$1/ includes what it may not:
$found"
}
forbid core '\.\./|sim/|host/|cli/|linux/|[a-z0-9_]+\.h>'
forbid sim '\.\./(host|cli|linux)|host/|cli/|linux/|[a-z0-9_/]+\.h>'
forbid host/thread '(\.\./)*cli/|linux/(module|kernel)'
ifdefs=$(grep -n '__KERNEL__' -r core sim host cli --include='*.[ch]' | grep -v core/platform.h || true)
[ -z "$ifdefs" ] || complain "__KERNEL__ outside the places:
$ifdefs"

for h in core/*.h sim/*.h host/thread/*.h cli/*.h; do
	[ -e "$h" ] || continue
	place=-Ihost/thread
	grep -q host/virtual "$h" && place='-iquote host/virtual'
	gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wno-unused-function -fsyntax-only -I. \
		$place -x c "$h" 2>/tmp/header.$$ || complain "$h does not compile alone:
$(head -5 /tmp/header.$$)"
	rm -f /tmp/header.$$
done

git ls-files | grep -E '\.(c|h|S|sh|py|build|yml)$|^scripts/|Makefile|Kbuild' | while read -r f; do
	[ -e "$f" ] && ! head -3 "$f" | grep -q SPDX-License-Identifier && echo "$f has no SPDX line"
done >/tmp/spdx.$$ || true
[ ! -s /tmp/spdx.$$ ] || complain "$(cat /tmp/spdx.$$)"
rm -f /tmp/spdx.$$
exit $bad
