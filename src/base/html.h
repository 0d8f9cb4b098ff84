/*
 * Text of others in a page of HTML.
 */
#ifndef WARDER_BASE_HTML_H
#define WARDER_BASE_HTML_H

#include "base/str.h"

/*
 * Appends s so that it is text and nothing else, in an element or in a quoted attribute: as str_add_escaped does
 * (controls, what is not UTF-8, bidirectional controls), and & < > " ' as references.  NULL adds nothing.
 */
void html_add(struct str *out, const char *s);
void html_addf(struct str *out, const char *fmt, ...) printf_like(2, 3);

#endif
