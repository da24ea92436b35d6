#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Fuzzes the inputs of the operator's tool, SECONDS each: fuzz.sh SECONDS [TARGET...]. Needs clang.
# SEED (1) is the seed of libFuzzer; another one tries other inputs.
set -eu
seconds=${1:?"Usage: $0 SECONDS [TARGET...]"}
shift
[ $# -gt 0 ] || set -- mapping lab sysfs explain tcb config bundle
cd "$(dirname "$0")/../.."
clang=${CLANG:-clang}
command -v "$clang" >/dev/null || { echo "no $clang here"; exit 77; }
work=$(mktemp -d)
flags="-std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined
	-fno-sanitize-recover=undefined -I. -Iinclude -Iplace/thread $(pkg-config --cflags jansson)"
common="lib/base/alloc.c lib/base/file.c lib/base/json.c lib/base/json_read.c lib/base/text.c lib/base/words.c core/compat.c core/room.c"

fuzz() {	# TARGET: builds it, runs it, says how it ended
	target=$1
	case $target in
	mapping) sources="lib/image/mapping.c" ;;
	tcb) sources="$(echo lib/tcb/*.c)" ;;
	lab) sources="lab/lab_state.c lab/fault_spec.c sim/fault_text.c core/seamcall.c" ;;
	sysfs) sources="lib/host/host.c lib/host/host_linux.c lib/host/host_linux_cpus.c lib/host/host_linux_log.c lib/host/host_linux_read.c
		lib/host/host_linux_update.c lib/host/sysio.c
		core/image.c core/image_error.c core/sigstruct.c" ;;
	bundle) sources="$(echo tool/bundle/[bsu]*.c) tool/base/memory.c tool/base/text.c tool/base/words.c
		lib/api/text.c lib/base/compat_text.c $(echo lib/image/*.c)
		lib/record/state_dir.c core/route.c core/image*.c core/sigstruct.c core/signature.c core/elf.c core/seamcall.c" ;;
	explain) sources="lib/explain/*.c core/seamcall.c" ;;
	config) sources="tool/session/config_read.c tool/session/config_keys.c tool/session/target.c
		tool/session/window.c tool/base/*.c lib/api/text.c lib/api/tcb.c lib/api/context.c lib/base/*_text.c lib/base/end.c
		lib/image/*.c lib/decide/*.c lib/tcb/*.c lib/host/*.c lib/record/*.c core/route.c core/image*.c core/sigstruct.c
		core/signature.c core/elf.c core/seamcall.c" ;;
	esac
	mkdir "$work/$target.new"
	# shellcheck disable=SC2046,SC2086
	"$clang" $flags "tests/tool/fuzz_$target.c" $sources $common -o "$work/$target" \
		$(pkg-config --libs jansson libcrypto libarchive) || { echo "fuzz $target: FAILED; it does not build"; return 1; }
	if ! "$work/$target" -seed="${SEED:-1}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
		-artifact_prefix="$work/$target-" "$work/$target.new" "tests/tool/corpus/$target" \
		>"$work/$target.log" 2>&1; then
		tail -n 30 "$work/$target.log"
		echo "fuzz $target: FAILED; the input lies in $work"
		return 1
	fi
	done=$(grep -a 'DONE' "$work/$target.log" | tail -1)
	echo "fuzz $target: ${done:-FAILED; it did not end}"
	[ -n "$done" ]
}

# One on each CPU at a time.
failed=0
cpus=$(nproc)
while [ $# != 0 ]; do
	now=
	for target; do
		{ fuzz "$target" && : >"$work/$target.ok"; } >"$work/$target.says" 2>&1 &
		now="$now $target"
		shift
		[ "$(echo "$now" | wc -w)" -lt "$cpus" ] || break
	done
	wait
	for target in $now; do
		cat "$work/$target.says"
		[ -e "$work/$target.ok" ] || failed=1
	done
done
[ $failed != 0 ] || rm -rf "$work"
exit $failed
