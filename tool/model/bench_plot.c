// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A plot of "seamstep bench lockstep": LPs against the time of a step, both logarithmic, as SVG. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH	760
#define HEIGHT	460
#define LEFT	80
#define RIGHT	170
#define TOP	50
#define BOTTOM	60
#define MAX_WAYS	8

static const char *const colours[MAX_WAYS] = {
	"#0b6e4f", "#c1292e", "#235789", "#e08e45", "#7b4b94", "#555555", "#999999", "#000000",
};

#define LABEL_HEIGHT	15	/* the least distance of two labels at the right edge */

struct plot {
	double max_lps, min_ns, max_ns;
	double label_y[MAX_WAYS];
	const char *way[MAX_WAYS];
	size_t nr_ways;
};

static double lps_of(const json_t *row)
{
	return (double)json_integer_value(json_object_get(row, "lps"));
}

static double ns_of(const json_t *row)
{
	return json_real_value(json_object_get(row, "step_ns"));
}

static const char *way_of(const json_t *row)
{
	return json_string_value(json_object_get(row, "way"));
}

static bool is_virtual(const json_t *row)
{
	return !strcmp(json_string_value(json_object_get(row, "place")), "virtual");
}

static double x_of(const struct plot *p, double lps)
{
	return LEFT + (WIDTH - LEFT - RIGHT) * (log2(lps) - 1) / (log2(p->max_lps) - 1);
}

static double y_of(const struct plot *p, double ns)
{
	return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (log10(ns) - log10(p->min_ns)) /
				 (log10(p->max_ns) - log10(p->min_ns));
}

/* The index of a way of the virtual place; nr_ways: only real threads have this way. */
static size_t find_way(const struct plot *p, const json_t *row)
{
	size_t k;

	for (k = 0; k < p->nr_ways && strcmp(p->way[k], way_of(row)); k++)
		;
	return k;
}

static void add_way(struct plot *p, const json_t *row)
{
	if (is_virtual(row) && find_way(p, row) == p->nr_ways && p->nr_ways < MAX_WAYS)
		p->way[p->nr_ways++] = way_of(row);
}

/* The axes hold every point that is drawn, in whole decades. */
static void measure(struct plot *p, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
		add_way(p, row);
	p->max_lps = 4;
	p->min_ns = 1e3;
	p->max_ns = 1e3;
	json_array_foreach((json_t *)rows, i, row) {
		if (find_way(p, row) == p->nr_ways)
			continue;
		p->max_lps = fmax(p->max_lps, lps_of(row));
		while (ns_of(row) > p->max_ns)
			p->max_ns *= 10;
		while (ns_of(row) < p->min_ns && p->min_ns > 1)
			p->min_ns /= 10;
	}
}

static void draw_axes(FILE *f, const struct plot *p)
{
	double v;

	for (v = 2; v <= p->max_lps; v *= 2)
		fprintf(f,
			"<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#eee\"/>"
			"<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>\n",
			x_of(p, v), TOP, x_of(p, v), HEIGHT - BOTTOM, x_of(p, v),
			HEIGHT - BOTTOM + 18, v);
	for (v = p->min_ns; v <= p->max_ns; v *= 10)
		fprintf(f,
			"<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>"
			"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
			LEFT, y_of(p, v), WIDTH - RIGHT, y_of(p, v), LEFT - 8, y_of(p, v) + 4,
			v < 10	  ? "1 ns"
			: v < 100 ? "10 ns"
			: v < 1e3 ? "100 ns"
			: v < 1e4 ? "1 µs"
			: v < 1e5 ? "10 µs"
			: v < 1e6 ? "100 µs"
				  : "1 ms");
	fprintf(f, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">LPs</text>\n",
		(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16);
	fprintf(f, "<text x=\"18\" y=\"%d\" text-anchor=\"middle\" "
		"transform=\"rotate(-90 18 %d)\">time of a step</text>\n",
		(TOP + HEIGHT - BOTTOM) / 2, (TOP + HEIGHT - BOTTOM) / 2);
}

/* A label goes up where it would lie on another one. */
static double label_y(struct plot *p, size_t k, double y)
{
	size_t i;

	for (i = p->nr_ways; i-- > k + 1;)
		if (fabs(y - p->label_y[i]) < LABEL_HEIGHT) {
			y = p->label_y[i] - LABEL_HEIGHT;
			i = p->nr_ways;
		}
	return p->label_y[k] = y;
}

static void draw_way(FILE *f, struct plot *p, const json_t *rows, size_t k)
{
	double x = LEFT, y = TOP;
	const json_t *row;
	size_t i;

	fprintf(f, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%d\" points=\"",
		colours[k], k ? 2 : 4);
	json_array_foreach((json_t *)rows, i, row) {
		if (!is_virtual(row) || strcmp(way_of(row), p->way[k]))
			continue;
		x = x_of(p, lps_of(row));
		y = y_of(p, ns_of(row));
		fprintf(f, "%.1f,%.1f ", x, y);
	}
	fprintf(f, "\"/>\n<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\"%s>%s</text>\n", x + 8,
		label_y(p, k, y + 4), colours[k], k ? "" : " font-weight=\"bold\"", p->way[k]);
}

/* What this machine ran with real threads: a ring for each way, words for one without a line. */
static void draw_threads(FILE *f, const struct plot *p, const json_t *rows)
{
	int line = TOP + 16;
	const json_t *row;
	size_t i, k;

	json_array_foreach((json_t *)rows, i, row) {
		k = find_way(p, row);
		if (is_virtual(row))
			continue;
		if (k < p->nr_ways) {
			fprintf(f,
				"<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"none\" "
				"stroke=\"%s\" stroke-width=\"2\"/>\n",
				x_of(p, lps_of(row)), y_of(p, ns_of(row)), colours[k]);
			continue;
		}
		fprintf(f,
			"<text x=\"%d\" y=\"%d\">%s, real threads only: %.0f LPs, "
			"%.1f µs</text>\n",
			LEFT + 10, line, way_of(row), lps_of(row), ns_of(row) / 1e3);
		line += LABEL_HEIGHT;
	}
}

bool bench_plot(const json_t *rows, const char *path)
{
	struct plot p = { .nr_ways = 0 };
	char *text = NULL;
	size_t bytes = 0, k;
	FILE *f = open_memstream(&text, &bytes);
	bool ok;

	measure(&p, rows);
	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
		"font-family=\"sans-serif\" font-size=\"12\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
		"<text x=\"%d\" y=\"24\" font-size=\"15\">Time of one step of all LPs: lines in "
		"virtual "
		"time, rings with real threads</text>\n",
		WIDTH, HEIGHT, LEFT);
	draw_axes(f, &p);
	for (k = p.nr_ways; k-- > 0;)
		draw_way(f, &p, rows, k);
	draw_threads(f, &p, rows);
	fprintf(f, "</svg>\n");
	fclose(f);
	ok = file_write(path, text, bytes, 0644);
	free(text);
	return ok;
}
