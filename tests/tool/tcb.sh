#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# TCB Info in use: a lab whose bar moves, Intel's own documents, documents that nobody should believe.
. "$(dirname "$0")/lib.sh"
data=$here/../data/tcb
real=$data/tdx-20a06f000000-set17-2025-09-02.json

t() {	# CODE VERB...: on the lab
	code=$1 verb=$2
	shift 2
	expect "$code" "$seamstep" "$verb" --host "lab:$lab" "$@"
}

# ---- the bar moves overnight --------------------------------------------------------------------
new_lab a
t 0 check --tcb UpToDate -v
says 'SVN 1.8\) is UpToDate; set 20: OutOfDate'
expect 0 "$seamstep" lab tcb --move "$lab"
says 'standard  set 20 asks for SVN 1.11 and 3.5'
t 3 check --tcb UpToDate
says '1.5.09 \(SVN 1.8\) is OutOfDate under set 20; 1.5.2[45] is UpToDate, 1 update away'
t 3 check --tcb UpToDate --json
json '.exit.name == "pending" and (.tcb | map(select(.set == 20)) | .[0].status == "OutOfDate")'
t 0 tcb
says '^set 20: 1.5.09 runs and is OutOfDate. 1.5.16 clears set 20, 1 update away; 1.5.13 does not.'
says 'TDs that run now become TDRelaunchAdvised; their verifiers may accept that or not'
t 0 tcb --json
json '.advice[0] | .document == "standard" and .status == "OutOfDate" and .helps == "1.5.16" and .updates == 1'
json '.images | map(select(.tcb[0].status == "UpToDate") | .version) == ["1.5.16","1.5.17","1.5.24","1.5.25","1.5.28","2.0.08"]'
json '.running | .svn == "1.8" and .tcb[0].advisories == ["LAB-SA-00201","LAB-SA-00202"]'
t 0 list -n -r -o VERSION,TCB,ADVISORIES
says '^1.5.13 OutOfDate LAB-SA-00201'
says '^1.5.24 UpToDate -$'
t 0 route --tcb UpToDate --json
json '.updates == 1 and (.hops[0].tcb[0].status == "UpToDate")'
t 0 route -n -r -o TO,TCB 1.5.16
says '^1.5.16 UpToDate'
t 0 status
says 'TCB +set 20: OutOfDate'
t 0 metrics
says '^seamstep_tcb_set\{document="standard"\} 20'
says '^seamstep_tcb_status\{document="standard",status="OutOfDate",decides="1"\} 1'
says '^seamstep_tcb_up_to_date\{document="standard"\} 0'
says '^seamstep_tcb_next_update_days\{document="early"\} (30|29.99)'
says '^seamstep_tcb_documents_bad 0'
says '^seamstep_module_svn 264'	# 1 * 256 + 8
t 0 update --tcb UpToDate -y
says 'updated 1.5.09 -> 1.5.2[45]: 16 of 16 TDs alive'
t 0 check --tcb UpToDate -v
says 'SVN 1.12\) is UpToDate$'
t 0 update --tcb UpToDate -y --json
json '.changed == false'
t 0 metrics
says '^seamstep_tcb_up_to_date\{document="standard"\} 1'

# Fewest updates: 1.5.28 takes two from here, and a bar above everything cannot be cleared.
new_lab b
expect 0 "$seamstep" lab tcb "$lab" standard=1.5.28
t 3 check --tcb UpToDate
says '1.5.28 is UpToDate, 2 updates away'
t 0 route --tcb UpToDate --json
json '.updates == 2 and .hops[1].to == "1.5.28"'
expect 0 "$seamstep" lab set "$lab" updates_left=1
t 8 check --tcb UpToDate
says 'needed 2, left 1'
t 6 check --tcb UpToDate --repo "$lab/repo-bad"
says 'no image of the repository is UpToDate under set 20'
t 0 check --tcb OutOfDate
t 2 check --tcb Revoked
t 2 route --tcb UpToDate --to 1.5.16
says 'name one'

# ---- Intel's own documents, and images as published ---------------------------------------------
# Set 17: the bar is 4. A document for set 20, as Intel's was, signed with the lab's key: the bar is 11.
new_lab c
jq -r .tcb_info "$real" | tr -d '\n' >"$work/text17"
jq -c '.tcbEvaluationDataNumber = 20 | (.tdxModuleIdentities[] | select(.id == "TDX_01") | .tcbLevels) = [
	{tcb: {isvsvn: 11}, tcbDate: "2025-08-13T00:00:00Z", tcbStatus: "UpToDate"},
	{tcb: {isvsvn: 6}, tcbDate: "2025-05-14T00:00:00Z", tcbStatus: "OutOfDate",
	 advisoryIDs: ["INTEL-SA-01192", "INTEL-SA-01245", "INTEL-SA-01312", "INTEL-SA-01313"]}]' \
	"$work/text17" | tr -d '\n' >"$work/text20"
expect 0 "$seamstep" lab tcb --sign "$work/text20" "$lab"
cp "$work/out" "$work/set20.json"
both="--tcb-info $real --tcb-info $work/set20.json --at 2025-09-10"
# shellcheck disable=SC2086
t 0 tcb $both
says 'set17-2025-09-02 +17 20a06f000000 2025-09-02 2025-10-02 +Intel +decides'
says 'set20 +20 20a06f000000 .* seamstep lab root +to come'
says '^1.5.01 +1.4 UpToDate +none *$'
# As published: under set 20 the images 1.5.06 and 1.5.13 are below the bar, 1.5.16 is above it.
says '^1.5.06 +1.6 UpToDate +OutOfDate +INTEL-SA-01192 INTEL-SA-01245 INTEL-SA-01312 INTEL-SA-01313$'
says '^1.5.13 +1.10 UpToDate +OutOfDate +INTEL-SA-01192'
says '^1.5.16 +1.11 UpToDate +UpToDate *$'
says '^set 20 \(to come\): 1.5.09 runs and is OutOfDate. 1.5.16 clears set 20, 1 update away; 1.5.13 does not.'
# shellcheck disable=SC2086
t 0 tcb $both --tee-tcb-svn 03010200000000000000000000000000
says 'set 17: the TD is OutOfDate'
# shellcheck disable=SC2086
t 0 tcb $both --tee-tcb-svn 06010300000000000000000000000000
says 'module SVN 1.6 \(TDX_01\)'
says 'set 17: the TD is UpToDate'
says 'set 20: the TD is OutOfDate'
# A lab's root is trusted on that lab only, or where it is named.
expect 1 "$seamstep" tcb --tcb-info "$work/set20.json" --at 2025-09-10
says 'other-root'
expect 0 "$seamstep" tcb --tcb-info "$work/set20.json" --tcb-root "$lab/tcb/root.pem" --at 2025-09-10

# The response body with its chain beside it, plain and URL-encoded.
printf '{"tcbInfo":%s,"signature":"%s"}' "$(cat "$work/text17")" "$(jq -r .tcb_info_signature "$real")" >"$work/body.json"
t 1 tcb --tcb-info "$work/body.json" --at 2025-09-10
says 'no-chain'
jq -r .tcb_info_issuer_chain "$real" >"$work/body.chain.pem"
t 0 tcb --tcb-info "$work/body.json" --at 2025-09-10
jq -r '.tcb_info_issuer_chain | @uri' "$real" >"$work/body.chain.pem"
t 0 tcb --tcb-info "$work/body.json" --at 2025-09-10

# ---- a quote of a TD that has seen an update ----------------------------------------------------
python3 - "$work/quote" <<'EOF'
import struct, sys
body = bytearray(648)
body[0:3] = 8, 1, 2		# launched on 1.8
body[584:587] = 11, 1, 2	# now on 1.11
header = struct.pack('<HHI', 5, 2, 0x81).ljust(48, b'\0')
open(sys.argv[1], 'wb').write(header + struct.pack('<HI', 3, len(body)) + body)
EOF
# shellcheck disable=SC2086
t 0 tcb $both --quote "$work/quote"
says 'set 17: the TD is UpToDate'
says 'set 20: the TD is TDRelaunchAdvised: its verifiers may accept that or not'
says 'was not verified|were not compared'
# shellcheck disable=SC2086
t 0 tcb $both --quote "$work/quote" --json
json '.verdicts[1] | .status == "TDRelaunchAdvised" and .launch.module == "OutOfDate" and .current.both == "UpToDate"'
# As text and as JSON: the exit status tells of documents that are not in force or not used.
for option in '' --json; do
	# shellcheck disable=SC2086
	t 1 tcb --tcb-info "$real" --at 2026-01-01 --quote "$work/quote" $option
	# shellcheck disable=SC2086
	t 1 tcb --tcb-info "$lab/lab.json" --tcb-info "$real" --at 2025-09-10 --quote "$work/quote" $option
done
json '.exit.code == 1 and .verdicts[0].set == 17'
head -c 600 "$work/quote" >"$work/short"
t 1 tcb --quote "$work/short"
says 'expected a quote'

# ---- a quote with its platform's certificate ----------------------------------------------------
# openssl writes the certificate. The document's levels ask for the same components, and for PCESVN 13 and 5.
field() {	# SECTION NUMBER VALUE: a pair of name and value
	printf '[%s]\nn=OID:1.2.840.113741.1.13.1.%s\nv=%s\n' "$1" "$2" "$3"
}
pck_config() {	# PCESVN FMSPC COMPONENT...
	pcesvn=$1 fmspc=$2
	shift 2
	printf '[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=SGX PCK Certificate\n'
	printf '[ext]\n1.2.840.113741.1.13.1=ASN1:SEQUENCE:sgx\n[sgx]\na=SEQUENCE:ppid\nb=SEQUENCE:tcb\nc=SEQUENCE:pceid\nd=SEQUENCE:fmspc\n'
	field ppid 1 FORMAT:HEX,OCTETSTRING:00112233445566778899aabbccddeeff
	field pceid 3 FORMAT:HEX,OCTETSTRING:0000
	field fmspc 4 "FORMAT:HEX,OCTETSTRING:$fmspc"
	field tcb 2 SEQUENCE:all
	printf '[all]\n'
	for n in $(seq $#) 17 18; do printf 'c%s=SEQUENCE:c%s\n' "$n" "$n"; done
	n=0
	for svn; do
		n=$((n + 1))
		field "c$n" "2.$n" "INTEGER:$svn"
	done
	field c17 2.17 "INTEGER:$pcesvn"
	field c18 2.18 FORMAT:HEX,OCTETSTRING:00
}
pck() {	# NAME PCESVN FMSPC COMPONENT...: the quote from above with such a certificate
	name=$1
	shift
	pck_config "$@" >"$work/pck.conf"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -days 30 \
		-config "$work/pck.conf" -out "$work/$name.pem" 2>"$work/err" || bad "openssl makes no certificate"
	python3 - "$work/quote" "$work/$name.pem" "$work/$name" <<'EOF'
import struct, sys
body = open(sys.argv[1], 'rb').read()
chain = open(sys.argv[2], 'rb').read() + b'\0'
inner = b'E' * (384 + 64) + struct.pack('<H', 32) + b'A' * 32 + struct.pack('<HI', 5, len(chain)) + chain
data = b'S' * 128 + struct.pack('<HI', 6, len(inner)) + inner
open(sys.argv[3], 'wb').write(body + struct.pack('<I', len(data)) + data)
EOF
}
q() {	# CODE NAME OPTION...
	code=$1 name=$2
	shift 2
	# shellcheck disable=SC2086
	t "$code" tcb $both --quote "$work/$name" "$@"
}
full='2 2 2 2 2 255 0 2 0 0 0 0 0 0 0 0'
# shellcheck disable=SC2086
pck good 13 20A06F000000 $full
q 0 good --json
json '.platform == {fmspc: "20a06f000000", pce_id: "0000", pcesvn: 13, sgx_components: [2,2,2,2,2,255,0,2,0,0,0,0,0,0,0,0]}'
json '.verdicts | map(.status) == ["UpToDate", "TDRelaunchAdvised"]'
q 0 good
says 'FMSPC 20a06f000000, PCESVN 13, components of SGX 2 2 2 2 2 255 0 2'
says 'were compared as the platform.s certificate in the quote tells them'
# Files are read once, so a pipe will do; what is no file, or has no end, is refused.
cp "$work/out" "$work/from-file"
# shellcheck disable=SC2086
t 0 tcb $both --quote <(cat "$work/good")
says 'FMSPC 20a06f000000, PCESVN 13'
cmp -s "$work/from-file" "$work/out" || bad "a quote from a pipe reads otherwise"
# shellcheck disable=SC2086
expect 0 sh -c "'$seamstep' tcb --host 'lab:$lab' $both --quote - <'$work/good'"
says 'FMSPC 20a06f000000, PCESVN 13'
expect 0 "$seamstep" tcb --tcb-info "$work/set20.json" --tcb-root <(cat "$lab/tcb/root.pem") --at 2025-09-10
says 'set20 +20'
for file in "$work" /dev/zero <(head -c 2000000 /dev/zero) "$work/none"; do
	# shellcheck disable=SC2086
	t 1 tcb $both --quote "$file"
	says 'Is a directory|expected up to 1048576 bytes|No such file'
	t 1 tcb --tcb-root "$file"
	says 'Is a directory|expected up to 65536 bytes|No such file|without a writer'
done
# The platform is a level lower: no update of the module helps.
# shellcheck disable=SC2086
pck old 12 20a06f000000 $full
q 0 old --json
json '.verdicts | map(.status) == ["OutOfDate", "OutOfDate"]'
json '.verdicts[0].launch | .module == "UpToDate" and .platform == "OutOfDate" and .both == "OutOfDate"'
# One component below every level: verifiers refuse.
pck low 13 20a06f000000 2 2 2 2 1 255 0 2 0 0 0 0 0 0 0 0
q 0 low --json
json '.verdicts[0] | .status == "none" and (.launch.reason | test("components are below"))'
# shellcheck disable=SC2086
pck other 13 b0c06f000000 $full
q 0 other
says 'the document is for platforms of another FMSPC'
says 'set 17: the TD is none'
# Certificates and sizes that make no sense.
# shellcheck disable=SC2086
pck many 70000 20a06f000000 $full
q 1 many
says '16 components, PCESVN, PCE-ID and FMSPC, each once and in range'
# shellcheck disable=SC2086
pck fmspc 13 20a06f0000 $full
q 1 fmspc
says 'each once and in range'
pck few 13 20a06f000000 2 2 2
q 1 few
says 'each once and in range'
pck wide 13 20a06f000000 256 2 2 2 2 255 0 2 0 0 0 0 0 0 0 0
q 1 wide
says 'each once and in range'
head -c -100 "$work/good" >"$work/cut"
q 1 cut
says 'ends within its signature and certificates'
sed 's/BEGIN CERTIFICATE/BEGIN CERTIFICATf/' "$work/good" >"$work/no-pem"
q 1 no-pem
says 'expected PEM'

# ---- documents that nobody should believe -------------------------------------------------------
t 1 tcb --tcb-info "$real" --at 2026-01-01
says 'no document is in force'
t 1 check --tcb UpToDate --tcb-info "$real" --at 2026-01-01
says 'is stale: a newer one was due at 2025-10-02T07:41:59Z'
t 1 check --tcb UpToDate --tcb-info "$real" --at 2025-08-01
says 'not-yet-valid'
sed 's/isvsvn\\":4/isvsvn\\":2/' "$real" >"$work/lower.json"
cmp -s "$real" "$work/lower.json" && bad "the document was not changed"
for verb in check route update; do
	t 1 $verb --tcb UpToDate --tcb-info "$work/lower.json" --at 2025-09-10
	says 'bad-signature'
done
# One bad document among good ones: no goal is judged, and no other verb is in the way.
mkdir "$work/docs"
cp "$real" "$work/docs/good.json"
cp "$work/lower.json" "$work/docs/bad.json"
echo ignored >"$work/docs/README"
export SEAMSTEP_TCB_INFO=$work/docs
t 1 check --tcb UpToDate --at 2025-09-10
says 'bad is bad-signature'
t 1 tcb --at 2025-09-10
says 'bad +bad-signature'
says '^1.5.16 +1.11 UpToDate'
t 0 status --at 2025-09-10
says 'TCB +unknown \(TCB Info: bad is bad-signature'
t 0 list -o +TCB --at 2025-09-10
says 'note: TCB Info: bad is bad-signature'
t 3 check
t 0 metrics --at 2025-09-10
says '^seamstep_tcb_documents_bad 1'
SEAMSTEP_TCB_INFO=$work/nowhere
for columns in +TCB +ADVISORIES; do
	t 0 list -o $columns
	says 'note: TCB Info: .*nowhere: No such file'
done
# Where no column shows TCB Info, none is read.
t 0 list
checks=$((checks + 1))
! grep -q 'TCB Info' "$work/err" || bad "list reads TCB Info that it does not show"
t 1 check --tcb UpToDate
says 'nowhere: No such file'
mkfifo "$work/fifo.json"
SEAMSTEP_TCB_INFO=$work/fifo.json
t 1 tcb
says 'not a regular file'
unset SEAMSTEP_TCB_INFO
# What is nearer wins: the option before the environment before the lab's own before the configuration.
echo "tcb-info = $work/nowhere" >"$work/conf"
SEAMSTEP_CONFIG=$work/conf t 0 tcb
SEAMSTEP_CONFIG=$work/conf expect 1 "$seamstep" tcb
says 'nowhere'
expect 1 "$seamstep" tcb
says 'name a document with --tcb-info'

finish
