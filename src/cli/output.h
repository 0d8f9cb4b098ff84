/*
 * Where the texts that a verb makes go: standard output, a file, or a directory.
 */
#ifndef WARDER_CLI_OUTPUT_H
#define WARDER_CLI_OUTPUT_H

#include "cli/cli.h"
#include "emit/emit.h"

/*
 * Writes what was made: without -o to standard output, which takes one file only; with -o into that directory, if it is
 * one, or ends with '/', or there are several files, else as that file.  A file that is there is replaced whole, other
 * files of a directory stay.  ERR_USAGE where several files have no directory to go to.
 */
int output_write(const struct cli *c, const struct emit_files *files, struct err *e) must_check;

#define OPTION_OUTPUT                                                                                                  \
	{                                                                                                              \
		'o', "output", "FILE", OPT_TEXT, offsetof(struct options, output), 0,                                  \
			"write to this file or into this directory, not to standard output"                            \
	}

#endif
