/* export_units.h - numbers as people read them: 23.85 ms, 1.9 MB, 99.7%, 29,860,703. */
#ifndef EXPORT_UNITS_H
#define EXPORT_UNITS_H

#include "strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct unit_style {
	bool ascii;	 /* "us", "+/-", "-" */
	const char *gap; /* between number and unit: " " or "" */
};

/* Time in the unit that suits it, four digits at most where it is below 1000 s. */
void unit_time(struct strbuf *out, double ns, struct unit_style style);
/* "35.21 ms ± 0.40 ms": both in the unit of the first, both with its digits. */
void unit_time_error(struct strbuf *out, double ns, double error_ns, struct unit_style style);
/* "1.9 MB"; 1 kB is 1000 bytes. */
void unit_bytes(struct strbuf *out, uint64_t bytes);
/* "99.7%"; "<0.1%" for a share that is there but would be shown as 0.0%. */
void unit_percent(struct strbuf *out, double percent);
/* "29,860,703" */
void unit_count(struct strbuf *out, uint64_t count);
/* The same for a mean: "1,234" or, where it is no integer, "1,234.5". */
void unit_mean_count(struct strbuf *out, double count);

#endif
