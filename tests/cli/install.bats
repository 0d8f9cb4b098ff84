#!/usr/bin/env bats
# What `make install` puts where, seen in a folder of its own.

load helpers
setup()
{
	setup_scratch
	command -v meson > /dev/null || skip "meson is not installed"
	[ -e "$WARDER_BUILD/build.ninja" ] || skip "not a folder that meson builds in"
	DESTDIR=$SCRATCH/to meson install -C "$WARDER_BUILD" --no-rebuild --quiet > "$SCRATCH/log" 2>&1 || { cat "$SCRATCH/log"; false; }
	to=$(dirname "$(dirname "$(find "$SCRATCH/to" -path '*/sbin/warder')")")
	cd "$BATS_TEST_DIRNAME/../.."
}
teardown() { remove_scratch; }

@test "programs, manual pages and completion are installed" {
	"$to/sbin/warder" version
	[ -x "$to/libexec/warder/warder-net" ]
	[ -x "$to/libexec/warder/warder-image" ]
	[ -e "$to/share/man/man8/warder.8" ]
	for page in warder.8 warder.conf.5 warder.7; do [ -e "$to/share/man/man${page##*.}/$page" ]; done
	[ -s "$to/share/bash-completion/completions/warder" ]
	[ -s "$to/share/zsh/site-functions/_warder" ]
	[ -s "$to/share/fish/vendor_completions.d/warder.fish" ]
}

# The installed script, with a warder that ends so.
periodic()
{
	printf '#!/bin/sh\necho "$@"\nexit %s\n' "$1" > "$SCRATCH/warder"
	chmod +x "$SCRATCH/warder"
	run env "security_status_warder_verify_enable=$2" "security_status_warder_verify_program=$SCRATCH/warder" \
		sh "$to/share/warder/periodic/450.warder-verify"
}

@test "the nightly verification is installed, for systemd and periodic(8), and is what they take" {
	local units=$to/lib/systemd/system script=$to/share/warder/periodic/450.warder-verify
	grep -qx "ExecStart=${to#"$SCRATCH/to"}/sbin/warder verify --full --all --quiet" "$units/warder-verify.service"
	[ -x "$script" ]
	periodic 2 YES
	expect 3 "verify --quiet --full --all"
	periodic 1 yes
	expect 2
	periodic 2 NO
	expect 0
	[ -z "$output" ]
	! command -v shellcheck > /dev/null || shellcheck -s sh -e SC1091 "$script"
	command -v systemd-analyze > /dev/null || skip "systemd-analyze is not installed"
	mkdir "$SCRATCH/units"
	cp "$units"/* "$SCRATCH/units"
	sed -i "s|^ExecStart=|&$SCRATCH/to|" "$SCRATCH/units/warder-verify.service"
	run systemd-analyze verify --man=no "$SCRATCH/units/warder-verify.service" "$SCRATCH/units/warder-verify.timer"
	expect 0
	[[ $output != *warder-verify* ]]
}

@test "documents and examples are installed whole" {
	for f in README.md CHANGELOG.md LICENSE docs/*.md; do cmp "$f" "$to/share/doc/warder/$f"; done
	diff -r examples "$to/share/doc/warder/examples"
	[ -x "$to/share/doc/warder/examples/seed/ldap/skel/usr-local/sbin/seed-ldap" ]
	"$WARDER" -f "$to/share/doc/warder/examples/seed/warder.conf" config check
}

@test "each file that an example or a document names is there" {
	[ -e examples/seed/README.md ]
	for f in $(grep -oh '`\(docs\|examples\|tools\|tests\|src\)/[A-Za-z0-9_./-]*`' README.md CONTRIBUTING.md docs/*.md examples/*/README.md | tr -d '`' | sort -u); do
		[ -e "$f" ] || [ -e "src/${f}" ] || { echo "$f is named and is not there"; return 1; }
	done
}
