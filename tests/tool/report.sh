#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Reports of hosts: they answer as the host does, name nobody, and a report from a stranger does no harm.
. "$(dirname "$0")/lib.sh"
for tool in python3 zstd tar; do
	command -v $tool >/dev/null || { echo "no $tool here"; exit 77; }
done
tree=$here/../sysroot
new_lab images
repo=$lab/repo
signer=$lab/signer.pub.pem
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

no_leftovers() {
	checks=$((checks + 1))
	[ -z "$(ls "$TMPDIR")" ] || bad "a directory is left behind: $*: $(ls "$TMPDIR")"
}

# ---- a report answers as its host does ----------------------------------------------------------
# Two trees more: one with updates in its journal, one with an inhibitor and an interrupted update.
cp -r "$tree" "$work/trees"
rm "$work/trees/README.md"
cp -r "$tree/mainline" "$work/trees/journal"
cp -r "$tree/seamstep-ko" "$work/trees/held"
mkdir -p "$work/trees/journal/var/lib/seamstep" "$work/trees/held/var/lib/seamstep"
SEAMSTEP_STATE_DIR=$work/state FAKE_KERNEL="root=$tree/mainline,state=$work/module,result=lost" \
	"$fake" update --host linux --repo "$repo" --signer "$signer" 1.5.16 >/dev/null 2>&1
cp "$work/state/journal.jsonl" "$work/trees/journal/var/lib/seamstep/"
head -n 1 "$work/state/journal.jsonl" >"$work/trees/held/var/lib/seamstep/journal.jsonl"
printf 'damaged\000line\n' >>"$work/trees/held/var/lib/seamstep/journal.jsonl"
echo '[{"who": "ops", "reason": "customer demo", "since": "2026-08-01T00:00:00Z"}]' >"$work/trees/held/var/lib/seamstep/inhibit.json"

answers() {	# SYSROOT NAME: what the verbs say, without what differs from call to call
	for verb in status list route check history 'check --verify' 'update --dry-run --signer '"$signer"' 1.5.16'; do
		# shellcheck disable=SC2086
		"$seamstep" $verb --json --sysroot "$1" --repo "$repo" >"$work/answer" 2>"$work/answer.err" </dev/null
		echo "$verb: $?"
		jq --arg ids "$ids" 'del(.host, .time) | if $ids == "" then del(.machine_id, .boot_id) else . end' "$work/answer" |
			sed "s,$1,SYSROOT,g; s,$TMPDIR/seamstep-report.[A-Za-z0-9]*,SYSROOT,g"
	done >"$work/$2"
}
for t in "$work"/trees/*/; do
	t=${t%/}
	name=${t##*/}
	for ids in '' --identifiers; do
		case $ids$name in --identifiers[ehjno]*) continue ;; esac
		# shellcheck disable=SC2086
		expect 0 "$seamstep" report --sysroot "$t" --repo "$repo" -o "$work/$name.tar.zst" $ids
		answers "$t" of-tree
		answers "$work/$name.tar.zst" of-report
		checks=$((checks + 1))
		# The journal names machines and boots; without identifiers they are others, but told apart alike.
		[ -n "$ids" ] || sed -i -E 's/"(machine_id|boot_id)": ".*"/"\1": "X"/' "$work/of-tree" "$work/of-report"
		diff "$work/of-tree" "$work/of-report" >"$work/out" 2>&1 || bad "the report of $name $ids answers otherwise"
	done
done
no_leftovers 'after answers'
expect 13 "$seamstep" check --sysroot "$work/held.tar.zst"
expect 0 "$seamstep" status --sysroot "$work/held.tar.zst"
says "^Host +sysroot:$work/held.tar.zst \(seamstep.ko"
says 'customer demo'
expect 4 "$seamstep" update --sysroot "$work/held.tar.zst" --repo "$repo" --signer "$signer" 1.5.16
# A report of a report, and the tree as tar unpacks it.
expect 0 "$seamstep" report --sysroot "$work/held.tar.zst" -o "$work/again.tar.zst"
expect 13 "$seamstep" check --sysroot "$work/again.tar.zst"
mkdir "$work/unpacked"
zstd -qdc "$work/held.tar.zst" | tar -xf - -C "$work/unpacked"
expect 13 "$seamstep" check --sysroot "$work/unpacked/seamstep-report"

# ---- the report of a machine --------------------------------------------------------------------
mkdir "$work/state2"
cat >"$work/conf" <<END
# to be read by root@$(hostname).example.org, 192.0.2.17 or 2001:db8::17
repo = $repo
END
expect 0 env SEAMSTEP_STATE_DIR="$work/state" SEAMSTEP_CONFIG="$work/conf" "$seamstep" report --json -o "$work/here.tar.zst"
json '.schema == "seamstep.report/1" and (.files | map(.name) | index("proc/cpuinfo") and index("answers/status.json") and index("README"))'
json '.removed | type == "object"'
"$seamstep" status --sysroot "$work/here.tar.zst" >"$work/out" 2>"$work/err"
got=$?
checks=$((checks + 1))
# This machine may have TDX or not.
[ $got = 0 ] || [ $got = 4 ] || bad "a report of this machine cannot be read: exit $got"
zstd -qdc "$work/here.tar.zst" | tar -xOf - seamstep-report/etc/seamstep.conf >"$work/out"
says '\[address\], \[address\] or \[address\]$'
says "^repo = $repo"
zstd -qdc "$work/here.tar.zst" | tar -xOf - seamstep-report/answers/images.json >"$work/out"
sum=$(openssl dgst -sha384 -r "$repo/joined_files/1.5/tdx_module_1.5.16.blob" | cut -d ' ' -f 1)
json ".[] | select(.file | test(\"1.5.16\")) | .sha384 == \"$sum\""
json 'length > 8'
cd "$work/state2" || exit 1
expect 0 "$seamstep" report
says '^seamstep-report-[0-9]{8}T[0-9]{6}Z.tar.zst: [0-9]+ files'
[ "$(stat -c %a ./*.zst)" = 600 ] || bad "others can read the report"
cd "$work" || exit 1
expect 4 "$seamstep" report --host "lab:$lab"
expect 1 "$seamstep" report -o "$work/nowhere/x"
says 'nowhere/x cannot be written: No such file'
expect 1 "$seamstep" report --sysroot "$work/nowhere"
expect 2 "$seamstep" report extra

# ---- what identifies goes -----------------------------------------------------------------------
secret=$work/trees/secret
cp -r "$tree/mainline" "$secret"
mkdir -p "$secret/var/lib/seamstep" "$secret/etc"
blob=$(head -c 600 /dev/zero | tr '\0' A)
echo rack-7b.example.org >"$secret/etc/hostname"
cat >"$secret/dev/kmsg" <<END
6,1,1,-;virt/tdx: module initialized on rack-7b.example.org, then on RACK-7B: done
4,2,2,-;tdx: peer 10.11.12.13 and fe80::1:2 and 00:1b:21:aa:bb:cc, mail root@gateway
4,3,3,-;tdx: machine 0123456789abcdef0123456789abcdef again, boot 3b241101-e2bb-4255-8caf-4136c566a962
4,4,4,-;tdx: uuid 11111111-2222-3333-4444-555555555555, 3B241101-E2BB-4255-8CAF-4136C566A962
4,5,5,-;tdx: PPID: 00112233445566778899aabbccddeeff, "platform_instance_id": "ffeeddccbbaa", Serial Number = CZ1234567
4,6,6,-;tdx: quote $blob end, see /home/alice/quotes
4,7,7,-;tdx: kept 1.5.06, 6.12.1-amd64, 0xc000050500000000, 12:30:45, 06010300000000000000000000000000, 0000:00:1f.3, rack-7bx
4,8,8,-;eth0: no line about the subject 10.9.9.9
4,9,9,-;tdx: [end]
END
cat >"$secret/etc/seamstep.conf" <<'END'
-----BEGIN CERTIFICATE-----
MIIEqqqq
-----END CERTIFICATE-----
left = 1
END
expect 0 "$seamstep" report --sysroot "$secret" -o "$work/secret.tar.zst" --json
json '.removed | .hostname == 2 and .["platform id"] == 2 and .["serial number"] == 1 and .["certificate or quote"] == 2 and .user == 1'
rm -rf "$work/unpacked"
mkdir "$work/unpacked"
zstd -qdc "$work/secret.tar.zst" | tar -xf - -C "$work/unpacked"
cd "$work/unpacked/seamstep-report" || exit 1
for word in rack-7b RACK-7B example.org 10.11.12.13 10.9.9.9 fe80 00:1b:21 gateway 0123456789abcdef0123 3b241101 3B241101 11111111-2222 \
	001122334455 ffeeddccbbaa CZ1234567 AAAAAAAA alice MIIE; do
	checks=$((checks + 1))
	grep -rqF -e "$word" . --exclude=none && [ "$word" != rack-7b ] && bad "the report has $word: $(grep -rF -e "$word" . | head -n 2)"
	[ "$word" != rack-7b ] || ! grep -rwqF rack-7b . || bad "the report has the host's name"
done
cp dev/kmsg "$work/out"
says 'on \[hostname\], then on \[hostname\]: done$'
says 'machine 00000000000000000000000000000001 again, boot 00000000-0000-0000-0000-0000000000'
says 'kept 1.5.06, 6.12.1-amd64, 0xc000050500000000, 12:30:45, 06010300000000000000000000000000, 0000:00:1f.3, rack-7bx$'
says 'PPID: \[platform id\], "platform_instance_id": "\[platform id\]", Serial Number = \[serial number\]$'
says 'quote \[certificate or quote\] end, see /home/\[user\]/quotes$'
# One boot has one number, in whatever letters it is written.
boot=$(cat proc/sys/kernel/random/boot_id)
grep -q "boot $boot$" dev/kmsg && grep -q ", $boot$" dev/kmsg || bad "one boot has two numbers"
grep -q '^left = 1$' etc/seamstep.conf || bad "the configuration is not whole"
cd "$work" || exit 1
expect 0 "$seamstep" report --sysroot "$secret" -o "$work/secret.tar.zst" --identifiers
zstd -qdc "$work/secret.tar.zst" | tar -xOf - seamstep-report/etc/hostname >"$work/out" 2>/dev/null
zstd -qdc "$work/secret.tar.zst" | tar -xOf - seamstep-report/dev/kmsg >"$work/out"
says 'on RACK-7B: done'

# ---- reports from strangers ---------------------------------------------------------------------
python3 - "$work" "$work/mainline.tar.zst" <<'END'
import io, os, subprocess, sys, tarfile
work, good = sys.argv[1:]
data = subprocess.run(['zstd', '-qdc', good], stdout=subprocess.PIPE, check=True).stdout
def members():
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [(m, tar.extractfile(m).read()) for m in tar.getmembers()]
def write(name, more, end=True):
    with tarfile.open(f'{work}/{name}.tar', 'w', format=tarfile.GNU_FORMAT) as tar:
        for m, body in more + (members() if end else []):
            tar.addfile(m, io.BytesIO(body))
def file(name, body=b'x', **kw):
    m = tarfile.TarInfo(name)
    m.size = len(body)
    for k, v in kw.items():
        setattr(m, k, v)
    return m, body
T = 'seamstep-report/'
def link(name, kind, target):
    m = tarfile.TarInfo(name)
    m.type, m.linkname = kind, target
    return m, b''
write('absolute', [file('/etc/pwned')])
write('elsewhere', [file('etc/pwned')])
write('dotdot', [file(T + '../../pwned')])
write('dotdot-end', [file(T + 'a/..')])
write('dot', [file(T + './a')])
write('empty-part', [file(T + 'a//b')])
write('symlink', [link(T + 'sys', tarfile.SYMTYPE, '/etc'), file(T + 'sys/pwned')])
write('hardlink', [link(T + 'etc/machine-id', tarfile.LNKTYPE, '/etc/passwd')])
write('device', [link(T + 'dev/kmsg', tarfile.CHRTYPE, '')])
write('block', [link(T + 'dev/sda', tarfile.BLKTYPE, '')])
write('fifo', [link(T + 'dev/kmsg', tarfile.FIFOTYPE, '')])
write('twice', [file(T + 'etc/machine-id', b'another\n')])
write('file-dir', [file(T + 'sys')])
write('dir-file', [file(T + 'etc/machine-id/x')])
write('escape', [file(T + '\x1b[31mred')])
write('newline', [file(T + 'a\nb')])
write('long', [file(T + 'a' * 600)])
write('big-file', [file(T + 'big', b'\0' * (17 << 20))])
write('many', [file(T + f'f{i}', b'') for i in range(2100)])
write('no-manifest', [(m, b) for m, b in members() if not m.name.endswith('MANIFEST')], False)
write('one-less', [(m, b) for m, b in members() if not m.name.endswith('machine-id')], False)
write('changed', [(m, b) if not m.name.endswith('num_remaining_updates') else file(m.name, b'1599\n') for m, b in members()], False)
write('directories', [link(T + 'sys', tarfile.DIRTYPE, ''), link(T, tarfile.DIRTYPE, '')])
open(f'{work}/cut.tar', 'wb').write(data[:len(data) // 2])
open(f'{work}/empty.tar', 'wb')
open(f'{work}/zeros.tar', 'wb').write(b'\0' * 10240)
# 200 KB to 60 MB: within the number of bytes, beyond the ratio.
write('bomb', [file(T + f'b{i}', b'\0' * (15 << 20)) for i in range(4)])
write('bomb-all', [file(T + f'b{i}', os.urandom(1 << 20) * 15) for i in range(5)])
END
for bomb in bomb bomb-all; do zstd -q --rm "$work/$bomb.tar"; done
head -c 1000 "$work/mainline.tar.zst" >"$work/cut-zstd.tar"
cp "$work/mainline.tar.zst" "$work/bits.tar"
printf 'XXXX' | dd of="$work/bits.tar" bs=1 seek=700 conv=notrunc 2>/dev/null
echo 'no archive at all' >"$work/text.tar"
zip=$work/zip.tar
python3 -c "import zipfile; zipfile.ZipFile('$zip', 'w').writestr('seamstep-report/MANIFEST', '')"
gzip -c "$work/directories.tar" >"$work/gzip.tar"
mkfifo "$work/pipe.tar"

refused() {	# NAME PATTERN
	f=$work/$1.tar
	[ -e "$f" ] || f=$f.zst
	for verb in status report; do
		options=
		[ $verb = status ] || options="-o $work/made.zst"
		[ $verb$1 != report"${1#[bcd]}" ] || continue
		# shellcheck disable=SC2086
		expect 1 timeout 60 "$seamstep" $verb --sysroot "$f" $options
		says "the report .* cannot be used: .*$2"
		grep -q '[^[:print:][:space:]]' "$work/err" && bad "unprintable output: $1"
	done
	no_leftovers "$1"
}
refused absolute 'expected a name below seamstep-report/'
refused elsewhere 'expected a name below seamstep-report/'
refused dotdot "without empty parts, '.' and '..'"
refused dotdot-end "without empty parts"
refused dot "without empty parts"
refused empty-part "without empty parts"
refused symlink 'found a symbolic link'
refused hardlink 'found a hard link'
refused device 'found a device or another special file'
refused block 'found a device'
refused fifo 'found a device'
refused twice 'etc/machine-id: expected each name once'
refused file-dir 'expected a file or a directory, found both'
refused dir-file 'expected a file or a directory, found both'
refused escape 'printable ASCII'
refused newline 'printable ASCII'
refused long 'at most 512 bytes'
refused big-file 'at most 16 MiB'
refused many 'at most 2048 files'
refused no-manifest 'there is no seamstep-report/MANIFEST'
refused one-less 'machine-id: expected the file that MANIFEST names'
refused changed 'num_remaining_updates: expected the file that MANIFEST names, with its size'
refused cut 'damaged or cut short|machine-id|MANIFEST'
refused cut-zstd 'damaged or cut short'
refused bits 'damaged or cut short'
refused empty 'damaged|MANIFEST'
refused zeros 'MANIFEST'
refused text 'damaged or cut short: Unrecognized archive format'
refused zip 'Unrecognized archive format'
refused gzip 'Unrecognized archive format'
refused pipe 'expected a regular file'
refused bomb 'at most 200 bytes for each compressed byte'
refused bomb-all 'at most (64 MiB in all|200 bytes)'
[ ! -e "$work/made.zst" ] || bad "a refused report was made into another"
[ ! -e /etc/pwned ] && [ ! -e "$work/pwned" ] || bad "a file escaped"
expect 0 "$seamstep" status --sysroot "$work/directories.tar"

# Killed while it holds the directory: the directory goes all the same.
mkfifo "$work/slow"
"$seamstep" list --sysroot "$work/mainline.tar.zst" --repo "$repo" >"$work/slow" 2>/dev/null &
pid=$!
exec 9<"$work/slow"
kill -9 $pid
wait $pid 2>/dev/null
exec 9<&-
for _ in $(seq 50); do [ -z "$(ls "$TMPDIR")" ] || sleep 0.1; done
no_leftovers 'killed'
# --version and list do not load what only reports need.
if command -v ldd >/dev/null; then
	checks=$((checks + 1))
	ldd "$seamstep" | grep -q libarchive && bad "the command loads libarchive"
fi
finish
