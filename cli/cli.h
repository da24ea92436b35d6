/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What a verb of the seamstep command needs. Files that are no verb include what they use. */
#ifndef SS_CLI_CLI_H
#define SS_CLI_CLI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <getopt.h>

#include "exits.h"
#include "file.h"
#include "json.h"
#include "memory.h"
#include "message.h"
#include "table.h"
#include "terminal.h"
#include "text.h"
#include "verbs.h"
#include "words.h"

#endif
