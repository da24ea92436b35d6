#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# How the command speaks: writes that fail, one meaning an exit status, quiet success, the prompt, JSON for each verb.
. "$(dirname "$0")/lib.sh"
tree=$here/../sysroot
schemas=$here/../../schemas
new_lab a
host=(--host "lab:$lab")
image=$lab/repo/joined_files/1.5/tdx_module_1.5.16.blob

# Every write is checked: a status of 0 becomes 1, another one stays.
full() {	# CODE COMMAND...
	want=$1
	shift
	checks=$((checks + 1))
	"$@" >/dev/full 2>"$work/err" </dev/null
	got=$?
	[ "$got" = "$want" ] || bad "expected exit $want with a full disk, found $got: $*"
	grep -q 'standard output cannot be written' "$work/err" || bad "no word about the lost output: $*"
}
for verb in list status 'status --json' 'history --json' metrics route tcb 'status --list-columns'; do
	full 1 "$seamstep" $verb "${host[@]}"
done
for verb in --version help 'list --help' 'explain 0' 'completion bash' explore 'bench window --cores 2' \
	'simulate --lps 2 --tds 1' "lab show $lab" "inspect $image"; do
	full 1 "$seamstep" $verb
done
full 3 "$seamstep" check "${host[@]}"
full 0 "$seamstep" update 1.5.13 "${host[@]}"
expect 0 "$seamstep" check "${host[@]}" --to 1.5.13

# What was changed stays so, and the status says so.
changed() {	# CODE COMMAND...
	full "$@"
	says 'standard output cannot be written'
}
first=$lab
new_lab changed
host=(--host "lab:$lab")
changed 0 "$seamstep" apply --target 1.5.16 "${host[@]}"
checks=$((checks + 1))
[ "$(jq -r .running "$lab/lab.json")" = 1.5.16 ] || bad 'apply changed nothing'
changed 0 "$seamstep" apply --target 1.5.17 --json "${host[@]}"
changed 1 "$seamstep" apply --target 1.5.17 --json "${host[@]}"	# nothing to do
changed 0 "$seamstep" inhibit --reason 'a demo' --who me --json "${host[@]}"
changed 1 "$seamstep" uninhibit --who nobody --json "${host[@]}"
changed 0 "$seamstep" uninhibit --who me --json "${host[@]}"
lab=$first host=(--host "lab:$first")

# A file that is not there is 1, a version that was mistyped is 2.
for verb in 'update' 'inspect' 'verify' 'update 1.5.16 --fallback' 'update 1.5.16 --signer'; do
	where=("${host[@]}")
	[ "$verb" != inspect ] || where=()
	expect 1 "$seamstep" $verb "$work/nosuch.blob" "${where[@]}"
	says 'nosuch.blob.*: No such file'
done
expect 1 "$seamstep" convert "$work/nosuch.blob" "$work/o"
for verb in 'update' 'update 1.5.16 --fallback' 'route' 'check --to'; do
	expect 2 "$seamstep" $verb 1.5.1x "${host[@]}"
	says "1\.5\.1x"
done

# Two questions: is there something newer, and could the host be updated now.
for t in mainline-busy:7 mainline-offline:7 erratum:4 mainline:0 mainline-lost:11 no-tdx:4; do
	expect "${t#*:}" "$seamstep" check --ready --sysroot "$tree/${t%:*}"
done
expect 3 "$seamstep" check --sysroot "$tree/mainline-busy" --repo "$lab/repo"
expect 7 "$seamstep" check --ready --sysroot "$tree/mainline-busy" --json
json '.preflight | any(.check == "upload" and .result == "failed")'
expect 0 "$seamstep" status --sysroot "$tree/mainline-busy" --json
json '.busy and .upload == "receiving"'
expect 0 "$seamstep" status --sysroot "$tree/mainline-busy"
says '^Under way  *yes: the upload node is .receiving'
"$seamstep" lab set "$lab" updates_left=0 >/dev/null
expect 8 "$seamstep" check --ready "${host[@]}"
expect 0 "$seamstep" status "${host[@]}" --json
json '.available == null and (.available_known | not) and (.available_why | contains("left 0"))'
"$seamstep" lab set "$lab" updates_left=9 >/dev/null
expect 2 "$seamstep" check --ready --to 1.5.16 "${host[@]}"

# Holds: each takes its own away.
expect 2 "$seamstep" inhibit "${host[@]}" --reason ''
says 'expected 1 to 1024 bytes, found 0'
expect 2 "$seamstep" inhibit "${host[@]}" --reason "$(head -c 1025 /dev/zero | tr '\0' a)"
expect 0 "$seamstep" inhibit "${host[@]}" --who ops --reason 'a demo'
expect 7 "$seamstep" check --ready "${host[@]}"
says 'FAILED +inhibited +updates are forbidden by ops: a demo'
expect 0 "$seamstep" uninhibit "${host[@]}"
says 'still forbidden by ops'
expect 7 "$seamstep" check --ready "${host[@]}"
expect 0 "$seamstep" uninhibit "${host[@]}" --all
expect 0 "$seamstep" check --ready "${host[@]}"

# Without a terminal: a line for a change, nothing for none, nothing at all with -q, everything with -v.
lines() {
	checks=$((checks + 1))
	[ "$(cat "$work/out" "$work/err" | wc -l)" = "$1" ] || bad "expected $1 lines"
}
expect 0 "$seamstep" update 1.5.16 "${host[@]}"
lines 1
expect 0 "$seamstep" update 1.5.16 "${host[@]}"
lines 0
expect 0 "$seamstep" update 1.5.17 -q "${host[@]}"
lines 0
expect 0 "$seamstep" update 1.5.24 -v "${host[@]}"
says '^Risk: .* 1\.5\.17; .*all 16 TDs are lost'
says '^Window: about .*updates of this host took'
new_lab empty
"$seamstep" lab set "$lab" tds=0 offline=1
expect 7 "$seamstep" update --dry-run --host "lab:$lab" 1.5.16
says 'bring CPU 7 online first'
"$seamstep" lab set "$lab" offline=0
expect 0 "$seamstep" update --dry-run --host "lab:$lab" 1.5.16
says '^Risk: no TD is alive'
lab=$work/a
expect 0 "$seamstep" update --dry-run "${host[@]}"
[ ! -s "$work/err" ] || bad 'the plan of a dry run is its output'
says '1\.5\.24 .* if the update fails before the new module is in'
new_lab b
expect 0 "$seamstep" update --dry-run --json 1.5.16 --host "lab:$lab"
json '.window_estimate | .source == "model" and .low_ns <= .ns and .ns < .high_ns'
json '.preflight[] | select(.check == "seamldr") | .text == "1.5.00, needs 1.5.00 or newer by the mapping file"'

# At the prompt, which names host and versions, a signal ends the update.
cat >"$work/prompt.py" <<'PY'
import os, pty, signal, sys, time
number = int(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
said = b''
while b'[y/N]' not in said:
    said += os.read(fd, 4096)
os.kill(pid, number)
signal.alarm(20)
try:
    while True:
        more = os.read(fd, 4096)
        if not more:
            break
        said += more
except OSError:
    pass
print(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
for number in 2 15 1; do
	expect 1 python3 "$work/prompt.py" $number "$seamstep" update 1.5.16 --host "lab:$lab"
	says "Update lab:$lab from 1\.5\.09 to 1\.5\.16 now\? \[y/N\]"
	says 'nothing was touched'
	expect 0 "$seamstep" update --dry-run 1.5.16 --host "lab:$lab"
done
# So does a signal that comes while the lock is waited for.
exec 9>>"$lab/lock"
python3 - <<'PY' 9>&9 || bad 'the lock cannot be taken here'
import fcntl, struct
fcntl.fcntl(9, 37, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))
PY
expect 124 timeout -s INT 1 "$seamstep" update --wait 60 1.5.16 --host "lab:$lab"
exec 9>&-

# Standard input and output in place of files; the versions are those of the files.
expect 0 "$seamstep" convert "$image" "$work/new.blob"
checks=$((checks + 3))
"$seamstep" convert - - <"$image" | cmp - "$work/new.blob" || bad 'convert - - is another image'
"$seamstep" inspect --json - <"$image" | jq -e '.images[0].hash_valid' >/dev/null || bad 'inspect - reads no image'
cat "$image" | "$seamstep" verify --host "lab:$lab" - >/dev/null || bad 'verify - reads no image'
expect 2 "$seamstep" convert --json "$image" -

# JSON: versions and masks as texts; a document of a known schema from each verb, also for a usage error.
expect 0 "$seamstep" list "${host[@]}" --json
json '[.images[].refused[] | select(.name == "older")][0].want == "1.5.24"'
json '.images[0].container_version == "0x100"'
verbs=$("$seamstep" --help | sed -n 's/^  \([a-z]\+\) .*/\1/p')
for verb in $verbs 'lab nosuch' 'bench nosuch' 'lab set' 'lab create' 'bench cli' 'bench window' nosuch; do
	"$seamstep" $verb --json --no-such-option >"$work/out" 2>"$work/err" </dev/null
	checks=$((checks + 1))
	name=$(jq -r .schema "$work/out" 2>/dev/null)
	[ -n "$name" ] && [ -e "$schemas/${name%/1}.1.json" ] || bad "$verb --json: no schema for '$name'"
	[ "$(jq -r .exit.code "$work/out" 2>/dev/null)" = 2 ] || bad "$verb --json: not a document about a usage error"
done
expect 2 "$seamstep" explore --lps 99 --json
json '.error | contains("99")'

# Options without a verb; one field; all columns; no empty cell in raw output.
export SEAMSTEP_HOST=lab:$lab
expect 0 "$seamstep" --json
json '.schema == "seamstep.status/1"'
expect 0 "$seamstep" --host "lab:$work/a"
says '^TDX Module  *1\.5\.24'
expect 0 "$seamstep" status tds
[ "$(cat "$work/out")" = '16 of 16 alive' ] || bad 'not one field'
expect 2 "$seamstep" status nonsense
expect 0 "$seamstep" list -O
for column in $("$seamstep" list --list-columns | awk '{print $1}'); do
	says "\b$column\b"
done
expect 0 "$seamstep" list -r -n -o VERSION,UPDATES,SVN
says '^1\.5\.01 - 1\.4$'

# The completion offers values.
completion=$("$seamstep" completion bash)
complete_words() {	# WORD...
	(
		cd "$work" || exit
		eval "$completion"
		COMP_WORDS=("$seamstep" "$@") COMP_CWORD=$#
		_seamstep 2>/dev/null
		echo "${COMPREPLY[*]}"
	)
}
offers() {	# WORD... = EXPECTED
	checks=$((checks + 1))
	got=$(complete_words "${@:1:$#-2}")
	[[ " $got " == *" ${*: -1} "* ]] || bad "the completion of '${*:1:$#-2}' has no ${*: -1}: $got"
}
lacks() {	# WORD... = UNWANTED
	checks=$((checks + 1))
	[[ " $(complete_words "${@:1:$#-2}") " != *" ${*: -1} "* ]] || bad "the completion of '${*:1:$#-2}' has ${*: -1}"
}
: >"$work/some-file"
mkdir -p "$work/some-dir"
offers bench '' = window
# Each verb, and each option that its help names.
for verb in $("$seamstep" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	offers '' = $verb
	case $verb in lab|bench|explore|completion) continue ;; esac	# their own programs know
	for option in $("$seamstep" help $verb | grep -oE '^  (-[a-zA-Z], )?--[a-z-]+' | grep -oE -e '--.*'); do
		offers $verb -- = $option
	done
done
for verb in create show set fault reboot tcb remove; do
	offers lab '' = $verb
	offers lab $verb '' = some-dir
done
# Values, and no files where none is expected.
offers driver '' = use
offers driver u = use
offers driver use '' = kernel
offers driver use s = seamstep
offers repo '' = check
offers repo check '' = some-dir
offers apply --target '' = newest
offers apply --target t = tcb=UpToDate
offers apply --target tcb = = UpToDate
offers apply --target tcb = Up = UpToDate
offers check --tcb = S = SWHardeningNeeded
offers update --td-build '' = wait
offers update --td-build r = refuse
offers update --waive '' = journal
offers update --hooks '' = some-dir
lacks update --hooks '' = some-file
offers update some = some-file
offers status --host '' = lab:
offers status --host lab : = some-dir
offers status --host lab : some = some-dir
offers verify --signer '' = any
offers verify --signer '' = some-file
offers status --sysroot '' = some-file
offers tcb --quote '' = some-file
offers report -o '' = some-file
offers history -o '' = VERDICT
for words in 'update --events' 'apply --max-updates' 'apply --wait' 'bucket --of' 'bucket --release' 'inhibit --reason' \
	'tcb --tee-tcb-svn' 'tcb --at' reconcile driver 'driver use' status check apply bucket history metrics tcb; do
	# shellcheck disable=SC2086
	lacks $words '' = some-file
done
offers lab set DIR upd = updates_left=
offers list -o '' = VERSION
offers explore --scheduler '' = pct
offers explore --lp = --lps
offers bench window --co = --cores
offers update '' = 1.5.28
offers route --to '' = 1.5.28
offers help '' = check
offers completion '' = bash
finish
