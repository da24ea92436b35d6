// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep completion": bash completion, made from the verbs' table and help. */
#include "lab_table.h"
#include "table.h"

#include <seamstep/update.h>

#include <ctype.h>
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

static const char head[] =
	"# bash completion for seamstep: made by 'seamstep completion bash'\n"
	"_seamstep() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= "
	"verb=${COMP_WORDS[1]}\n"
	"\tCOMPREPLY=()\n"
	"\tcase $prev in\n"
	"\t--host) words='linux lab:' ;;\n"
	"\t--td-build) words='wait refuse ignore' ;;\n"
	"\t--tcb) words='UpToDate SWHardeningNeeded ConfigurationNeeded' ;;\n"
	"\t--target) words='newest tcb=UpToDate' ;;\n"
	"\t--container) words='0x100 0x200' ;;\n"
	"\t--program) words='lockstep update' ;;\n"
	"\t--scheduler) words='exhaustive random pct' ;;\n"
	"\t--model) words='sc tso' ;;\n"
	"\t--faults) words='none single pairs' ;;\n"
	"\t--target) words='newest tcb=UpToDate' ;;\n"
	"\t--to|--from|--fallback)\n"
	"\t\twords=$(\"${COMP_WORDS[0]}\" list -n -r -o VERSION 2>/dev/null) ;;\n"
	"\t-o|--output) [[ $verb == metrics ]] ||\n"
	"\t\twords=$(\"${COMP_WORDS[0]}\" \"$verb\" --list-columns 2>/dev/null | awk '{print $1}') ;;\n"
	"\t--repo|--sysroot) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n";

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
	"\tcase $verb in explore|help|completion|bench)\n"
	"\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return ;;\n"
	"\tesac\n";

static const char tail[] =
	"\tif [[ $cur == -* || $COMP_CWORD == 1 || ( $verb == lab && $COMP_CWORD == 2 ) ]]; then\n"
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
	fputs(middle, stdout);
	printf("\tif [[ $COMP_CWORD == 1 ]]; then words='" VERBS(WORD, WORD_IN)
	       "help --version'\n\telse case $verb:${COMP_WORDS[2]} in\n");
	LAB_VERBS(LAB_CASE)
	printf("\tlab:*) words='" LAB_VERBS(WORD) "' ;;\n");
	fputs(middle_cases, stdout);
	VERBS(CASE, CASE_IN)
	printf("\tesac; fi\n");
	fputs(values, stdout);
	fputs(tail, stdout);
	return EXIT_OK;
}
