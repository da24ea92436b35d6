#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Names and fields that a terminal or a shell would obey.
. "$(dirname "$0")/lib.sh"
new_lab a
blob=$lab/repo/joined_files/1.5/tdx_module_1.5.16.blob

clean() {	# the last command's output is printable ASCII
	checks=$((checks + 1))
	if grep -q '[^[:print:][:space:]]' "$work/out" "$work/err"; then
		bad "unprintable output: $*"
	fi
}

repo=$work/$'evil\e[31m\a dir'
mkdir -p "$repo"
names=($'\e]0;owned\a tdx_module_1.5.16.blob' $'$(touch pwned) `id` 1.5.17.blob' $'new\nline 1.5.13.blob' \
	$'\xff\xfe.blob' '-rf 1.5.24.blob' '"quotes'\''1.5.25.blob' 'back\slash \x41 1.5.15.blob')
for name in "${names[@]}"; do
	cp "$blob" "$repo/$name"
done
printf '{"tdx_module_releases": [{"version": "\\u001b[31m1.5.16"}]}' >"$repo/mapping_file.json"
ln -s /dev/zero "$repo/zero.blob"
mkfifo "$repo/fifo.blob"
: >"$repo/empty.blob"
truncate -s 1G "$repo/huge.blob"
for options in '' '-n -r' '-P' '--json' '-o +FILE,REASONS,WARNINGS'; do
	# shellcheck disable=SC2086
	expect 0 "$seamstep" list --host "lab:$lab" --repo "$repo" $options -o +FILE
	clean "list $options"
done
expect 0 "$seamstep" list --host "lab:$lab" --repo "$repo" --json
json '.images | length == 8'
json '.findings | length >= 3'
expect 1 "$seamstep" route --host "lab:$lab" --repo "$repo"
clean route
expect 0 "$seamstep" list --host "lab:$lab" --repo "$repo" -P -o VERSION,FILE
checks=$((checks + 1))
(cd "$work" && while read -r line; do eval "$line" && echo "$FILE"; done <"$work/out") >"$work/files" 2>"$work/err"
[ ! -e "$work/pwned" ] || bad "-P let a file name run a command"
# A shell takes every line for assignments. A line that it refuses would end the loop before the other lines.
[ "$(wc -l <"$work/files")" = 8 ] && [ ! -s "$work/err" ] && grep -qx 'empty\.blob' "$work/files" ||
	bad "-P: a shell reads something else: $(cat "$work/files" "$work/err")"

# -P and -r escape a name once: unescaped, each text is the name.
printf '%s\0' "${names[@]}" empty.blob | sort -z >"$work/names"
expect 0 "$seamstep" list --host "lab:$lab" --repo "$repo" -P -o FILE
checks=$((checks + 1))
while read -r line; do eval "$line"; printf '%b\0' "$FILE"; done <"$work/out" | sort -z | cmp -s - "$work/names" ||
	bad "-P: a name is not what it was: $(cat "$work/out")"
expect 0 "$seamstep" list --host "lab:$lab" --repo "$repo" -n -r -o FILE
checks=$((checks + 1))
while read -r line; do printf '%b\0' "$line"; done <"$work/out" | sort -z | cmp -s - "$work/names" ||
	bad "-r: a name is not what it was: $(cat "$work/out")"

# A mapping file that is deep, long, or no file.
for mapping in "$(printf '[%.0s' $(seq 5000))" '{"tdx_module_releases": 7}' '{}' "$(head -c 3000 /dev/urandom | base64)"; do
	printf '%s' "$mapping" >"$repo/mapping_file.json"
	expect 0 "$seamstep" list --host "lab:$lab" --repo "$repo"
	says 'the mapping file is damaged'
	clean mapping
done

# The command reports that mapping file, names and images disagree.
mix=$work/mix
mkdir -p "$mix/joined_files/1.5"
cp "$lab/repo/mapping_file.json" "$mix"
cp "$lab/repo/joined_files/2.0/tdx_module_2.0.08.blob" "$mix/joined_files/1.5/tdx_module_2.0.04.blob"
cp "$lab/repo/joined_files/1.5/tdx_module_1.5.01.blob" "$mix/joined_files/1.5/tdx_module_1.5.99.blob"
cp "$blob" "$mix/joined_files/1.5/"
expect 0 "$seamstep" list --host "lab:$lab" --repo "$mix"
says 'not of the line that the folder names'
says 'does not know version 1\.5\.99'
says 'is newer than .* but its SVN 1\.4 cannot follow'

# The command prints exactly one JSON document.
for verb in status list route update check history metrics inhibit pack convert 'lab show' nonsense; do
	# shellcheck disable=SC2086
	"$seamstep" $verb --json --nonsense >"$work/out" 2>"$work/err" </dev/null
	json '.exit.code == 2'
done

# A lab's state as a stranger may have left it.
for state in '' '{' '[]' '{"schema": "seamstep.lab/2"}' '{"schema": "seamstep.lab/1", "running": 5}' "$(head -c 500 /dev/urandom | tr -d '\0')"; do
	printf '%s' "$state" >"$lab/lab.json"
	expect 4 "$seamstep" status --host "lab:$lab"
	clean 'lab.json'
done

# The P-SEAMLDR's part of preflight.
new_lab c
expect 0 "$seamstep" lab set "$lab" seamldr=1.4.00
expect 6 "$seamstep" update --host "lab:$lab" 1.5.16
says 'FAILED +seamldr'
finish
