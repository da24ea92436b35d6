# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Write the document of the head to head. Input: the file of rows, then the file of cells; see tests/upstream/head-to-head.
BEGIN {
	FS = "\t"
	nr_columns = split("mainline seamstep tool", columns, " ")
	title["mainline"] = "mainline"
	title["seamstep"] = "seamstep.ko"
	title["tool"] = "mainline driven by seamstep"
}

# ---- reading -------------------------------------------------------------------------------------

FNR == NR {
	all[++nr_all] = $1
	if ($7 != "-")
		what[$1] = "`" $7 "`"
	else if ($4 == "offline")
		what[$1] = "a CPU is offline"
	else if ($4 == "build")
		what[$1] = "a TD is being built, 1.5.24 to 1.5.25"
	else if ($5 ~ /updates=/)
		what[$1] = "no updates are left"
	else if ($1 ~ /^image-/)
		what[$1] = "`" $2 "`"
	else
		what[$1] = "nothing"
	budget[$1] = $5 ~ /updates=/
	fallbacks[$1] = $6
	next
}

{
	key = $2 SUBSEP $3 SUBSEP $4
	succeeded[key] = $5
	alive[key] = $6
	total[key] = $7
	errors[key] = $8
	spoilt[key] = $9
	version[key] = $10
	split($11, met, "/")
	faults[key] = met[2]
	struck[key] = met[1]
	message[key] = $12
	seen[$2]++
}

# Choose the rows that have both attempts in all columns.
function choose_rows(    i)
{
	for (i = 1; i <= nr_all; i++)
		if (seen[all[i]] == 2 * nr_columns)
			row[++nr_rows] = all[i]
}

# ---- meaning of a cell ---------------------------------------------------------------------------

function needed(name, column,    first, again)
{
	first = name SUBSEP column SUBSEP "first"
	again = name SUBSEP column SUBSEP "again"
	if (spoilt[first])
		return "that TD must be built anew"
	if (version[first] == "none" && version[again] == "none")
		return "reboot"
	if (succeeded[first])
		return "nothing"
	if (succeeded[again])
		return "try again"
	return budget[name] ? "reboot for new updates" : "see there"
}

# The update ended without the call that should have failed. The cell then describes an update without that fault.
function not_met(key)
{
	return faults[key] > 0 && struck[key] == 0
}

function cell(name, column,    first, tds)
{
	first = name SUBSEP column SUBSEP "first"
	tds = alive[first] "/" total[first]
	if (alive[first] < total[first])
		tds = "**" tds "**"
	if (spoilt[first])
		tds = tds ", **" spoilt[first] " measured wrongly**"
	if (errors[first])
		tds = tds ", **memory changed**"
	if (not_met(first))
		tds = tds ", fault not met"
	return tds "; " version[first] "; " needed(name, column)
}

function count(column,    i, first, again)
{
	for (i = 1; i <= nr_rows; i++) {
		first = row[i] SUBSEP column SUBSEP "first"
		again = row[i] SUBSEP column SUBSEP "again"
		goes[column] += succeeded[first]
		keeps[column] += alive[first] == total[first] && !spoilt[first] && !errors[first]
		tds_alive[column] += alive[first]
		tds_total[column] += total[first]
		reboots[column] += version[again] == "none"
		wrong[column] += spoilt[first] + 0
		first_lost[column] += alive[first] < total[first]
		unmet[column] += not_met(first)
	}
}

function line(text, values,    i)
{
	printf "| %s |", text
	for (i = 1; i <= nr_columns; i++)
		printf " %s |", values[columns[i]]
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

# ---- the document --------------------------------------------------------------------------------

END {
	choose_rows()
	for (i = 1; i <= nr_columns; i++)
		count(columns[i])
	print "# Head to head"
	print ""
	print "This page compares three ways to update the TDX Module of a host, by the state of the TDs afterwards. Every cell is a"
	printf "run in a virtual machine of its own, with Linux %s (Debian's source), %s CPUs and 4 TDs, on the software SEAM of this\n", \
		release, cpus
	print "project built into the kernel (model in a kernel, QEMU TCG; nothing here has run on TDX hardware). In all three ways"
	print "the kernel's own TDX code initialises the module, and the kernel's update code is unchanged."
	print ""
	print "- *mainline*: the kernel's own update, by plain shell as its documentation describes."
	print "- *seamstep.ko*: this project's driver in its place, by the same plain shell. The row's fallbacks are uploaded before."
	print "  The operator rules TD builds out (`td_build`), except in row `td-build`: the kernel has no kprobes here."
	print "- *mainline driven by seamstep*: `seamstep update` drives the kernel's own update."
	print ""
	print "The update goes from 1.5.09 to 1.5.16, or to the image that the row names. `tests/failures.tsv` has the faults. A"
	print "status in a row is the model's answer to that call, once, or from then on with `+`. \"Fault not met\": this update did"
	print "not make the call of the fault, so the cell is an update without the fault. `tests/upstream/head-to-head` writes this"
	print "page; do not edit."
	if (nr_rows < nr_all)
		print "\nRows that were not run and are left out: " nr_all - nr_rows " of " nr_all "."
	print ""
	print "## In numbers"
	print ""
	heading(nr_rows " rows")
	line("the update succeeds", goes)
	line("all TDs alive and measured right", keeps)
	line("TDs are lost", first_lost)
	line("TDs alive, of " tds_total["mainline"], tds_alive)
	line("TDs measured wrongly", wrong)
	line("a reboot is needed", reboots)
	line("the fault was not met", unmet)
	print ""
	print "## Row by row"
	print ""
	print "A cell has the TDs alive, the running version afterwards, and the remedy. Each remedy was tried: \"try again\" means that"
	print "the same update without the fault succeeded in that machine afterwards, \"reboot\" that it failed and no module runs."
	print ""
	heading("row | fault", 2)
	for (i = 1; i <= nr_rows; i++) {
		for (j = 1; j <= nr_columns; j++)
			values[columns[j]] = cell(row[i], columns[j])
		line(row[i] " | " what[row[i]], values)
	}
	print ""
	print "## What the operator is told"
	print ""
	print "Mainline: the upload node's `error` and the first line of the kernel log about the update. seamstep.ko: `error` and the"
	print "text of `seamstep/last_error`. seamstep: its last line. Rows without any message are left out."
	print ""
	heading("row")
	for (i = 1; i <= nr_rows; i++) {
		said = ""
		for (j = 1; j <= nr_columns; j++) {
			text = message[row[i] SUBSEP columns[j] SUBSEP "first"]
			gsub(/^ +| +$/, "", text)
			gsub(/\|/, "\\|", text)
			values[columns[j]] = text == "" ? "-" : text
			said = said text
		}
		if (said != "")
			line(row[i], values)
	}
}
