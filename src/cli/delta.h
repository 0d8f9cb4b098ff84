/*
 * The difference of two generations, for people and for programs.
 */
#ifndef WARDER_CLI_DELTA_H
#define WARDER_CLI_DELTA_H

#include "base/json.h"
#include "cli/cli.h"
#include "store/seal.h"

/* Without -v no more than so many changes and lines of diffs are printed; of larger files only sizes, always. */
enum { DELTA_LINES = 200, DELTA_DIFF_LINES = 400, DELTA_DIFF_SIZE = 64 << 10 };

/*
 * Prints a line for each change ("+ etc/new", "- etc/old", "~ etc/changed", "m etc/mode  0644 -> 0600, ..."), unified
 * diffs of text files that changed or were added, and how many changes of each kind there are.  Nothing with -q.
 * beforefd, afterfd: the two trees (PATH_ONLY|O_DIRECTORY); within: without -v only files whose path begins with that
 * are compared, NULL: all.  Files in them are hostile (R1, R2): what cannot be read, or is not what was sealed, is said
 * in its place.  Everything that comes from the trees is escaped (R21).  Fails only if nothing can be written.
 */
int delta_show(const struct cli *c, const struct delta *d, const char *within, int beforefd, int afterfd,
	struct err *e) must_check;
/* Of a base, what a person wants to read: its pristine skeleton.  The rest is packages and their databases. */
#define DELTA_WITHIN_BASE "skel/s/"

const char *delta_path(const struct change *ch);
/* Pure: one change as a line without its end, escaped. */
void delta_line(const struct change *ch, struct str *out);
/* Pure: all that a manifest says of an entry but its path, escaped: "file, 0644, 0:0, 1 name, 12 bytes, sha256 ...". */
void delta_entry(const struct seal_entry *v, struct str *out);
/* Pure: "3 added, 1 removed, 2 changed, 1 with other rights"; "no difference". */
void delta_counts(const struct delta *d, struct str *out);
/* Pure: escapes a line of a file, but for tabs and backslashes, which cannot steer a terminal and which a person wants
 * to read as they are. */
void delta_add_content(struct str *out, const char *text);

/* Pure: the array key with an object for each change, and after it the counts "added", "removed", "changed", "rights".
 */
void delta_json(struct json *j, const char *key, const struct delta *d);

/* The second part of delta_show: the diffs.  What cannot be compared is said in its place. */
void delta_show_files(const struct cli *c, const struct delta *d, const char *within, int beforefd, int afterfd);

#endif
