/*
 * The scripts: each hands the words up to the cursor to "warder completion words" and offers what comes back, one a
 * line: a word, a tab, what it is; ":files" and ":directories" for what the shell itself knows better.
 */
#include "cli/completion.h"

void
completion_bash(struct str *out)
{
	str_add(out,
		"# bash completion for warder; made by \"warder completion bash\"\n"
		"_warder()\n"
		"{\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} line found\n"
		"\t[[ $cur != = ]] || cur=\n"
		"\tCOMPREPLY=()\n"
		"\twhile IFS= read -r line; do\n"
		"\t\tfound=()\n"
		"\t\tcase $line in\n"
		"\t\t:files) compopt -o filenames 2> /dev/null; mapfile -t found < <(compgen -f -- \"$cur\") ;;\n"
		"\t\t:directories) compopt -o filenames 2> /dev/null; mapfile -t found < <(compgen -d -- \"$cur\") ;;\n"
		"\t\t\"$cur\"*) found=(\"${line%%$'\\t'*}\") ;;\n"
		"\t\tesac\n"
		"\t\tCOMPREPLY+=(\"${found[@]}\")\n"
		"\tdone < <(\"${COMP_WORDS[0]}\" completion words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2> /dev/null)\n"
		"}\n"
		"complete -F _warder warder\n");
}

void
completion_zsh(struct str *out)
{
	str_add(out, "#compdef warder\n"
		     "# zsh completion for warder; made by \"warder completion zsh\"\n"
		     "_warder()\n"
		     "{\n"
		     "\tlocal line\n"
		     "\tlocal -a found\n"
		     "\tfor line in ${(f)\"$(${words[1]} completion words -- \"${(@)words[2,CURRENT]}\" 2> "
		     "/dev/null)\"}; do\n"
		     "\t\tcase $line in\n"
		     "\t\t(:files) _files ;;\n"
		     "\t\t(:directories) _files -/; return ;;\n"
		     "\t\t(*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}${${line#*$'\\t'}:+:${line#*$'\\t'}}\") ;;\n"
		     "\t\tesac\n"
		     "\tdone\n"
		     "\t_describe warder found\n"
		     "}\n"
		     "_warder \"$@\"\n");
}

void
completion_fish(struct str *out)
{
	str_add(out, "# fish completion for warder; made by \"warder completion fish\"\n"
		     "function __warder_words\n"
		     "\tset -l line (commandline -opc)\n"
		     "\tset -l cur (commandline -ct)\n"
		     "\tfor found in ($line[1] completion words -- $line[2..-1] \"$cur\" 2> /dev/null)\n"
		     "\t\tswitch $found\n"
		     "\t\t\tcase :files\n"
		     "\t\t\t\t__fish_complete_path \"$cur\"\n"
		     "\t\t\tcase :directories\n"
		     "\t\t\t\t__fish_complete_directories \"$cur\"\n"
		     "\t\t\tcase '*'\n"
		     "\t\t\t\techo $found\n"
		     "\t\tend\n"
		     "\tend\n"
		     "end\n"
		     "complete -c warder -f -a '(__warder_words)'\n");
}
