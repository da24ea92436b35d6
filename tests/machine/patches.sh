#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The series of machine/patches beside the kernel's source: "git am" takes what machine/patch writes, the kernel's own checkpatch has
# nothing to say of it, and no patch is left out. That each patch builds is for "machine/kernel patched" to show.
# Then what docs/linux.md says of that source, "The P-SEAMLDR has one caller": a later kernel may differ.
#
# usage: tests/machine/patches.sh
# Exits with 77 if the kernel's source has not been fetched: machine/kernel does that.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
source=$root/.cache/machine/linux/source
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "not ok - $*"
	exit 1
}

GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
"$root/machine/patch" "$dir/series" > "$dir/files" || exit $?
total=$(ls "$root"/machine/patches/0* | wc -l)
[ "$(wc -l < "$dir/files")" = "$total" ] || fail "of $total patches $(wc -l < "$dir/files") were written"
echo "ok - the series applies: $total patches"

sed -n 's/^diff --git a\/\([^ ]*\) .*/\1/p' "$dir"/series/*.patch | sort -u > "$dir/changed"
mkdir "$dir/tree"
(cd "$source" && xargs cp --parents -t "$dir/tree" < "$dir/changed")
cd "$dir/tree"
git init -q . && git add . && git commit -qm pristine
git am -q "$dir"/series/*.patch > "$dir/said" 2>&1 || fail "git am: $(tail -n 3 "$dir/said")"
[ "$(git log --format=%s | wc -l)" = $((total + 1)) ] || fail "git am made other commits than $total"
echo "ok - git am takes it"

for file in "$dir"/series/*.patch; do
	perl "$source/scripts/checkpatch.pl" -q --strict --no-signoff --root="$source" "$file" > "$dir/said" 2>&1 &&
		[ ! -s "$dir/said" ] || fail "checkpatch: ${file##*/}: $(grep -v '^$' "$dir/said" | head -n 3)"
	name=${file##*/}
	sed -n 's/^Subject: \[[^]]*\] //p' "$file" | grep -qE '^(x86/virt/tdx|virt: tdx-host): [A-Z].{0,70}[^.]$' ||
		fail "the subject of $name is not as a maintainer wants it"
done
echo "ok - checkpatch --strict is silent"

# ---- the callers of the P-SEAMLDR -------------------------------------------------------------------------

# Who names a function that calls the P-SEAMLDR; what is exported, and to whom; the functions themselves, which their own file does not
# call; who asks for the erratum.
cd "$source"
{
	grep -rlwE --include='*.[chS]' --exclude-dir=tools --exclude-dir=Documentation \
		'seamldr_(get_info|install_module)|P_SEAMLDR_[A-Z]+' *
	grep -rhE 'EXPORT_SYMBOL.*(seamldr_|seamcall)' arch/x86
	grep -ohE '\<seamldr_(get_info|install_module)\(' arch/x86/virt/vmx/tdx/seamldr.c
	grep -rE 'has_bug\(X86_BUG_SEAMRET_INVD_VMCS\)' arch/x86 drivers/virt
} | LC_ALL=C sort > "$dir/said"
diff - "$dir/said" > "$dir/differs" << 'EOF' || fail "P-SEAMLDR: not as docs/linux.md says: $(cat "$dir/differs")"
EXPORT_SYMBOL_FOR_MODULES(seamldr_get_info, "tdx-host");
EXPORT_SYMBOL_FOR_MODULES(seamldr_install_module, "tdx-host");
EXPORT_SYMBOL_FOR_MODULES(seamldr_lock_module_update, "tdx-host");
EXPORT_SYMBOL_FOR_MODULES(seamldr_unlock_module_update, "tdx-host");
arch/x86/include/asm/seamldr.h
arch/x86/virt/vmx/tdx/seamldr.c
arch/x86/virt/vmx/tdx/seamldr.c:	if (boot_cpu_has_bug(X86_BUG_SEAMRET_INVD_VMCS)) {
drivers/virt/coco/tdx-host/tdx-host.c
drivers/virt/coco/tdx-host/tdx-host.c:	if (boot_cpu_has_bug(X86_BUG_SEAMRET_INVD_VMCS))
seamldr_get_info(
seamldr_install_module(
EOF
echo "ok - the kernel's functions that call the P-SEAMLDR are for tdx-host alone, which makes no call with the VMCS erratum"
