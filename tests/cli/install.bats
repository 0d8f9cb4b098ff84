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
