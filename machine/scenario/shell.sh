# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A shell on the machine; see machine/shell.
. /host.sh

load_kvm && load_mainline
ok "KVM and tdx-host load"
cat <<'END'
# Try:
#   start_td td1; tail -f /tmp/td/td1        a TD, and its console
#   update 1.5.13.bin; attribute version     a new module under it
#   seam get status; seam get tds            what the machine itself says
#   dmesg | grep tdx
# "exit" or Ctrl-A X ends the machine, Ctrl-A C is QEMU's monitor.
END
ENV=/host.sh setsid cttyhack sh -i
