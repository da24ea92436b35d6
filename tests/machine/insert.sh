#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# machine/insert puts lines where a list says, and refuses a source that the list does not fit.
set -eu

insert=$(cd "$(dirname "$0")/../.." && pwd)/machine/insert
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "not ok - $*"
	exit 1
}

# list: standard input is the list, with > for the tab before a line of text.
list() {
	tr '>' '\t' > "$dir/list"
}

insert() {
	"$insert" "$dir/list" "$dir/tree" "$dir/pristine" > "$dir/said" 2>&1
}

# says TEXT: the program failed and said so.
says() {
	! insert || fail "a list that does not fit was accepted: $1"
	grep -qF -- "$1" "$dir/said" || fail "expected '$1', the program said: $(cat "$dir/said")"
}

mkdir -p "$dir/tree/sub"
printf '%s\n' 'int one(void)' '{' '    return x;' '}' 'int two(void)' '{' '    return x;' '}' > "$dir/tree/sub/a.c"
printf 'x\n' > "$dir/tree/b"

list << EOF
# A comment.
file sub/a.c
from int two(void)
before return x;
>    first();
>
>    second();
after int one(void)
>/* ours */
before int two(void)
>int three(void);
blank

file b
instead x
>y
end
>z
EOF
insert || fail "the list fits, but: $(cat "$dir/said")"
printf '%s\n' 'int one(void)' '/* ours */' '{' '    return x;' '}' 'int three(void);' '' 'int two(void)' '{' '    first();' '' \
	'    second();' '    return x;' '}' | cmp - "$dir/tree/sub/a.c" || fail "sub/a.c is not as expected"
printf 'y\nz\n' | cmp - "$dir/tree/b" || fail "b is not as expected"
echo "ok - lines above, below, in place of a line, and at the end; an empty line where it is asked for"

touch -d @1 "$dir/tree/b"
insert
[ "$(stat -c %Y "$dir/tree/b")" = 1 ] || fail "a file that did not change was written again"
echo "ok - the same list again changes nothing"

list << EOF
file sub/a.c
after return x;
>one
before nowhere
>two
EOF
says "sub/a.c: expected the line \"return x;\" once, found it 2 times"
says "sub/a.c: expected the line \"nowhere\" once, found it 0 times"
says "2 places moved"
! grep -q '^one' "$dir/tree/sub/a.c" || fail "a list that does not fit was applied in part"
echo "ok - an anchor that is not there once is named, and nothing is written"

list << EOF
file sub/a.c
after int one(void)
>/* another list */
EOF
insert || fail "the list fits, but: $(cat "$dir/said")"
grep -q 'another list' "$dir/tree/sub/a.c" || fail "sub/a.c is not as expected"
printf 'x\n' | cmp - "$dir/tree/b" || fail "b, which the list no longer names, is not as it was"
echo "ok - a file that the list no longer names becomes as it was"

list << EOF
file sub/a.c
from int one(void)
after second();
>one
EOF
says 'expected the line "second();" once below "int one(void)", found it 0 times'
echo "ok - \"from\" ends with the function"

list << EOF
file gone.c
end
>one
EOF
says "gone.c: expected this file, found none"
echo "ok - a file that is not there is named"
