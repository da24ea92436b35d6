// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep completion": bash completion, made from the verbs' table and help. */
#include "lab_table.h"
#include "table.h"

#include <seamstep/update.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char verb_completion_help[] =
	"  bash               the only shell so far: eval \"$(seamstep completion bash)\"\n";

/* Prints every --word of the help as a list. */
static void print_options(const char *help)
{
	const char *p = help;
	size_t n;

	while ((p = strstr(p, "--"))) {
		n = 2 + strspn(p + 2, "abcdefghijklmnopqrstuvwxyz-");
		if (n > 2 && (p == help || isspace((unsigned char)p[-1])))
			printf("%.*s ", (int)n, p);
		p += n;
	}
}

static void print_case(const char *verb, const char *second, const char *help)
{
	if (!*help)	/* the verb itself has it */
		return;
	printf("\t%s:%s) words=\"", verb, second);
	print_options(help);
	printf("--help\" ;;\n");
}

/* The arguments of options, as the help names them. */
enum kind { KIND_FILE, KIND_DIR, KIND_OPEN, KIND_NR };
static const char *const arguments[KIND_NR] = {
	[KIND_FILE] = " FILE PATH ",
	[KIND_DIR] = " DIR ",
	[KIND_OPEN] = " N K SECONDS TEXT NAME TIME HEX FD SPEC ",	/* nothing can be offered */
};

/* Prints "|--word" for every "--word ARGUMENT" of the help. */
static void print_taking(const char *help, enum kind kind)
{
	char argument[16];
	const char *p = help;
	size_t n, length;

	while ((p = strstr(p, " --"))) {
		p++;
		n = 2 + strspn(p + 2, "abcdefghijklmnopqrstuvwxyz-");
		length = p[n] == ' ' ? strspn(p + n + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") : 0;
		snprintf(argument, sizeof(argument), " %.*s ", (int)length, p + n + 1);
		if (length && strstr(arguments[kind], argument))
			printf("|%.*s", (int)n, p);
		p += n;
	}
}

/* "|verb" if no word of the verb is a path. The verbs of "lab" have paths. */
static void print_pathless(const char *verb, const char *args)
{
	if (strcmp(verb, "lab") && !strstr(args, "FILE") && !strstr(args, "OUT") &&
	    !strstr(args, "DIR") && !strstr(args, "REPOSITORY"))
		printf("|%s", verb);
}

static const char head[] =
	"# bash completion for seamstep: made by 'seamstep completion bash'\n"
	"_seamstep() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= "
	"verb=${COMP_WORDS[1]}\n"
	"\tCOMPREPLY=()\n"
	"\t# The shell takes '--tcb=U', 'tcb=U' and 'lab:DIR' apart.\n"
	"\t[[ $prev != = ]] || prev=${COMP_WORDS[COMP_CWORD-2]} cur==$cur\n"
	"\t[[ $cur != =* || $prev != tcb ]] || prev=--tcb\n"
	"\t[[ $cur != : ]] || prev=:\n"
	"\tcur=${cur#[=:]}\n"
	"\tcase $prev in\n"
	"\t--host) compopt -o nospace 2>/dev/null\n"
	"\t\twords='linux lab:' ;;\n"
	"\t--td-build) words='wait refuse ignore' ;;\n"
	"\t--tcb) words='UpToDate SWHardeningNeeded ConfigurationNeeded' ;;\n"
	"\t--target) words='newest tcb=UpToDate' ;;\n"
	"\t--container) words='0x100 0x200' ;;\n"
	"\t--program) words='lockstep update' ;;\n"
	"\t--scheduler) words='exhaustive random pct' ;;\n"
	"\t--model) words='sc tso' ;;\n"
	"\t--faults) words='none single pairs' ;;\n"
	"\t--to|--from|--fallback)\n"
	"\t\twords=$(\"${COMP_WORDS[0]}\" list -n -r -o VERSION 2>/dev/null) ;;\n"
	"\t-o|--output) if [[ $verb == @(metrics|report) ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -f -- \"$cur\")); return; fi\n"
	"\t\twords=$(\"${COMP_WORDS[0]}\" \"$verb\" --list-columns 2>/dev/null | awk '{print $1}') ;;\n"
	"\t--signer) COMPREPLY=($(compgen -f -- \"$cur\"))\n"
	"\t\t[[ $verb == update ]] || COMPREPLY+=($(compgen -W 'intel any' -- \"$cur\")); return ;;\n"
	"\t:) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n";

static const char middle[] =
	"\tesac\n"
	"\tif [[ $words ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return; fi\n";

#define WORD(name, args, help) #name " "
#define WORD_IN(file, name, args, help) WORD(name, args, help)

/* What the verbs' own programs answer, and the verbs that take no file. */
static const char middle_cases[] =
	"\tbench:*) if [[ $COMP_CWORD == 2 ]]; then words='simulate cli lockstep c2c window'\n"
	"\t\telse words=$(\"${COMP_WORDS[0]}\" bench \"${COMP_WORDS[2]}\" --help 2>/dev/null |\n"
	"\t\t\tgrep -oE -e '(^|[ [])--[a-z-]+' | tr -d ' ['); fi ;;\n"
	"\texplore:*) words=$(\"${COMP_WORDS[0]}\" explore --help 2>/dev/null |\n"
	"\t\tgrep -oE -e '^  --[a-z-]+') ;;\n"
	"\thelp:*) words='" VERBS(WORD, WORD_IN) "' ;;\n"
	"\tcompletion:*) words='bash --help' ;;\n";

/* Words that are no options: where no file is expected, and beside files. */
static const char values[] =
	"\tif [[ $verb == lab && ${COMP_WORDS[2]} == set && $COMP_CWORD -gt 3 && $cur != *=* ]]; then\n"
	"\t\tcompopt -o nospace 2>/dev/null\n"
	"\t\twords='running= bios= seamldr= fms= lps= offline= sockets= updates= updates_left= tds= '\n"
	"\t\twords+='tds_alive= vcpus= builds= seam_bytes='\n"
	"\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return\n"
	"\tfi\n"
	"\tif [[ $verb == update || $verb == route ]] && [[ $cur == [0-9]* || -z $cur ]]; then\n"
	"\t\twords=$(\"${COMP_WORDS[0]}\" list -n -r -o VERSION 2>/dev/null)\n"
	"\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	"\t\t[[ ! $COMPREPLY ]] || return\n"
	"\tfi\n"
	"\tcase $verb:$COMP_CWORD in\n"
	"\tdriver:2) words+=' use' ;;\n"
	"\tdriver:3) [[ ${COMP_WORDS[2]} != use ]] || words+=' seamstep kernel' ;;\n"
	"\trepo:2) words+=' check' ;;\n"
	"\tesac\n"
	"\tcase $verb in help|completion";

static const char tail[] =
	")\n\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return ;;\n"
	"\tesac\n"
	"\tif [[ $cur == -* || $COMP_CWORD == 1 || $verb:$COMP_CWORD == @(lab|repo):2 ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	"\telse\n"
	"\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	"\tfi\n"
	"}\n"
	"complete -o filenames -F _seamstep seamstep\n";

/* The checks that --waive takes. */
static void print_waivable(void)
{
	uint32_t i;
	bool waivable;

	printf("\t--waive) words='");
	for (i = 0; i < SEAMSTEP_CHECK_NR; i++) {
		seamstep_check_find(seamstep_check_name(i), &waivable);
		if (waivable)
			printf("%s ", seamstep_check_name(i));
	}
	printf("' ;;\n");
}

#define FILES(name, args, help) print_taking(verb_##name##_help, KIND_FILE);
#define FILES_IN(file, name, args, help) FILES(name, args, help)
#define DIRS(name, args, help) print_taking(verb_##name##_help, KIND_DIR);
#define DIRS_IN(file, name, args, help) DIRS(name, args, help)
#define OPEN(name, args, help) print_taking(verb_##name##_help, KIND_OPEN);
#define OPEN_IN(file, name, args, help) OPEN(name, args, help)
#define PATHLESS(name, args, help) print_pathless(#name, args);
#define PATHLESS_IN(file, name, args, help) PATHLESS(name, args, help)

static void print_arguments(void)
{
	printf("\t--sysroot");		/* a directory, or a report */
	VERBS(FILES, FILES_IN)
	printf(") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n\t''");
	VERBS(DIRS, DIRS_IN)
	printf(") COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n\t''");
	VERBS(OPEN, OPEN_IN)
	printf(") return ;;\n");
}

#define CASE(name, args, help) print_case(#name, "*", verb_##name##_help);
#define CASE_IN(file, name, args, help) CASE(name, args, help)
#define LAB_CASE(name, args, help) print_case("lab", #name, verb_lab_##name##_help);

int verb_completion(int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "bash"))
		return out_usage_error("completion", "expected bash, found '%.24s'",
				       argc > 1 ? argv[argc - 1] : "");
	fputs(head, stdout);
	print_waivable();
	print_arguments();
	fputs(middle, stdout);
	printf("\tif [[ $COMP_CWORD == 1 ]]; then words='" VERBS(WORD, WORD_IN)
	       "help --version'\n\telse case $verb:${COMP_WORDS[2]} in\n");
	LAB_VERBS(LAB_CASE)
	printf("\tlab:*) words='" LAB_VERBS(WORD) "' ;;\n");
	fputs(middle_cases, stdout);
	VERBS(CASE, CASE_IN)
	printf("\tesac; fi\n");
	fputs(values, stdout);
	VERBS(PATHLESS, PATHLESS_IN)
	fputs(tail, stdout);
	return EXIT_OK;
}
