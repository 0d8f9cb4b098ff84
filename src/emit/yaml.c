/*
 * Lines of YAML.
 */
#include "emit/yaml.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

void
yaml_quote(struct str *out, const char *s)
{
	size_t left = strlen(s), len;
	uint32_t c;

	str_addc(out, '"');
	for (; left > 0; s += len, left -= len) {
		len = utf8_decode(s, left, &c);
		if (len == 0) {
			c = 0xfffd;
			len = 1;
		}
		if (c == '"' || c == '\\')
			str_addf(out, "\\%c", (char)c);
		else if (c >= ' ' && c < 0x7f)
			str_addc(out, (char)c);
		else if (c <= 0xffff)
			str_addf(out, "\\u%04x", c);
		else
			str_addf(out, "\\U%08x", c);
	}
	str_addc(out, '"');
}

/* The beginning of a line, up to its value. */
static void
begin(struct yaml *y, const char *key)
{
	unsigned columns = 2 * y->depth - (y->dash ? 2 : 0);

	for (unsigned i = 0; i < columns; i++)
		str_addc(&y->out, ' ');
	if (y->dash)
		str_add(&y->out, "- ");
	y->dash = false;
	str_addf(&y->out, "%s:", key);
}

void
yaml_document(struct yaml *y)
{
	str_add(&y->out, "---\n");
}

void
yaml_open(struct yaml *y, const char *key)
{
	begin(y, key);
	str_addc(&y->out, '\n');
	y->depth++;
}

void
yaml_item(struct yaml *y)
{
	y->depth++;
	y->dash = true;
}

void
yaml_end(struct yaml *y)
{
	y->depth--;
}

void
yaml_text(struct yaml *y, const char *key, const char *value)
{
	begin(y, key);
	str_addc(&y->out, ' ');
	yaml_quote(&y->out, value);
	str_addc(&y->out, '\n');
}

void
yaml_number(struct yaml *y, const char *key, uint64_t n)
{
	begin(y, key);
	str_addf(&y->out, " %" PRIu64 "\n", n);
}

void
yaml_bool(struct yaml *y, const char *key, bool b)
{
	begin(y, key);
	str_add(&y->out, b ? " true\n" : " false\n");
}

void
yaml_texts(struct yaml *y, const char *key, const struct strv *l)
{
	begin(y, key);
	if (l->n == 0)
		str_add(&y->out, " []");
	str_addc(&y->out, '\n');
	for (size_t i = 0; i < l->n; i++) {
		for (unsigned n = 0; n <= y->depth; n++)
			str_add(&y->out, "  ");
		str_add(&y->out, "- ");
		yaml_quote(&y->out, l->v[i]);
		str_addc(&y->out, '\n');
	}
}

void
yaml_number_item(struct yaml *y, uint64_t n)
{
	for (unsigned i = 0; i < y->depth; i++)
		str_add(&y->out, "  ");
	str_addf(&y->out, "- %" PRIu64 "\n", n);
}
