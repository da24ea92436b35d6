#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# An ordinary user looks at labs, and the command says what needs root. Root runs this test and becomes nobody.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || { echo "only root can become another user"; exit 77; }
command -v setpriv >/dev/null || { echo "no setpriv here"; exit 77; }
id nobody >/dev/null 2>&1 || { echo "no user nobody here"; exit 77; }
nobody="setpriv --reuid=nobody --regid=nogroup --clear-groups"
chmod 755 "$work"
new_lab b
cp "$seamstep" "$work/seamstep"
# shellcheck disable=SC2086
expect 0 $nobody "$work/seamstep" status --host "lab:$lab"
# shellcheck disable=SC2086
expect 0 $nobody "$work/seamstep" list --host "lab:$lab"
# shellcheck disable=SC2086
expect 1 $nobody "$work/seamstep" update --host "lab:$lab" 1.5.16
says 'Permission denied'
# shellcheck disable=SC2086
expect 0 $nobody "$work/seamstep" update --host "lab:$lab" 1.5.16 --dry-run --waive journal
# The command refused the user, not the update.
expect 0 "$seamstep" update --host "lab:$lab" 1.5.16
finish
