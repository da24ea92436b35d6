# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Write the document of the head to head, and the file -v table=FILE with a line for each cell. Input: the file of rows, then
# the file of facts; see machine/head-to-head.
BEGIN {
	FS = "\t"
	nr_columns = split("mainline patched seamstep tool", columns, " ")
	title["mainline"] = "mainline"
	title["patched"] = "mainline with the patches"
	title["seamstep"] = "seamstep.ko"
	title["tool"] = "mainline driven by seamstep"
	nr_names = split("struck done message tds consoles alive spoilt wrong measurements version machine again version-again " \
		"consoles-again new-td build-error kvm dead-fds leaked splats bad-words kvm-log left private-writes", names, " ")
}

# ---- reading -------------------------------------------------------------------------------------

# describe: what the row does
function describe(image, before, from, seam, faults,    at)
{
	if (faults != "-")
		return "`" faults "`"
	if (before == "offline")
		return "a CPU is offline"
	if (split(before, at, "@") == 2)
		return "KVM builds a TD and has done `" at[2] "`; " (from == "-" ? "1.5.09" : from) " to `" image "`"
	if (seam ~ /updates=/)
		return "no updates are left"
	return $1 ~ /^image-/ ? "`" image "`" : "nothing"
}

FNR == NR {
	all[++nr_all] = $1
	what[$1] = describe($2, $4, $5, $6, $8)
	budget[$1] = $6 ~ /updates=/
	faults[$1] = $8 == "-" ? 0 : split($8, unused, ",")
	next
}

{
	fact[$1, $2, $3] = $4
	if ($3 == "end")
		seen[$1]++
}

function value(name, column, key)
{
	return fact[name, column, key]
}

# ---- meaning of a cell ---------------------------------------------------------------------------

# Dead: its console stands still, or the machine says so.
function lives(name, column)
{
	return value(name, column, "consoles") < value(name, column, "alive") ? \
		value(name, column, "consoles") : value(name, column, "alive")
}

function lost(name, column)
{
	return value(name, column, "tds") - lives(name, column)
}

function whole(name, column)
{
	return !lost(name, column) && !value(name, column, "wrong") && !value(name, column, "spoilt")
}

function gone(name, column)
{
	return value(name, column, "version") == "none" && value(name, column, "version-again") == "none"
}

function needed(name, column)
{
	if (gone(name, column))
		return "reboot"
	if (value(name, column, "wrong") > 0)
		return "that TD must be built anew"
	if (value(name, column, "done"))
		return "nothing"
	if (value(name, column, "again"))
		return "try again"
	return budget[name] ? "reboot for new updates" : "see there"
}

# The update ended without the call that should have failed. The cell then describes an update without that fault.
function not_met(name, column)
{
	return faults[name] && !value(name, column, "struck")
}

function cell(name, column,    text, tds)
{
	tds = lives(name, column) "/" value(name, column, "tds")
	text = lost(name, column) ? "**" tds "**" : tds
	if (value(name, column, "consoles") != value(name, column, "alive"))
		text = text " (by the consoles " value(name, column, "consoles") ", by the machine " value(name, column, "alive") ")"
	if (value(name, column, "wrong") > 0)
		text = text ", **" value(name, column, "wrong") " measured wrongly**"
	if (value(name, column, "spoilt") > 0)
		text = text ", **memory changed**"
	if (not_met(name, column))
		text = text ", fault not met"
	return text "; " value(name, column, "version") "; " needed(name, column)
}

# What KVM and its user are left with; the same text for the same outcome.
function aftermath(name, column,    text)
{
	text = value(name, column, "kvm")
	if (value(name, column, "build-error") != "")
		text = text (text == "" ? "" : ";") "the TD that is being built: " value(name, column, "build-error")
	return text
}

function count(column,    i, name)
{
	for (i = 1; i <= nr_rows; i++) {
		name = row[i]
		goes[column] += value(name, column, "done")
		keeps[column] += whole(name, column)
		wrongs[column] += !lost(name, column) && !whole(name, column)
		losses[column] += lost(name, column) > 0
		tds_alive[column] += lives(name, column)
		tds_total[column] += value(name, column, "tds")
		reboots[column] += gone(name, column)
		refuses[column] += value(name, column, "new-td") !~ /^(|alive)$/
		dead[column] += value(name, column, "dead-fds")
		leaks[column] += value(name, column, "leaked")
		splats[column] += value(name, column, "splats") != ""
		unmet[column] += not_met(name, column)
	}
}

# ---- tables --------------------------------------------------------------------------------------

function line(text, values,    i)
{
	printf "| %s |", text
	for (i = 1; i <= nr_columns; i++)
		printf " %s |", values[columns[i]] == "" ? "-" : values[columns[i]]
	print ""
}

# @fields: the number of fields in front of the columns
function heading(first, fields,    i)
{
	line(first, title)
	printf fields == 2 ? "|---|---|" : "|---|"
	for (i = 1; i <= nr_columns; i++)
		printf "---|"
	print ""
}

# What an operator is told, row by row; rows without any text are left out.
function say_each(    i, j, text, said)
{
	heading("row")
	for (i = 1; i <= nr_rows; i++) {
		said = ""
		for (j = 1; j <= nr_columns; j++) {
			text = value(row[i], columns[j], "message")
			gsub(/^ +| +$/, "", text)
			gsub(/\|/, "\\|", text)
			values[columns[j]] = text
			said = said text
		}
		if (said != "")
			line(row[i], values)
	}
}

# The distinct parts of a fact, with the number of cells for each column.
function distinct(first, key,    i, j, k, n, text, parts, nr, known, order, times)
{
	for (i = 1; i <= nr_rows; i++)
		for (j = 1; j <= nr_columns; j++) {
			text = key == "seen" ? aftermath(row[i], columns[j]) : value(row[i], columns[j], key)
			nr = split(text, parts, key == "splats" ? ", " : ";")
			for (k = 1; k <= nr; k++) {
				if (!(parts[k] in known)) {
					known[parts[k]]
					order[++n] = parts[k]
				}
				times[parts[k], columns[j]]++
			}
		}
	heading(first)
	for (k = 1; k <= n; k++) {
		for (j = 1; j <= nr_columns; j++)
			values[columns[j]] = times[order[k], columns[j]] + 0
		line(order[k], values)
	}
	print ""
}

# What becomes of a row in which mainline loses or spoils a TD.
function fate(name)
{
	if (whole(name, "patched"))
		return 1
	if (!whole(name, "seamstep"))
		return 5
	if (value(name, "seamstep", "done"))
		return 3
	return value(name, "seamstep", "message") ~ /\(recovered\)/ ? 4 : 2
}

function say_fates(    i, k, n, rows, text)
{
	text[1] = "the patches save the TDs"
	text[2] = "seamstep.ko alone does: it refuses before it shuts the module down"
	text[3] = "seamstep.ko alone does: it repeats a call, or installs the image again"
	text[4] = "seamstep.ko alone does: it installs a fallback image"
	text[5] = "neither does"
	for (i = 1; i <= nr_rows; i++)
		if (!whole(row[i], "mainline")) {
			k = fate(row[i])
			n[k]++
			rows[k] = rows[k] (n[k] > 1 ? ", " : "") row[i]
		}
	print "| mainline loses or spoils a TD, and | rows | which |"
	print "|---|---|---|"
	for (k = 1; k <= 5; k++)
		print "| " text[k] " | " n[k] + 0 " | " rows[k] " |"
	for (i = 1; i <= nr_rows; i++)
		if (whole(row[i], "mainline") && !whole(row[i], "patched"))
			print "\nThe patches lose TDs that mainline keeps in the row " row[i] "."
}

function write_table(    i, j, k)
{
	printf "# SPDX-License-Identifier: MIT OR GPL-2.0-only\n# Written by machine/head-to-head; do not edit.\nrow\tby" > table
	for (k = 1; k <= nr_names; k++)
		printf "\t%s", names[k] > table
	printf "\n" > table
	for (i = 1; i <= nr_rows; i++)
		for (j = 1; j <= nr_columns; j++) {
			printf "%s\t%s", row[i], columns[j] > table
			for (k = 1; k <= nr_names; k++)
				printf "\t%s", value(row[i], columns[j], names[k]) > table
			printf "\n" > table
		}
	close(table)
}

# ---- the document --------------------------------------------------------------------------------

END {
	for (i = 1; i <= nr_all; i++)
		if (seen[all[i]] == nr_columns)
			row[++nr_rows] = all[i]
	for (i = 1; i <= nr_columns; i++)
		count(columns[i])
	write_table()
	print "# Head to head"
	print ""
	print "This page compares four ways to update the TDX Module of a host, by what becomes of KVM's TDs. Every cell is a run on a"
	print "machine of its own: QEMU with SEAM in its emulated CPU ([a TDX machine](tdx-machine.md)), Linux " release " (Debian's source,"
	print "no line changed but for the patches), " cpus " CPUs, and two TDs with a guest that counts and checks its memory. KVM builds and"
	print "runs these TDs."
	print "Nothing here has run on TDX hardware: the machine's TDX Module and P-SEAMLDR are this project's model."
	print ""
	print "- *mainline*: the kernel's own update, by plain shell as its documentation describes."
	print "- *mainline with the patches*: the same by the same shell, on a kernel with the series of `machine/patches`"
	print "  ([what each patch is about](findings-mainline.md#the-patches))."
	print "- *seamstep.ko*: this project's driver in its place, by the same plain shell. The row's fallbacks are uploaded before."
	print "- *mainline driven by seamstep*: `seamstep update` drives the kernel's own update."
	print ""
	print "The update goes from 1.5.09 to 1.5.16, or to the image that the row names. `tests/failures.tsv` has the faults. A"
	print "status in a row is the machine's answer to that call, once, or from then on with `+`, from the beginning of the update"
	print "to its end. \"Fault not met\": the machine has counted no such call, so the cell is an update without the fault."
	print "The fault of `verify-fails` strikes the preflight of seamstep.ko, which then touches nothing; in an earlier table, with the"
	print "model in a kernel, it began when the machine was stopped, and that cell was an update. An update of mainline makes no call"
	print "of SEAMLDR.INFO (`info-fails`): the kernel makes it for whoever reads `seamldr_version` or `num_remaining_updates`."
	print "`machine/head-to-head` writes this page and [all that each cell has noted](head-to-head.tsv); do not edit."
	if (nr_rows < nr_all)
		print "\nRows that were not run and are left out: " nr_all - nr_rows " of " nr_all "."
	print ""
	print "## In numbers"
	print ""
	heading(nr_rows " rows")
	line("the update succeeds", goes)
	line("all TDs alive and measured right", keeps)
	line("all TDs alive, one measured wrongly", wrongs)
	line("TDs are lost", losses)
	line("TDs alive, of " tds_total["mainline"], tds_alive)
	line("a reboot is needed", reboots)
	line("no new TD can be built", refuses)
	line("file descriptors of VMs that are dead", dead)
	line("key IDs that the host has leaked", leaks)
	line("the kernel's log has stack traces", splats)
	line("the fault was not met", unmet)
	print ""
	print "## Row by row"
	print ""
	print "A cell has the TDs alive, the running version afterwards, and the remedy. A TD is alive if its own console counts on and"
	print "the machine says that it lives. Each remedy but a reboot was tried: \"try again\" means that an update without the fault"
	print "succeeded on that machine afterwards, \"reboot\" that it failed and no module runs."
	print ""
	heading("row | fault", 2)
	for (i = 1; i <= nr_rows; i++) {
		for (j = 1; j <= nr_columns; j++)
			values[columns[j]] = cell(row[i], columns[j])
		line(row[i] " | " what[row[i]], values)
	}
	print ""
	print "## What the patches save, and what they cannot"
	print ""
	say_fates()
	print ""
	print "## What KVM and its user see"
	print ""
	print "The numbers are cells. What KVM_RUN returns to the VMM of a TD, and what the VMM of a TD that is being built gets:"
	print ""
	distinct("KVM's answer", "seen")
	print "What the VMM of a new TD gets on a host whose module is gone:"
	print ""
	distinct("a new TD", "new-td")
	print "Stack traces in the kernel's log, by function. The kernel prints most of them once after a boot, whatever the number of"
	print "TDs:"
	print ""
	distinct("stack traces in", "splats")
	print "SEAMCALLs that KVM's log names:"
	print ""
	distinct("SEAMCALL and status", "kvm-log")
	print "## What the operator is told"
	print ""
	print "Mainline, with the patches and without: the upload node's `error` and the first line of the kernel log about the update."
	print "seamstep.ko: `error` and the `text` of its report in debugfs. seamstep: its last line. Rows without any message are left out."
	print ""
	say_each()
}
