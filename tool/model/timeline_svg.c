// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The timeline of an update as an SVG picture. */
#include "timeline.h"

#include "tool/base/text.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH		1200
#define LEFT		92
#define RIGHT		24
#define TOP		118		/* title, legend, band of steps */
#define BAND_Y		84
#define BAND_HEIGHT	20
#define MAX_ROWS	64
#define MAX_LISTED	12		/* events written out below the picture */
#define LINE		18
#define THINNEST	1.4		/* so that the shortest span can be seen */
#define LETTER		8		/* about the width of the widest letter */

/* Colours that people with colour blindness can tell apart; grey where a step only looks on. */
static const char *const colours[SS_STEP_NR] = {
	[SS_STEP_CHECK] = "#999999",
	[SS_STEP_PREPARE] = "#bbbbbb",
	[SS_STEP_REHEARSE] = "#f0e442",
	[SS_STEP_SHUTDOWN] = "#d55e00",
	[SS_STEP_INSTALL] = "#0072b2",
	[SS_STEP_SYS_INIT] = "#e69f00",
	[SS_STEP_LP_INIT] = "#009e73",
	[SS_STEP_UPDATE] = "#cc79a7",
	[SS_STEP_VERIFY] = "#56b4e9",
};

static const char *colour(uint32_t step)
{
	return colours[step] ? colours[step] : "#666666";
}

struct picture {
	const struct timeline *t;
	FILE *out;
	uint64_t start_ns, length_ns;
	uint32_t rows, group;		/* LPs a row */
	double row_height;
	double bottom;			/* y below the last row */
	uint32_t listed;
	double height;
};

static void text(FILE *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '<')
			fputs("&lt;", out);
		else if (*s == '>')
			fputs("&gt;", out);
		else if (*s == '&')
			fputs("&amp;", out);
		else if ((unsigned char)*s >= 0x20 && (unsigned char)*s < 0x7f)
			fputc(*s, out);
		else
			fputc('?', out);
	}
}

static void write_text(struct picture *p, double x, double y, const char *attributes, const char *s)
{
	fprintf(p->out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
	text(p->out, s);
	fputs("</text>\n", p->out);
}

static double x_of(const struct picture *p, uint64_t ns)
{
	double length = (double)(ns - p->start_ns) / (double)p->length_ns;

	return LEFT + length * (WIDTH - LEFT - RIGHT);
}

static double y_of(const struct picture *p, uint32_t lp)
{
	return TOP + p->row_height * (lp / p->group);
}

static void layout(struct picture *p)
{
	uint32_t event;

	p->start_ns = timeline_start_ns(p->t);
	p->length_ns = timeline_end_ns(p->t) - p->start_ns;
	if (!p->length_ns)
		p->length_ns = 1;
	p->group = (p->t->nr_lps + MAX_ROWS - 1) / MAX_ROWS;
	p->rows = (p->t->nr_lps + p->group - 1) / p->group;
	p->row_height = p->rows > 32 ? 9 : p->rows > 12 ? 14 : 20;
	p->bottom = TOP + p->rows * p->row_height;
	for (event = 0; event < p->t->result->nr_events && p->listed < MAX_LISTED; p->listed++)
		event += timeline_same_events(p->t, event);
	p->height = p->bottom + 48 + LINE * (p->listed ? p->listed + 1 : 0);
}

static void head(struct picture *p)
{
	fprintf(p->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
		"viewBox=\"0 0 %d %.0f\" font-family=\"sans-serif\" font-size=\"12\">\n",
		WIDTH, p->height, WIDTH, p->height);
	fputs("<title>", p->out);
	text(p->out, p->t->title);
	fputs("</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n", p->out);
	write_text(p, 16, 26, "font-size=\"18\" font-weight=\"bold\"", p->t->title);
	write_text(p, 16, 45, "fill=\"#444444\"", p->t->subtitle);
}

/* The legend has only steps that took place, in the order of the table. */
static void legend(struct picture *p)
{
	const struct ss_update_result *result = p->t->result;
	bool seen[SS_STEP_NR] = { false };
	struct timeline_step step;
	double x = LEFT;
	char *text;
	uint32_t i;

	for (i = 0; i < result->nr_visits; i++) {
		timeline_step(p->t, i, &step);
		seen[step.step] = step.lps > 0;
	}
	for (i = 0; i < SS_STEP_NR; i++) {
		if (!seen[i])
			continue;
		fprintf(p->out,
			"<rect x=\"%.0f\" y=\"58\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", x,
			colour(i));
		write_text(p, x + 17, 68, "", ss_update_step_name(i));
		x += 34 + 7 * (double)strlen(ss_update_step_name(i));
	}
	fprintf(p->out, "<rect x=\"%.0f\" y=\"58\" width=\"12\" height=\"12\" fill=\"#eeeeee\"/>\n",
		x);
	write_text(p, x + 17, 68, "", "stopped, waiting");
	if (p->group > 1) {
		text = text_format("a bar: from the first to the last of %u LPs", p->group);
		write_text(p, x + 130, 68, "fill=\"#444444\"", text);
		free(text);
	}
}

static void bar(struct picture *p, uint64_t from, uint64_t to, double y, double height,
		const char *fill, const char *about)
{
	double x = x_of(p, from), width = x_of(p, to) - x;

	fprintf(p->out, "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\">",
		x, y, width < THINNEST ? THINNEST : width, height, fill);
	if (about) {
		fputs("<title>", p->out);
		text(p->out, about);
		fputs("</title>", p->out);
	}
	fputs("</rect>\n", p->out);
}

/* The band on top: every visit of a step from its first start to its last end. */
static void band(struct picture *p)
{
	struct timeline_step step;
	uint32_t i;

	write_text(p, LEFT - 8, BAND_Y + 14, "text-anchor=\"end\" fill=\"#444444\"", "step");
	for (i = 0; i < p->t->result->nr_visits; i++) {
		char *about, *length, *label;
		double x, width;

		timeline_step(p->t, i, &step);
		if (!step.lps)
			continue;
		length = text_duration(step.end_ns - step.start_ns);
		label = text_format("%s %s", step.name, step.image);
		about = text_format("%s: %s", label, length);
		bar(p, step.start_ns, step.end_ns, BAND_Y, BAND_HEIGHT, colour(step.step), about);
		x = x_of(p, step.start_ns);
		width = x_of(p, step.end_ns) - x;
		if (width > LETTER * (double)strlen(step.name))
			write_text(p, x + width / 2, BAND_Y + 14,
				   "text-anchor=\"middle\" fill=\"#ffffff\"",
				   width > LETTER * (double)strlen(label) ? label : step.name);
		free(about);
		free(label);
		free(length);
	}
}

/* The span of a row's LPs: from the first start to the last end. */
static bool row_span(const struct picture *p, uint32_t first, uint32_t visit,
		     struct ss_update_span *out)
{
	uint32_t lp, end = first + p->group < p->t->nr_lps ? first + p->group : p->t->nr_lps;

	*out = (struct ss_update_span){ 0 };
	for (lp = first; lp < end; lp++) {
		const struct ss_update_span *span = &p->t->lps[lp].spans[visit];

		if (!span->start_ns)
			continue;
		if (!out->start_ns || span->start_ns < out->start_ns)
			out->start_ns = span->start_ns;
		if (span->end_ns > out->end_ns)
			out->end_ns = span->end_ns;
	}
	return out->start_ns;
}

static char *row_name(const struct picture *p, uint32_t first)
{
	uint32_t last = first + p->group - 1;

	if (last >= p->t->nr_lps)
		last = p->t->nr_lps - 1;
	if (first == last)
		return text_format("LP %u", first);
	return text_format("LP %u-%u", first, last);
}

static void row(struct picture *p, uint32_t first)
{
	const struct ss_update_lp *lp = &p->t->lps[first];
	double y = y_of(p, first), height = p->row_height - 1;
	uint64_t arrive = lp->arrive_ns ? lp->arrive_ns : p->start_ns;
	uint64_t leave = lp->leave_ns ? lp->leave_ns : p->start_ns + p->length_ns;
	bool is_last = first + p->group >= p->t->nr_lps;
	bool before_last = !is_last && first + 2 * p->group >= p->t->nr_lps;
	char *name = row_name(p, first);
	struct ss_update_span span;
	uint32_t i;

	if (p->row_height > 9 || is_last || (first / p->group % 2 == 0 && !before_last))
		write_text(p, LEFT - 8, y + p->row_height / 2 + 3,
			   "text-anchor=\"end\" font-size=\"10\" fill=\"#444444\"", name);
	bar(p, arrive, leave, y, height, "#eeeeee", NULL);
	for (i = 0; i < p->t->result->nr_visits; i++) {
		const struct ss_update_visit *v = &p->t->result->visits[i];
		char *length, *about;

		if (!row_span(p, first, i, &span))
			continue;
		length = text_duration(span.end_ns - span.start_ns);
		about = text_format("%s: %s %s, %s", name, ss_update_step_name(v->step),
				    p->t->image_names[v->image], length);
		bar(p, span.start_ns, span.end_ns, y, height, colour(v->step), about);
		free(about);
		free(length);
	}
	free(name);
}

/* The step between ticks: 1, 2 or 5 times a power of ten, about eight of them in the picture. */
static uint64_t tick_ns(uint64_t length_ns)
{
	uint64_t tick = 1;

	while (tick * 8 < length_ns) {
		if (tick * 16 >= length_ns)
			return tick * 2;
		if (tick * 40 >= length_ns)
			return tick * 5;
		tick *= 10;
	}
	return tick;
}

static void axis(struct picture *p)
{
	uint64_t tick = tick_ns(p->length_ns), ns;
	/* Windows take milliseconds: pictures of several read alike. */
	const char *unit = p->length_ns < 10000 ? "ns" : p->length_ns < 1000000 ? "us" :
			   p->length_ns < 10000000000ULL ? "ms" : "s";
	double scale = p->length_ns < 10000 ? 1 : p->length_ns < 1000000 ? 1e3 :
		       p->length_ns < 10000000000ULL ? 1e6 : 1e9;

	for (ns = 0; ns <= p->length_ns; ns += tick) {
		double x = x_of(p, p->start_ns + ns);
		char *label = text_format("%.10g %s", (double)ns / scale, unit);

		fprintf(p->out,
			"<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#000000\" "
			"stroke-opacity=\"0.12\"/>\n",
			x, TOP, x, p->bottom + 5);
		write_text(p, x, p->bottom + 19, "text-anchor=\"middle\" fill=\"#444444\"", label);
		free(label);
	}
}

/* After this line only a successful installation leads back. */
static void shutdown_line(struct picture *p)
{
	double x;

	if (!p->t->result->shutdown_ns)
		return;
	x = x_of(p, p->t->result->shutdown_ns);
	fprintf(p->out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#a00000\" "
		"stroke-dasharray=\"4 3\"/>\n", x, BAND_Y, x, p->bottom + 5);
	write_text(p, x > WIDTH - 200 ? x - 4 : x + 4, p->bottom + 33,
		   x > WIDTH - 200 ? "text-anchor=\"end\" fill=\"#a00000\" font-size=\"11\"" :
		   "fill=\"#a00000\" font-size=\"11\"", "from here on the old module is shut down");
}

static void mark(struct picture *p, const struct ss_update_event *e, uint32_t number)
{
	double x = x_of(p, e->at_ns), y = y_of(p, e->lp) + p->row_height / 2;

	fprintf(p->out,
		"<circle cx=\"%.1f\" cy=\"%.1f\" r=\"7\" fill=\"#ffffff\" stroke=\"#a00000\" "
		"stroke-width=\"1.5\"/>\n",
		x, y);
	fprintf(p->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-size=\"9\" "
		"font-weight=\"bold\" fill=\"#a00000\">%u</text>\n", x, y + 3, number);
}

static void event_line(struct picture *p, uint32_t event, uint32_t times, uint32_t number)
{
	char *about = timeline_event_text(p->t, &p->t->result->events[event]), *line;

	if (times > 1)
		line = text_format("%u  %s (%u times)", number, about, times);
	else
		line = text_format("%u  %s", number, about);
	write_text(p, LEFT, p->bottom + 36 + LINE * number, "fill=\"#a00000\"", line);
	free(line);
	free(about);
}

/* Numbered marks at the failures, and a line for each failure below the picture. */
static void events(struct picture *p)
{
	const struct ss_update_result *result = p->t->result;
	uint32_t i = 0, number, times;
	char *line;

	for (number = 1; number <= p->listed; number++) {
		const struct ss_update_event *e = &result->events[i];

		times = timeline_same_events(p->t, i);
		if (e->lp < p->t->nr_lps && e->at_ns >= p->start_ns)
			mark(p, e, number);
		event_line(p, i, times, number);
		i += times;
	}
	if (i < result->nr_events) {
		line = text_format("and %u more", result->nr_events - i);
		write_text(p, LEFT, p->bottom + 36 + LINE * number, "fill=\"#a00000\"", line);
		free(line);
	}
}

void timeline_svg(const struct timeline *t, FILE *out)
{
	struct picture p = { .t = t, .out = out };
	uint32_t first;

	layout(&p);
	head(&p);
	legend(&p);
	band(&p);
	for (first = 0; first < t->nr_lps; first += p.group)
		row(&p, first);
	axis(&p);
	shutdown_line(&p);
	events(&p);
	fputs("</svg>\n", out);
}
