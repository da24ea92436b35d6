#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Fuzzes the image readers for SECONDS each, all at once: fuzz.sh SECONDS [TARGET...]
# SEED (1) is the seed of libFuzzer; another one tries other inputs.
# Needs clang. Fails if a target crashes, hangs or breaks a property; says where the input lies.
set -eu

seconds=${1:?"Usage: $0 SECONDS [TARGET...]"}
shift
[ $# -gt 0 ] || set -- container sigstruct elf
cd "$(dirname "$0")/.."
clang=${CLANG:-clang}
command -v "$clang" >/dev/null || { echo "fuzz: no $clang; install clang" >&2; exit 77; }

work=$(mktemp -d "${TMPDIR:-/tmp}/seamstep-fuzz.XXXXXX")
flags="-std=gnu11 -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Wno-missing-field-initializers
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I. -Iplace/thread"
core="core/image.c core/image_error.c core/sigstruct.c core/signature.c core/elf.c core/compat.c core/room.c"

for target; do
	# shellcheck disable=SC2086
	"$clang" $flags "tests/fuzz_$target.c" $core -o "$work/$target"
	mkdir "$work/$target.new"
done

pids=
for target; do
	"$work/$target" -seed="${SEED:-1}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
		-print_final_stats=1 -artifact_prefix="$work/$target-" \
		"$work/$target.new" "tests/corpus/$target" >"$work/$target.log" 2>&1 &
	pids="$pids $!"
done

failed=0
for target; do
	pid=${pids# }; pid=${pid%% *}; pids=${pids# "$pid"}
	if wait "$pid"; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log")
		[ "${runs:-0}" -gt 0 ] || { failed=1; echo "fuzz $target: FAILED; it ran nothing"; continue; }
		rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$work/$target.log")
		edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work/$target.log" | tail -1)
		echo "fuzz $target: ok, $runs runs in $seconds s, $rate a second, $edges edges"
	else
		failed=1
		tail -40 "$work/$target.log"
		echo "fuzz $target: FAILED; the input is in $work"
		echo "  replay: $work/$target $work/$target-*"
	fi
done
[ "$failed" -ne 0 ] || rm -rf "$work"
exit "$failed"
