#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# "seamstep simulate --sweep": every fault at every call, correct sums, and the options that --sweep excludes.
. "$(dirname "$0")/lib.sh"

expect 0 "$seamstep" simulate --sweep --lps 1 --seed 3 --json
cp "$work/out" "$work/sweep.json"
json '.schema == "seamstep.simulate.sweep/1" and .lps == 1 and .seed == 3 and .good'
json '.failures == [] and .all.contradicted == 0 and .all.lost.once == 0'
# Each update counts once at its end and once at its call.
json '.all | .faults == .updated + .recovered + .unchanged + .lost.once + .lost.erased + .lost.each'
json '([.calls[].faults] | add) == .all.faults and ([.calls[].updated] | add) == .all.updated'
# Every status of the table, at every leaf; twice as many where RDX is returned.
statuses=$(grep -cE '^[[:space:]]*X\((TDX|PSEAMLDR)_[A-Z0-9_]+, 0x' "$here/../../core/seamcall.h")
[ "$statuses" -gt 130 ] || bad "the table of statuses was not found"
json "[.calls[] | select(.faults < 4 * ($statuses - 2) * (if .leaf == \"SEAMLDR.INSTALL\" then 2 else 1 end))] == []"
json '([.calls[].leaf] | unique | length) == 9'
# One LP is first, middle and last. Only the faults of the last resort meet no call.
json '[.calls[] | select(.lp != null and .lp != "last")] == []'
json '[.calls[] | select(.not_met > 0) | .leaf] == ["TDH.SYS.TDMR.INIT"]'
# RDX = 1 on the call that completes a session costs the TDs, and so does a call that never succeeds.
json '[.calls[] | select(.lost.erased > 0) | .leaf] == ["SEAMLDR.INSTALL"]'
json '[.calls[] | select(.leaf == "TDH.SYS.UPDATE") | .lost.each > 0] == [true]'

expect 2 "$seamstep" simulate --sweep --tds 4
says "not with --tds"
expect 2 "$seamstep" simulate --sweep --fault SYS.INIT=SYS_BUSY
says "not with --fault"
expect 2 "$seamstep" simulate --sweep --lps 65
says "at most 64"

python3 "$here/validate.py" "$here/../../schemas" "$work/sweep.json" >"$work/why" 2>&1
case $? in
0 | 77) checks=$((checks + 1)) ;;
*) bad "not as the schema says: $(cat "$work/why")" ;;
esac
finish
