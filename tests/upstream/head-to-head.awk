# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Rows and cells of the head to head to a document. Two files: rows, then cells; see tests/upstream/head-to-head.
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

# Both attempts in all columns.
function choose_rows(    i)
{
	for (i = 1; i <= nr_all; i++)
		if (seen[all[i]] == 2 * nr_columns)
			row[++nr_rows] = all[i]
}

# ---- what a cell means ---------------------------------------------------------------------------

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

# The update ended without the call that should have failed: what the cell tells is of an update without that fault.
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

# @fields: of the line, in front of the columns
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
	print "What becomes of the TDs of a host, by who updates its TDX Module. Every cell is a run: a virtual machine of"
	printf "its own with Linux %s (Debian's source), %s CPUs and 4 TDs, on the software SEAM of this project built into the\n", \
		release, cpus
	print "kernel (model in a kernel, QEMU TCG; nothing here has run on TDX hardware). The kernel's own TDX code brings the"
	print "module up in all three; its update code is unchanged."
	print ""
	print "- *mainline*: the kernel's own update, by plain shell as its documentation describes."
	print "- *seamstep.ko*: this project's driver in its place, by the same plain shell; the row's fallbacks are kept before. TD"
	print "  builds are ruled out by the operator's word (`td_build`), except in row `td-build`: the kernel has no kprobes here."
	print "- *mainline driven by seamstep*: the kernel's own update, asked for by `seamstep update`."
	print ""
	print "The update goes from 1.5.09 to 1.5.16, or to the image that the row names. Faults are those of"
	print "`tests/failures.tsv`; a status in a row is what the model answers to that call, once, or from then on with `+`."
	print "\"Fault not met\": this update made no call that the fault is about, so that cell is an update without it."
	print "Written by `tests/upstream/head-to-head`; do not edit."
	if (nr_rows < nr_all)
		print "\nNot run, and so not in it: " nr_all - nr_rows " of " nr_all " rows."
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
	print "TDs alive; version that runs afterwards; what is needed. What is needed was tried: \"try again\" means that the same"
	print "update without the fault succeeded in that machine afterwards, \"reboot\" that it did not and no module runs."
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
	print "Mainline: the upload node's `error` and the kernel log's first line about it. seamstep.ko: `error` and the text of"
	print "`seamstep/last_error`. seamstep: its last line. Rows in which nobody is told anything are left out."
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
