/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A stream of events for machines: one JSON object a line, on a descriptor of the caller. */
#ifndef SS_TOOL_OUT_EVENTS_H
#define SS_TOOL_OUT_EVENTS_H

#include <stdbool.h>
#include <jansson.h>

/*
 * The events go to @fd from now on, and SIGPIPE is ignored. False with errno set if @fd is not open
 * for writing.
 */
bool events_open(int fd);

/**
 * events_emit - write one event
 * @event: "progress"
 * @members: more members of the object; this function frees them
 *
 * Nothing waits for the reader: an event for which there is no room is dropped, and the next one
 * tells the number of those. Where the reader has gone, standard error says so once, and all events
 * are dropped. Does nothing if events_open() was not called.
 */
void events_emit(const char *event, json_t *members);

#endif
