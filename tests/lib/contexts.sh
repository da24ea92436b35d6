#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Contexts of libseamstep in several threads: contexts.sh SEAMSTEP TEST_CONTEXTS
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for lab in one two; do
	"$1" lab create --lps 4 "$work/$lab" >/dev/null
done
"$2" "lab:$work/one" "lab:$work/two"
