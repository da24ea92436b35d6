#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Every header compiles alone, no file asks where it runs, every file says its licence.
set -eu
cd "$(dirname "$0")/.."
bad=0
complain() { echo "$*"; bad=1; }

ifdefs=$(grep -n '__KERNEL__' -r core sim place rig explore include lib lab tool --include='*.[ch]' | grep -v core/platform.h || true)
[ -z "$ifdefs" ] || complain "__KERNEL__ outside the places:
$ifdefs"

for h in core/*.h sim/*.h place/*.h place/*/*.h rig/*.h explore/*.h bench/*.h include/seamstep/*.h lib/*/*.h lab/*.h tool/*/*.h; do
	place=-Iplace/thread
	(echo "$h"; cat "$h") | grep -q "place/virtual\|explore/" && place="-iquote place/virtual"
	gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wno-unused-function -fsyntax-only -I. -Iinclude \
		$place -x c "$h" 2>/tmp/header.$$ || complain "$h does not compile alone:
$(head -5 /tmp/header.$$)"
	rm -f /tmp/header.$$
done

# The public headers, as other programs include them: C11 and C++11, and nothing but the headers.
public() { gcc "$@" -pedantic -Wall -Wextra -Werror -fsyntax-only -Iinclude - 2>/tmp/header.$$; }
for h in include/seamstep/*.h; do
	line="#include <${h#include/}>"
	echo "$line" | public -x c -std=c11 && echo "$line" | public -x c++ -std=c++11 ||
		complain "$h is not fit for C11 and C++11:
$(head -5 /tmp/header.$$)"
done
rm -f /tmp/header.$$

# Files that git knows, or, in a tree without git, all.
files=$(git ls-files 2>/dev/null) || files=$(find . -path './.*' -prune -o -path './build*' -prune -o -type f -print)
files=$(echo "$files" | grep -E '\.(c|h|S|sh|py|build|yml)$|^scripts/|Makefile|Kbuild')
for f in $files; do
	[ ! -e "$f" ] || head -3 "$f" | grep -q SPDX-License-Identifier || complain "$f has no SPDX line"
done
exit $bad
