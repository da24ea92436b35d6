# SPDX-License-Identifier: MIT OR GPL-2.0-only
# What the tests of a rollout share: eight labs (FLEET_NR: up to 99), host01 and on, for batches of one, two, three and the rest.
. "$(dirname "$0")/lib.sh"
command -v ansible-playbook >/dev/null || { echo "no ansible-playbook here (ansible-core)"; exit 77; }
fleet=$here/../../fleet
export LC_ALL=C.UTF-8 ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_NOCOLOR=1 ANSIBLE_RETRY_FILES_ENABLED=False HOME=$work
export ANSIBLE_ROLES_PATH=$fleet/roles ANSIBLE_LOCAL_TEMP=$work/ansible ANSIBLE_REMOTE_TEMP=$work/ansible
NR=${FLEET_NR:-8}
all=$(seq -f %02g "$NR")
later=$(seq -f %02g 7 "$NR")	# the last batch
last=$(printf %02d "$NR")

# All labs share one repository and one set of documents: copies would take most of the time, and the bar moves for all.
new_lab pattern2 --lps 2
mv "$lab/repo" "$work/repo"
rm -rf "$lab/repo-bad"
"$seamstep" lab set "$lab" tds=2 >/dev/null
for i in $all; do
	cp -r "$lab" "$work/lab$i"
	rm -rf "$work/lab$i/tcb"
	ln -s "$work/repo" "$work/lab$i/repo"
	ln -s "$lab/tcb" "$work/lab$i/tcb"
	echo "host$i seamstep_host=lab:$work/lab$i"
done >"$work/hosts"
cat >>"$work/hosts" <<END
[all:vars]
ansible_connection=local
ansible_python_interpreter={{ ansible_playbook_python }}
seamstep_command=$seamstep
seamstep_soak=0
END

batches='{"seamstep_batches": [1, 2, 3, "100%"]}'
