/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The verbs of an operator: functions and help texts for the table of verbs. */
#ifndef SS_TOOL_VERB_OPERATOR_H
#define SS_TOOL_VERB_OPERATOR_H

#include "tool/session/cli.h"

/* The command without a verb. @verbs: for help. */
int verb_bare(const struct verb *verbs);
int verb_status(int argc, char **argv);
int verb_list(int argc, char **argv);
int verb_route(int argc, char **argv);
int verb_update(int argc, char **argv);
int verb_history(int argc, char **argv);
int verb_check(int argc, char **argv);
int verb_inhibit(int argc, char **argv);
int verb_uninhibit(int argc, char **argv);
int verb_metrics(int argc, char **argv);
int verb_pack(int argc, char **argv);
int verb_convert(int argc, char **argv);
/* @verbs: the table of the words to complete. */
int verb_completion(const struct verb *verbs, int argc, char **argv);

/* model.c: the words of "lab", without functions. */
extern const struct verb verb_lab_verbs[];

extern const char verb_status_help[], verb_list_help[], verb_route_help[], verb_update_help[];
extern const char verb_history_help[], verb_check_help[], verb_inhibit_help[];
extern const char verb_uninhibit_help[];
extern const char verb_metrics_help[], verb_pack_help[], verb_convert_help[];
extern const char verb_completion_help[];

#endif
