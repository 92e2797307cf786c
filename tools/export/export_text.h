/* export_text.h - what other texts for people share with the report. */
#ifndef EXPORT_TEXT_H
#define EXPORT_TEXT_H

#include "export_page.h"

/* What ran, how long, and how far the figures can be trusted. */
void text_head(const struct page *page);

#endif
