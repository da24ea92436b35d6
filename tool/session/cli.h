/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The headers that every verb needs. A file that is no verb includes only headers that it uses. */
#ifndef SS_CLI_CLI_H
#define SS_CLI_CLI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <getopt.h>

#include "tool/out/exits.h"
#include "tool/base/file.h"
#include "tool/out/json.h"
#include "tool/base/memory.h"
#include "tool/out/message.h"
#include "tool/out/option_value.h"
#include "tool/out/table.h"
#include "tool/out/terminal.h"
#include "tool/base/text.h"
#include "verbs.h"
#include "tool/base/words.h"

#endif
