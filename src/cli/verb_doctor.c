/*
 * warder doctor: what this kernel and machine offer, what is missing, and what follows from that.
 */
#include "base/table.h"
#include "cli/cli.h"
#include "run/backend.h"

enum { STATUS_LACKING = 69 };

static const char *const offer_words[] = {[OFFER_YES] = "yes", [OFFER_NO] = "no", [OFFER_PARTLY] = "partly"};

static void
print_json(const struct finding *f, size_t n, bool ok)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_bool(&j, "ok", ok);
	json_array(&j, "findings");
	for (size_t i = 0; i < n; i++) {
		json_object(&j, NULL);
		json_string(&j, "name", f[i].name);
		json_string(&j, "have", offer_words[f[i].have]);
		json_bool(&j, "required", f[i].required);
		json_string(&j, "detail", f[i].detail);
		json_string(&j, "follows", f[i].follows);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
}

static void
print_table(struct cli *c, const struct finding *f, size_t n)
{
	static const char *const heads[] = {"WHAT", "HAVE", "NEEDED", "DETAIL", "WITHOUT IT"};
	struct table t;
	table_init(&t, &c->a, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < n; i++) {
		table_add(&t, f[i].name);
		table_add(&t, offer_words[f[i].have]);
		table_add(&t, f[i].required ? "yes" : "no");
		table_add(&t, f[i].detail);
		table_add(&t, f[i].have == OFFER_YES ? NULL : f[i].follows);
	}
	table_print(&t, stdout, c->color);
}

static int
doctor_main(struct cli *c, struct err *e)
{
	struct finding *f;
	size_t n;
	bool ok = true;
	if (backend_native.doctor(c->root, &c->a, &f, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		ok = ok && !(f[i].required && f[i].have == OFFER_NO);
	if (c->o.json)
		print_json(f, n, ok);
	else if (!c->o.quiet)
		print_table(c, f, n);
	return ok ? 0 : STATUS_LACKING;
}

const struct verb verb_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "say what this kernel and machine offer, and what is missing",
	.text = "Exits with 69 if something that every jail needs is missing.",
	.flags = VERB_WANTS | VERB_JSON,
	.run = doctor_main,
};
