# SPDX-License-Identifier: MIT OR GPL-2.0-only
# KVM builds a TD, and an update comes after each of its ioctls. seamstep.ko's probes on the kernel's functions see the
# build. The modules lack bit 47, so only the host can keep the measurement right.
. /host.sh

# builds KEY: the value of KEY in td_builds of debugfs
builds()
{
	sed -n "s/^$1=//p" $details/td_builds
}

load_kvm && load_seamstep
ok "KVM and seamstep.ko load" || finish
is "probes are placed" vmlinux "$(builds probes)"
start_td td1
runs td1
ok "a TD runs" || { show_tds; finish; }
mrtd=$(seam_tds mrtd)

echo refuse > "$host/seamstep/td_build"
# STEP NOTED: whether a build is under way for the module after this step
while read -r step noted; do
	start_td td2 --pause $step
	until_true paused td2 $step
	ok "after $step" || show_tds
	is "after $step: builds known" $noted "$(builds noted)"
	if [ $noted = 1 ]; then
		is "after $step: an update is refused" transferring:device-busy "$(update 1.5.25.bin)"
		is "after $step: reason" td-build "$(last_error reason)"
		is "after $step: version" 1.5.09 "$(attribute version)"
	fi
	go_on td2
	well td2
	ok "after $step: the TD is built and runs" || show_tds
	is "after $step: it is measured like the first" "$mrtd" "$(seam_tds mrtd | sort -u)"
	stop_td td2
	ok "after $step: it ends" || show_tds
done <<END
create 0
init-vm 1
memory 1
vcpus 1
first-page 1
image 1
finalize 0
END

# An update that waits for the build.
echo wait > "$host/seamstep/td_build"
echo 600000 > "$host/seamstep/td_build_wait_ms"
start_td td2 --pause first-page
until_true paused td2 first-page
update 1.5.25.bin > /tmp/error &
waiting() { [ "$(cat $upload/status)" = transferring ]; }
until_true waiting
ok "an update waits for the build"
is "version" 1.5.09 "$(attribute version)"
# KVM takes a busy TDR for a fault of its own, so only a window may ask the module about a TD.
seam set trace on
sleep 3
seam set trace off
seam get calls > /tmp/calls
asked=$(sed -n 's/^TDH.MNG.RD .*=//p' /tmp/calls | awk '{ n += $1 } END { print n + 0 }')
go_on td2
wait $!
is "it succeeds when the build is done" "" "$(cat /tmp/error)"
is "version" 1.5.25 "$(attribute version)"
grep -q '^TDH.VP.ENTER ' /tmp/calls && [ "$asked" = 0 ]
ok "while it waited and the other TD ran, TDH.MNG.RD was called $asked times" || sed 's/^/# /' /tmp/calls
is "the machine was stopped once to find the build, and once to update" 2 "$(last_error windows)"
well td1 && well td2
ok "both TDs run on" || show_tds
is "both are measured alike" "$mrtd" "$(seam_tds mrtd | sort -u)"
stop_td td1 && stop_td td2
ok "both TDs end"
finish
