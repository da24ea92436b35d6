#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The driver as DKMS builds it has nothing of the model and of the tests: the sources of the package name no stand-in but
# in a header that none of them includes, and the objects that linux/Kbuild lists without SEAMSTEP_WITH are the driver's and
# the core's alone.
set -euo pipefail
cd "$(dirname "$0")/.."
rc=0
complain() { echo "$*"; rc=1; }
foreign='symbol_get|seamsim|/stand_in\.h"|SS_MUTATE|kern_path|sysfs_remove_file|regs->ip *=[^=]'

shipped=$(sed -n '/^seamstep-objs = /,/[^\\]$/p' linux/Kbuild | grep -oE '\S+\.o' | sort -u)
[ "$(wc -l <<<"$shipped")" -ge 12 ] || complain "linux/Kbuild: no list of objects found"
while read -r object; do
	case $object in
	driver/* | common/*) ;;
	*) complain "linux/Kbuild: $object is not the driver's" ;;
	esac
	if grep -nE "$foreign" "linux/${object%.o}.c"; then
		complain "linux/${object%.o}.c: that is for tests, or not for a driver"
	fi
done <<<"$shipped"
for header in linux/driver/*.h linux/common/*.h; do
	[ "$header" != linux/common/stand_in.h ] || continue
	! grep -nE "$foreign" "$header" || complain "$header: that is for tests, or not for a driver"
done
grep -q '^include $(addprefix $(src)/,$(SEAMSTEP_WITH))$' linux/Kbuild || complain "linux/Kbuild: SEAMSTEP_WITH not found"
grep -q '^MAKE\[0\]=.* SEAMSTEP_WITH= modules"$' linux/dkms.conf || complain "linux/dkms.conf: the environment says what is built"
! grep -n 'SEAMSTEP_WITH=[^ ]\|sim\|stand' linux/dkms.conf || complain "linux/dkms.conf builds more than the driver"
for script in packaging/debian/rules tests/vm/dkms packaging/test-dkms; do
	! grep -nE '\bsim\b|linux/model' "$script" || complain "$script: the package has the model"
done
[ $rc != 0 ] || echo "the driver that DKMS builds: $(wc -l <<<"$shipped") objects beside the core, none of the model or of the tests"
exit $rc
