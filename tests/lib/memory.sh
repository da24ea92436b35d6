#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# libseamstep where memory lacks: memory.sh SEAMSTEP TEST_MEMORY FAIL_MALLOC SCENARIO STRIDE
set -eu
seamstep=$1 test=$2 preload=$3 scenario=$4 stride=$5
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lab=$work/lab
"$seamstep" lab create --lps 2 "$lab" >/dev/null
# Few images, of both kinds of files, one of them bad; a journal; an inhibitor.
find "$lab/repo/joined_files" -name '*.blob' ! -name '*1.5.09*' ! -name '*1.5.16*' -delete
find "$lab/repo/separate_files" -type f ! -name '*1.5.1[37]*' -delete
cp "$lab/repo-bad/truncated.blob" "$lab/repo/joined_files/1.5/"
"$seamstep" lab set "$lab" tds=1 vcpus=1 >/dev/null
what=$lab/repo/joined_files/1.5/tdx_module_1.5.16.blob
case $scenario in
look)	"$seamstep" update --host "lab:$lab" --no-fallback 1.5.16 >/dev/null 2>&1
	"$seamstep" inhibit --host "lab:$lab" --who nobody --reason "a test"
	"$seamstep" lab set "$lab" running=1.5.09 >/dev/null ;;
update)	rm -r "$lab/repo/separate_files" ;;
sysroot) what=sysroot:$here/../sysroot/mainline ;;
esac
LD_PRELOAD=$preload "$test" "lab:$lab" "$what" "$stride" "$scenario"
