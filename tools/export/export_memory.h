/* export_memory.h - memory in the text report. */
#ifndef EXPORT_MEMORY_H
#define EXPORT_MEMORY_H

#include "export_page.h"

/* Totals and the functions that allocate most. */
void memory_section(const struct page *page);
/* A line for the page of one function; nothing where allocations were not counted. */
void memory_of_function(const struct page *page, uint32_t fn);

#endif
