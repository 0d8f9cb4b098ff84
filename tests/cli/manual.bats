#!/usr/bin/env bats
# The manual and the program's tables say the same, both ways.

load helpers
MAN=$BATS_TEST_DIRNAME/../../man

# "VERB" and "VERB --OPTION" from the manual's .Ss and .It Fl lines.
manual_rows()
{
	awk '/^\.Sh / { verb = ""; on = $2 == "VERBS" } on && /^\.Ss / { sub(/^\.Ss /, ""); verb = $0; print verb }
	    on && /^\.It Fl/ { if (match($0, /-[a-z][a-z-]+/)) print verb " -" substr($0, RSTART, RLENGTH) }' \
		"$MAN/warder.8" | sort
}

program_rows()
{
	"$WARDER" help --json | jq -r 'def rows(p): (p + .name) as $n | $n, (.options[] | $n + " --" + .name),
	    (.subverbs[] | rows($n + " ")); .verbs[] | rows("")' | sort
}

@test "each verb, and each option of a verb, is in warder(8), and no other" {
	diff <(program_rows) <(manual_rows)
}

@test "each common option is in warder(8), and no other" {
	diff <("$WARDER" help --json | jq -r '.options[].name' | sort) \
	    <(awk '/^\.Sh / { on = $2 == "OPTIONS" } on && /^\.It Fl/ && match($0, /-[a-z][a-z-]+/) {
		print substr($0, RSTART + 1, RLENGTH - 1) }' "$MAN/warder.8" | sort)
}

@test "each key is in warder.conf(5), and no other" {
	diff <("$WARDER" config keys -q | sort) \
	    <(awk '/^\.Sh / { on = /KEYS/ } on && /^\.It Ic/ { print $3 }' "$MAN/warder.conf.5" | sort)
}

@test "each suite of tests/run is in CONTRIBUTING.md with when it runs, and no other" {
	cd "$BATS_TEST_DIRNAME/../.."
	diff <(sed -n 's/^ *"\([a-z]*\)": ([a-z]*, "\([a-z]*\)"),$/\1 \2/p' tests/run | sort) \
	    <(sed -n 's/^| `\([a-z]*\)` |.*| yes | yes |$/\1 always/p; s/^| `\([a-z]*\)` |.*| no | yes |$/\1 ci/p' CONTRIBUTING.md | sort)
}

@test "mandoc finds nothing to warn of" {
	command -v mandoc > /dev/null || skip "mandoc is not installed"
	for page in warder.8 warder.conf.5 warder.7; do
		mandoc -T lint -W warning "$MAN/$page"
	done
}
