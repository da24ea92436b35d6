#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# libcrypto is loaded by what needs it, and by nothing else; without it nothing is told that needs it.
. "$(dirname "$0")/lib.sh"
real=$here/../data/tcb/tdx-20a06f000000-set17-2025-09-02.json

new_lab a
image=$(find "$lab/repo" -name '*1.5.16.blob')
mainline="--sysroot $here/../sysroot/mainline --repo $lab/repo"
# A file that is no library is found first, and ends the loader's search.
mkdir "$work/none"
: >"$work/none/libcrypto.so.3"
without() {	# CODE VERB...: on the recorded host
	code=$1
	shift
	# shellcheck disable=SC2086
	expect "$code" env LD_LIBRARY_PATH="$work/none" "$seamstep" "$@" $mainline
}
loads() {	# YES VERB...: is libcrypto looked for?
	want=$1
	shift
	checks=$((checks + 1))
	# shellcheck disable=SC2086
	LD_DEBUG=libs "$seamstep" "$@" $mainline >"$work/out" 2>"$work/err" </dev/null
	found=no
	! grep -q 'find library=libcrypto' "$work/err" || found=yes
	: >"$work/err"
	[ "$found" = "$want" ] || bad "libcrypto is loaded: $found, expected $want: $*"
}

# What needs libcrypto finds none here, so the rest of this test shows something.
expect 1 env LD_LIBRARY_PATH="$work/none" "$seamstep" verify --signer "$lab/signer.pub.pem" "$image"
says 'libcrypto.so.3 cannot be loaded'
expect 5 env LD_LIBRARY_PATH="$work/none" "$seamstep" verify "$image"
says 'signature +BAD .*the crypto library failed'
loads yes bucket --release 1.5.16 --of 10
loads yes status --tcb-info "$real" --at 2025-09-10

# ---- what does without it -----------------------------------------------------------------------
for verb in status list 'list --json' history 'metrics' 'route --to 1.5.16' 'check -v' 'explain 0x8000020000000000'; do
	# shellcheck disable=SC2086
	set -- $verb
	[ "$1" = explain ] || loads no "$@"
done
without 0 status
says 'TDX Module'
without 0 list
says '1.5.16'
expect 0 env LD_LIBRARY_PATH="$work/none" "$seamstep" explain 0x8000020000000000

# ---- what does not ------------------------------------------------------------------------------
without 1 bucket --release 1.5.16 --of 10
says 'libcrypto.so.3 is missing or fails'
checks=$((checks + 1))
[ ! -s "$work/out" ] || bad "a bucket without a digest"
without 1 bucket --release 1.5.16 --of 10 --in 10 --json
json '(has("bucket") | not) and .exit.name == "error"'
echo 'bucket = 1/1' >"$SEAMSTEP_CONFIG"
without 1 apply --target 1.5.16 --dry-run
says 'libcrypto.so.3 is missing or fails'
: >"$SEAMSTEP_CONFIG"
# No digest is told that nobody made.
expect 5 env LD_LIBRARY_PATH="$work/none" "$seamstep" inspect "$image"
says 'signer +unknown'
checks=$((checks + 1))
! grep -q 000000000000 "$work/out" || bad "a digest without libcrypto"
expect 5 env LD_LIBRARY_PATH="$work/none" "$seamstep" inspect --json "$image"
json '.images[0] | .module_sha384 == null and .signer == {intel: false, sha384: null}'
without 1 tcb --tcb-info "$real" --at 2025-09-10
says 'libcrypto.so.3 cannot be loaded'
# A certificate in a quote is read by libcrypto too, and here nothing before it has loaded libcrypto.
python3 - "$work/quote" <<'END'
import struct, sys
chain = b'-----BEGIN CERTIFICATE-----\n'
inner = bytes(384 + 64) + struct.pack('<H', 0) + struct.pack('<HI', 5, len(chain)) + chain
data = bytes(128) + struct.pack('<HI', 6, len(inner)) + inner
open(sys.argv[1], 'wb').write(struct.pack('<HHI', 4, 2, 0x81).ljust(48, b'\0') + bytes(584) +
                              struct.pack('<I', len(data)) + data)
END
mkdir "$work/no-documents"
echo "{}" >"$work/no-documents/none.json"	# malformed: nobody looks at its signature
expect 1 "$seamstep" tcb --tcb-info "$work/no-documents" --quote "$work/quote"
says 'expected PEM, found another text'
expect 1 env LD_LIBRARY_PATH="$work/none" "$seamstep" tcb --tcb-info "$work/no-documents" --quote "$work/quote"
says 'libcrypto.so.3 cannot be loaded'
finish
