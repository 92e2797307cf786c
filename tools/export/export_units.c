/* Units are chosen after rounding, so that nothing is ever shown as 1000.0 of a unit that has a larger neighbour. */
#include "export_units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

struct unit {
	const char *name, *ascii;
	double size;
};

static const struct unit times[] = {{"ns", "ns", 1}, {"µs", "us", 1e3}, {"ms", "ms", 1e6}, {"s", "s", 1e9}};
static const struct unit bytes_units[] = {
    {"bytes", "bytes", 1}, {"kB", "kB", 1e3}, {"MB", "MB", 1e6}, {"GB", "GB", 1e9}, {"TB", "TB", 1e12},
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int time_decimals(double value, const struct unit *unit)
{
	if (unit->size == 1)
		return value < 9.95 ? 1 : 0;
	return value < 99.995 ? 2 : 1;
}

static const struct unit *time_unit(double ns)
{
	size_t i = 0;

	while (i + 1 < COUNT(times) && ns / times[i].size >= (i == 0 ? 999.5 : 999.95))
		i++;
	return &times[i];
}

static void put_time(struct strbuf *out, double ns, const struct unit *unit, int decimals, struct unit_style style)
{
	strbuf_printf(out, "%.*f%s%s", decimals, ns / unit->size, style.gap, style.ascii ? unit->ascii : unit->name);
}

void unit_time(struct strbuf *out, double ns, struct unit_style style)
{
	const struct unit *unit = time_unit(ns);

	put_time(out, ns, unit, time_decimals(ns / unit->size, unit), style);
}

void unit_time_error(struct strbuf *out, double ns, double error_ns, struct unit_style style)
{
	const struct unit *unit = time_unit(ns);
	int decimals = time_decimals(ns / unit->size, unit);

	put_time(out, ns, unit, decimals, style);
	strbuf_puts(out, style.ascii ? " +/- " : " ± ");
	put_time(out, error_ns, unit, decimals, style);
}

void unit_bytes(struct strbuf *out, uint64_t bytes)
{
	double value = (double)bytes;
	size_t i = 0;

	while (i + 1 < COUNT(bytes_units) && value / bytes_units[i].size >= (i == 0 ? 1000 : 999.95))
		i++;
	if (i == 0)
		strbuf_printf(out, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
	else
		strbuf_printf(out, "%.1f %s", value / bytes_units[i].size, bytes_units[i].name);
}

void unit_percent(struct strbuf *out, double percent)
{
	if (percent > 0 && percent < 0.05)
		strbuf_puts(out, "<0.1%");
	else
		strbuf_printf(out, "%.1f%%", percent);
}

void unit_count(struct strbuf *out, uint64_t count)
{
	char digits[32];
	int size = snprintf(digits, sizeof(digits), "%" PRIu64, count);

	for (int i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			strbuf_add(out, ",", 1);
		strbuf_add(out, &digits[i], 1);
	}
}

void unit_mean_count(struct strbuf *out, double count)
{
	double whole = floor(count);
	int tenth = (int)lround((count - whole) * 10);

	if (count > 0 && count < 0.05) {
		strbuf_puts(out, "<0.1");
		return;
	}
	if (tenth == 10) {
		whole += 1;
		tenth = 0;
	}
	unit_count(out, whole < 18446744073709549568.0 ? (uint64_t)whole : UINT64_MAX);
	if (tenth > 0)
		strbuf_printf(out, ".%d", tenth);
}
