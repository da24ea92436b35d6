#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# "seamstep explain": lines that people met, each with the answer; files, pipes, values; hostile input.
. "$(dirname "$0")/lib.sh"
unset SEAMSTEP_REPO

explain() {	# CODE TEXT: the text as one argument
	expect "$1" "$seamstep" explain --json "$2"
}

# one FILTER: the only answer fulfils FILTER.
one() {
	json "[.inputs[].answers[]] | length == 1 and (.[0] | $1)"
}

# Public reports: the operator has a line of the kernel log and no table.
detail='def detail($what): .details[] | select(.what == $what) | .name;'
explain 0 'SEAMCALL (0x0000000000000022) failed: 0xc000050500000000 RCX 0x0 RDX 0x9100000100000008'
json "$detail .inputs[0].answers[0] | .name == \"TDX_SYS_NOT_READY\" and .leaf.name == \"TDH.SYS.RD\" and
	.class == \"later\" and .whose == \"TDX Module\" and detail(\"metadata field\") == \"MAX_TDMRS\" and
	(.action | test(\"newer BIOS\"))"
explain 0 'SEAMCALL (0x0000000000000021) failed: 0xc000090000000000'
one '.name == "TDX_INCORRECT_CPUID_VALUE" and .leaf.name == "TDH.SYS.INIT" and (.action | test("BIOS")) and
	(.meaning | test("RCX"))'
explain 0 'SEAMCALL failed: CPU 94: leaf 33, error 0xc000092100000122'
json "$detail .inputs[0].answers[0] | .name == \"TDX_INCORRECT_MSR_VALUE\" and .leaf.name == \"TDH.SYS.INIT\" and
	detail(\"MSR\") == \"IA32_TSX_CTRL\""
explain 0 'SEAMCALL (0x0000000000000022) failed: 0xc0000c0000000000'
one '.name == "TDX_METADATA_FIELD_ID_INCORRECT" and .leaf.name == "TDH.SYS.RD" and (.action | test("newer module"))'
explain 0 'SEAMCALL (0x000000000000001c) failed: 0xc000030000000001 RCX 0x0 RDX 0x0'
json "$detail .inputs[0].answers[0] | .name == \"TDX_PAGE_METADATA_INCORRECT\" and
	.leaf.name == \"TDH.PHYMEM.PAGE.RECLAIM\" and detail(\"operand\") == \"RCX\" and (.tds | test(\"others are not\"))"
explain 0 'TDH.MNG.INIT failed with status: 0xc000010000000045'
json "$detail .inputs[0].answers[0] | .name == \"TDX_OPERAND_INVALID\" and .leaf.name == \"TDH.MNG.INIT\" and
	detail(\"operand\") == \"CPUID_CONFIG\" and (.action | test(\"hypervisor\"))"
explain 0 'KVM: unknown exit, hardware reason e0000091'
one '.kind == "exit-reason" and (.meaning | test("not the status of a SEAMCALL")) and .class == null and
	.value == "0x00000000e0000091" and .whose == "hypervisor"'
explain 0 'MRSEAM 346bc77a...531a1'
one '.kind == "mrseam" and .images == null'
explain 0 'tee_tcb_svn: 06010300000000000000000000000000'
one '.kind == "tee-tcb-svn" and .value == "0x0000000000000106" and .details[0].name == "TDX_01, the 1.5 line" and
	.details[1].value == "0x0000000000000006"'

# What a kernel says without a status.
explain 0 'virt/tdx: module not loaded'
one '.name == "TDX_SEAMCALL_VMFAILINVALID" and .whose == "CPU"'
explain 0 'transferring:firmware-invalid'
one '.kind == "upload-error" and .whose == "kernel" and (.tds | test("loss of all TDs"))'

# A module's hash and SVN are looked up in a repository.
new_lab a
image=$(ls "$lab"/repo/joined_files/1.5/*1.5.13.blob)
hash=$("$seamstep" inspect --json "$image" | jq -r '[.. | .seamhash? // empty][0]')
[ ${#hash} = 96 ] || bad "inspect tells no hash of $image: '$hash'"
expect 0 "$seamstep" explain --json --repo "$lab/repo" "$hash"
one '.kind == "mrseam" and .images == ["1.5.13"]'
expect 0 env SEAMSTEP_REPO="$lab/repo" "$seamstep" explain --json "mrseam: ${hash:0:12}...${hash:91}"
one '.images == ["1.5.13"]'
expect 0 "$seamstep" explain --json --repo "$lab/repo" 346bc77a...531a1
one '.images == []'
expect 0 "$seamstep" explain --json --repo "$lab/repo" 0a010000000000000000000000000000
one '.kind == "tee-tcb-svn" and .images == ["1.5.13"]'
expect 0 "$seamstep" explain --repo "$work/nothing" "$hash"
says 'cannot be read'
expect 0 "$seamstep" explain "$hash"
says 'name one with --repo'

# Several meanings, several words, names of exit statuses.
explain 0 0x45
json '[.inputs[0].answers[].name] == ["TDH.SYS.DISABLE", "CPUID_CONFIG"]'
expect 0 "$seamstep" explain 0x45
says '^or$'
explain 0 11
json '.inputs[0].answers | any(.kind == "exit-status" and .name == "lost")'
explain 0 bad-image
one '.kind == "exit-status" and .value == "0x0000000000000005"'
explain 0 'seamstep-boot.service: Main process exited, code=exited, status=9/n/a'
one '.kind == "exit-status" and .name == "unchanged"'
expect 0 "$seamstep" explain --json TDX_SYS_BUSY 34
json '[.inputs[].answers[0].name] == ["TDX_SYS_BUSY", "TDH.SYS.RD"]'

# What is not known: the exit status says it, and so does the message.
explain 0 0xc0007f3300000001
one '.known == false and .name == null and (.meaning | test("not in the table"))'
explain 1 nonsense
json '.exit.code == 1 and (.error | test("not known"))'
expect 1 "$seamstep" explain nonsense 34
says 'TDH.SYS.RD'
says 'nonsense: not known'
expect 2 "$seamstep" explain --nonsense
expect 1 "$seamstep" explain "$work/missing"
expect 1 "$seamstep" explain "$work"
says 'directory'

# A log: from a file, a pipe, a device that ends; the same answer once.
cat >"$work/log" <<'END'
[    1.000000] virt/tdx: BIOS enabled: private KeyID range [16, 32)
[    2.000000] virt/tdx: SEAMCALL (0x0000000000000022) failed: 0xc0000c0000000000
[    2.000001] virt/tdx: RCX 0x0000000000000000 RDX 0x9900000100000008 R08 0x0000000000000000
[    3.000000] virt/tdx: SEAMCALL (0x0000000000000022) failed: 0xc0000c0000000000
[    3.000001] virt/tdx: RCX 0x0000000000000000 RDX 0x9900000100000008 R08 0x0000000000000000
[    4.000000] seamldr: SEAMCALL (0x8000000000000001) failed: 0x8000000000020001
END
expect 0 "$seamstep" explain --json "$work/log"
json '.inputs[0] | .lines == 6 and .cut_lines == 0 and .left_out == 0 and (.answers | length == 2)'
json '.inputs[0].answers[0] | .line == 2 and .count == 2 and .last_line == 4 and .registers.RDX == "0x9900000100000008"'
json '.inputs[0].answers[1] | .leaf.name == "SEAMLDR.INSTALL" and .name == "PSEAMLDR_EBADHASH" and (.tds | test("^lost"))'
expect 0 "$seamstep" explain "$work/log"
says 'MAX_VCPUS_PER_TD'
says 'Line 2: 1 more like it, the last in line 4'
expect 0 bash -c '"$1" explain --json <"$2"' - "$seamstep" "$work/log"
json '.inputs[0] | .input == "standard input" and (.answers | length == 2)'
expect 0 bash -c 'cat "$2" | "$1" explain --json -' - "$seamstep" "$work/log"
json '.inputs[0].answers | length == 2'
expect 0 "$seamstep" explain --json /dev/null
json '.inputs[0] | .lines == 0 and .answers == []'
(cd "$work" && cp log 33)
expect 0 bash -c 'cd "$2" && "$1" explain --json 33' - "$seamstep" "$work"
json '.inputs[0].kind == "value"'
expect 0 bash -c 'cd "$2" && "$1" explain --json ./33' - "$seamstep" "$work"
json '.inputs[0].kind == "text"'

# Hostile: escapes for the terminal, bytes that are no text, NULs, very long lines, very many answers.
harmless() {
	checks=$((checks + 1))
	! LC_ALL=C grep -q '[^ -~]' "$work/out" || bad "bytes that are not printable"
}
printf '\033]0;owned\007\033[2JSEAMCALL (0x21) failed: 0xc000092100000122 \xff\xfe\xc0\x80\n' >"$work/log"
expect 0 "$seamstep" explain "$work/log"
says 'IA32_TSX_CTRL'
says 'x1b.0;owned'
harmless
expect 0 "$seamstep" explain --json "$work/log"
one '.text | test("xff")'
harmless
expect 0 "$seamstep" explain "$(cat "$work/log")"
harmless
expect 1 "$seamstep" explain "$(printf '\033[31mevil')"
says 'x1b.31mevil: not known'
expect 0 "$seamstep" explain --json 'TDX_SYS_BUSY \x1b'
one '.text == "TDX_SYS_BUSY \\x5cx1b"'
printf 'a\0b\0SEAMCALL\0(0x21)\0failed:\0000xc000092100000122\0\n' >"$work/log"
expect 0 "$seamstep" explain --json "$work/log"
one '.name == "TDX_INCORRECT_MSR_VALUE"'
{ head -c 100000000 /dev/zero | tr '\0' 'A'; printf '\nSEAMCALL (0x21) failed: 0xc000092100000122\n'; } >"$work/log"
expect 0 "$seamstep" explain --json "$work/log"
json '.inputs[0] | .lines == 2 and .cut_lines == 1 and .answers[0].line == 2'
expect 0 "$seamstep" explain "$work/log"
says 'longer than 4096 bytes'
for i in $(seq 1500); do printf 'SEAMCALL (0x21) failed: 0xc000092100%06x\n' "$i"; done >"$work/log"
expect 0 "$seamstep" explain --json "$work/log"
json '.inputs[0] | (.answers | length) == 1024 and .left_out == 476'
finish
