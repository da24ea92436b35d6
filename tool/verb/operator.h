/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The verbs of an operator: functions and help texts for the table of verbs. */
#ifndef SS_CLI_OPERATOR_H
#define SS_CLI_OPERATOR_H

#include "tool/session/cli.h"

/* The command without a verb. @verbs: for help. */
int cli_bare(const struct cli_verb *verbs);
int cli_status(int argc, char **argv);
int cli_list(int argc, char **argv);
int cli_route(int argc, char **argv);
int cli_update(int argc, char **argv);
int cli_history(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_inhibit(int argc, char **argv);
int cli_uninhibit(int argc, char **argv);
int cli_metrics(int argc, char **argv);
int cli_pack(int argc, char **argv);
int cli_convert(int argc, char **argv);
/* @verbs: the table of the words to complete. */
int cli_completion(const struct cli_verb *verbs, int argc, char **argv);

/* lab show, set, fault, reboot, remove. */
int cli_lab_show(int argc, char **argv);
int cli_lab_set(int argc, char **argv);
int cli_lab_fault(int argc, char **argv);
int cli_lab_reboot(int argc, char **argv);
int cli_lab_remove(int argc, char **argv);

/* lab.c: for the completion. */
extern const struct cli_verb cli_lab_verbs[];

extern const char cli_status_help[], cli_list_help[], cli_route_help[], cli_update_help[];
extern const char cli_history_help[], cli_check_help[], cli_inhibit_help[], cli_uninhibit_help[];
extern const char cli_metrics_help[], cli_pack_help[], cli_convert_help[], cli_completion_help[];

#endif
