#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Every JSON document (success, refusal, failure) fulfils the schema that it names, and so does the journal.
. "$(dirname "$0")/lib.sh"
schemas=$here/../../schemas
command -v python3 >/dev/null || { echo "no python3 here"; exit 77; }
# This check comes before all tests: a skip must not hide a failure.
python3 "$here/validate.py" "$schemas" >"$work/why" 2>&1
[ $? != 77 ] || { cat "$work/why"; exit 77; }
new_lab a
tree=$here/../sysroot

mkdir "$work/documents"
n=0
keep() {	# the last command's document, to be validated with all others at the end
	n=$((n + 1))
	cp "$work/out" "$work/documents/$n-$1.json"
}

valid() {	# CODE COMMAND...
	expect "$@"
	keep "$(basename "$2")-$3"
}

s() {	# CODE VERB...: on the lab
	code=$1 verb=$2
	shift 2
	valid "$code" "$seamstep" "$verb" --host "lab:$lab" --json "$@"
}

s 0 status
s 0 list
s 0 list "$lab/repo-bad"
s 0 route
s 0 route --tcb UpToDate
s 0 tcb
s 0 tcb --tee-tcb-svn 06010300000000000000000000000000
s 2 tcb --tee-tcb-svn 06
s 1 tcb --tee-tcb-svn 06010300000000000000000000000000 --at 2020-01-01
s 1 tcb --tcb-info "$lab/lab.json"
s 1 tcb --at 2020-01-01
s 1 tcb --tcb-info "$work/missing"
s 0 check --tcb UpToDate
s 0 update --tcb UpToDate
s 6 route --to 2.0.04
s 8 route --to 1.5.28 --left 0
s 2 route --to x
s 0 update 1.5.13 --dry-run
s 0 update 1.5.13
s 0 update 1.5.13
s 6 update 1.5.01
s 5 update --to 1.5.16 "$lab/repo-bad/bad-hash.blob"
s 2 update --nonsense
s 1 apply
s 0 apply --boot
s 2 apply --target x
s 3 apply --target 1.5.16 --dry-run
s 6 apply --target 2.0.08
echo 'window=Mon 01:00-02:00' >"$SEAMSTEP_CONFIG"
s 7 apply --target 1.5.16 --dry-run --at 2026-11-24
echo 'bucket=0/2' >"$SEAMSTEP_CONFIG"
s 7 apply --target 1.5.16 --dry-run
: >"$SEAMSTEP_CONFIG"
s 0 inhibit --reason x
s 7 apply --target 1.5.16
s 7 update 1.5.16
"$seamstep" lab set "$lab" seam_bytes=2514944
s 6 update --to 1.5.16 --dry-run "$lab/repo-bad/more-memory.blob"
s 0 list "$lab/repo-bad"
valid 0 "$seamstep" lab set --json "$lab" seam_bytes=0
s 0 status
s 0 uninhibit
s 0 driver
"$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last=EBADSIG'
s 10 update 1.5.16
"$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last+=EBADHASH/1'
s 11 update 1.5.16
s 0 status
s 0 history
s 0 bucket --release x --of 3
s 7 bucket --release x --of 3 --in 0
s 2 bucket --of 3
s 0 reconcile
jq -c 'del(.outcome) | .event = "intent" | .id = "0123456789abcdef" | .boot_id = "boot-0"' "$lab/journal.jsonl" |
	head -n 1 >"$work/intent"
cp "$lab/journal.jsonl" "$work/journal"
cat "$work/intent" >>"$lab/journal.jsonl"
s 0 reconcile
json '.settled | test("is settled as lost")'
s 0 history
python3 "$here/validate.py" "$schemas" --lines "$lab/journal.jsonl" >"$work/why" 2>&1 ||
	bad "the journal: $(cat "$work/why")"
cp "$work/journal" "$lab/journal.jsonl"
s 11 check
valid 0 "$seamstep" lab show --json "$lab"
valid 0 "$seamstep" lab set --json "$lab" tds=4
valid 0 "$seamstep" lab fault --clear --json "$lab"
valid 0 "$seamstep" lab reboot --json "$lab"
valid 2 "$seamstep" lab set --json "$lab" x=y
s 3 check
for t in "$tree"/*/; do
	for verb in status list route check; do
		"$seamstep" $verb --sysroot "$t" --repo "$lab/repo" --json >"$work/out" 2>"$work/err"
		json ".exit.code == $?"
		keep "$(basename "$t")-$verb"
	done
done
valid 0 "$seamstep" report --json --sysroot "$tree/mainline" --repo "$lab/repo" -o "$work/report"
valid 4 "$seamstep" report --json --host "lab:$lab"
valid 0 "$seamstep" convert --json "$lab/repo/joined_files/1.5/tdx_module_1.5.16.blob" "$work/c.blob"
parts=$lab/repo/separate_files/1.5/tdx_module_1.5.16
valid 0 "$seamstep" pack --json --sigstruct "$parts.sigstruct" --module "$parts.bin" "$work/p.blob"
# The verbs that need no host.
valid 0 "$seamstep" inspect --json "$lab"/repo/joined_files/*/*.blob
valid 5 "$seamstep" inspect --json "$lab"/repo-bad/*.blob
valid 1 "$seamstep" inspect --json "$work/missing"
valid 0 "$seamstep" verify --json --host "lab:$lab" "$lab"/repo/joined_files/*/*.blob
valid 5 "$seamstep" verify --json --signer any "$lab"/repo-bad/*.blob
valid 0 "$seamstep" explain --json 0 0x45 TDX_SYS_BUSY 0xc0007f3300000001 0x9900000300000403 device-busy lost
valid 0 "$seamstep" explain --json --repo "$lab/repo" 346bc77a...531a1 06010300000000000000000000000000
printf '%s\n' 'SEAMCALL[33] failed: 0xc000092100000122 RCX 0x0' 'hardware reason e0000091' 'tdx: module not loaded' >"$work/log"
valid 0 "$seamstep" explain --json "$work/log"
valid 1 "$seamstep" explain --json nonsense
valid 0 "$seamstep" simulate --json --lps 4 --tds 2
valid 9 "$seamstep" simulate --json --lps 4 --tds 2 --fault 'TDH.SYS.SHUTDOWN+=SYS_BUSY'
valid 10 "$seamstep" simulate --json --lps 4 --tds 2 --fault TDH.SYS.INIT=SYS_INCOMPATIBLE_SIGSTRUCT
valid 11 "$seamstep" simulate --json --lps 4 --tds 2 --fault 'SEAMLDR.INSTALL@last=EBADHASH/1'
valid 6 "$seamstep" simulate --json --to 2.0.08
valid 2 "$seamstep" simulate --json --fault x
valid 0 "$seamstep" lab create --json "$work/new"
valid 1 "$seamstep" lab create --json "$work/new"
valid 0 "$seamstep" lab tcb --json "$work/new"
valid 0 "$seamstep" lab tcb --json --move "$work/new"
valid 2 "$seamstep" lab tcb --json "$work/new" standard=9
valid 0 "$seamstep" explore --json
valid 0 "$seamstep" explore --json --program update --faults none
valid 0 "$seamstep" bench window --json --cores 4
# In place of virtual machines: the output of two of them, and output that makes no sense.
mkdir -p "$work/tree/tests/vm"
harness=$work/tree/tests/vm/bench-window
cat >"$harness" <<'EOF'
#!/bin/sh
[ "$1 $#" = "3 2" ] || exit 1
echo "machine cpus=$2 clock=turns kernel=6.12.1"
echo clocksource tsc
for n in 500 700 600; do
	echo "ours window_ns=$n waiting_ns=30"
	echo "theirs window_ns=300 waiting_ns=60"
	echo "ours empty steps=10 ns=$((n * 10))"
	echo "theirs empty steps=10 ns=5000"
done
EOF
chmod +x "$harness"
valid 0 "$seamstep" bench window --vm --json --source "$work/tree" --runs 3 --vcpus 2 --vcpus 16
json '[.rows[].vcpus] == [2, 16]'
json '.rows[1].ours | .window_ns.median == 600 and .waiting_share == 0.05 and .empty_step_ns.median == 600'
json '.rows[1] | .window_ratio == 2 and .empty_step_ratio == 1.2 and .ours.windows == 3'
sed -i 's/waiting_ns=30/waiting_ns=9999/' "$harness"
valid 1 "$seamstep" bench window --vm --json --source "$work/tree" --runs 3 --vcpus 2
sed -i '/^done/d; s/^for.*/exit 0/' "$harness"
valid 1 "$seamstep" bench window --vm --json --source "$work/tree" --runs 3 --vcpus 2
valid 1 "$seamstep" bench window --vm --json --source "$work/tree" --runs 4
valid 1 "$seamstep" bench window --vm --json --source "$work"
valid 0 "$seamstep" bench simulate --json --lps 2 --runs 1
valid 0 "$seamstep" bench lockstep --json --max-lps 2 --runs 1 --steps 100
valid 0 "$seamstep" bench c2c --json --runs 1 --turns 100
python3 "$here/validate.py" "$schemas" "$work"/documents/*.json >"$work/why" 2>&1 ||
	bad "not as the schemas say: $(cat "$work/why")"
checks=$((checks + n))
# The test tried three updates here.
[ "$(wc -l <"$lab/journal.jsonl")" = 6 ] || bad "the journal has $(wc -l <"$lab/journal.jsonl") lines"
python3 "$here/validate.py" "$schemas" --lines "$lab/journal.jsonl" >"$work/why" 2>&1 ||
	bad "the journal: $(cat "$work/why")"

# Broken twins: the validator names what is wrong.
wrong() {	# PATTERN DOCUMENT
	checks=$((checks + 1))
	echo "$2" >"$work/out"
	python3 "$here/validate.py" "$schemas" "$work/out" >"$work/why" 2>&1
	[ $? = 1 ] && grep -q -e "$1" "$work/why" || bad "a wrong document passed: $2: $(cat "$work/why")"
}
wrong 'exit/code: 99 ' '{"schema": "seamstep.check/1", "exit": {"code": 99, "name": "ok"}}'
wrong "there is no schema for 'seamstep.nothing/1'" '{"schema": "seamstep.nothing/1"}'
finish
