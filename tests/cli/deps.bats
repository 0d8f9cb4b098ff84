#!/usr/bin/env bats
# The list of packages: who needs what.

load helpers
setup()
{
	setup_scratch
	command -v dpkg-query > /dev/null || skip "not a Debian system"
	DEPS=$BATS_TEST_DIRNAME/../../tools/deps
	printf '# c\n[a]\ncoreutils # here\n[b]\nwarder-no-such-package\n' > "$SCRATCH/list"
}
teardown() { remove_scratch; }

# As nobody nothing is installed: what is missing is only told.
as_nobody()
{
	local drop=()
	[ "$(id -u)" != 0 ] || drop=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	chmod 755 "$SCRATCH"
	"${drop[@]}" sh -s -- "$@" < "$DEPS"
}

@test "a package that a target does not need is not asked for" {
	run as_nobody "$SCRATCH/list" a
	expect 0
	[ -z "$output" ]
	run as_nobody "$SCRATCH/list" a b
	expect 0 "not installed: warder-no-such-package"
}

@test "an unknown group is 64" {
	run as_nobody "$SCRATCH/list" a c
	expect 64 "no group c"
	run as_nobody "$SCRATCH/list"
	expect 64
}

@test "each group that the Makefile names is in packages.txt, and each of those is named" {
	cd "$BATS_TEST_DIRNAME/../.."
	diff <(sed -n 's/^\[\(.*\)\]$/\1/p' packages.txt | sort) \
	    <(sed -n 's/^\t$(DEPS) //p' Makefile | sed 's/||.*//; s/$(if[^,]*,[^,]*,\([a-z ]*\))/\1/' | xargs -n1 | sort -u)
}
