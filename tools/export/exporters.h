/* exporters.h - the exporters, one a file. To add one: write export_NAME.c, declare it here, add a row in exporters.c. */
#ifndef EXPORTERS_H
#define EXPORTERS_H

#include "exporter.h"

extern const struct exporter export_text, export_json;
extern const struct exporter export_annotate, export_html;
extern const struct exporter export_folded, export_flamegraph, export_pprof, export_callgrind;
extern const struct exporter export_speedscope, export_chrome, export_firefox, export_dhat, export_sarif;

#endif
