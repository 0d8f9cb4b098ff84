#!/usr/bin/env bats
# What is installed on FreeBSD, as far as another system can tell: the rc.d script with a stand-in for rc.subr(8), the
# rules for devfs(8), and that the port installs what it lists.

load helpers
TREE=$BATS_TEST_DIRNAME/../..

setup()
{
	setup_scratch
	mkdir "$SCRATCH/local"
	printf '#!/bin/sh\necho "devfs $*" >> "%s/said"\n' "$SCRATCH" > "$SCRATCH/devfs"
	# Says what it was asked for; "down" does not run, "bad" cannot be started.
	cat > "$SCRATCH/warder" <<-EOF
		#!/bin/sh
		echo "warder \$*" >> "$SCRATCH/said"
		case "\$*" in
		"list -q"*) echo up; echo down ;;
		"status"*" up") exit 0 ;;
		"status"*" down") exit 3 ;;
		"status"*) exit 4 ;;
		*" bad"*) exit 1 ;;
		esac
	EOF
	chmod +x "$SCRATCH/devfs" "$SCRATCH/warder"
	sed -e "s|/etc/rc.subr|$BATS_TEST_DIRNAME/rc.subr|" -e "s|@sbindir@/warder|$SCRATCH/warder|" \
		-e "s|@datadir@/warder|$TREE/data|" "$TREE/data/warder.rc.in" > "$SCRATCH/rc"
	echo 'warder_enable=YES' > "$SCRATCH/rc.conf"
	: > "$SCRATCH/said"
}
teardown() { remove_scratch; }

rc() { run env RC_CONF="$SCRATCH/rc.conf" DEVFS="$SCRATCH/devfs" sh "$SCRATCH/rc" "$@"; }
said() { grep -x -- "$1" "$SCRATCH/said" || { echo "not said: $1"; cat "$SCRATCH/said"; return 1; }; }

@test "rc.d: a start loads the ruleset for /dev first, and then starts all jails" {
	rc start
	[ "$status" -eq 0 ]
	[ "$(head -n 1 "$SCRATCH/said")" = "devfs rule -s 4100 delset" ]
	said "devfs rule -s 4100 add path null unhide"
	said "devfs rule -s 4100 add path fd/\* unhide"
	[ "$(tail -n 1 "$SCRATCH/said")" = "warder start --all" ]
}

@test "rc.d: without the rules no jail is started" {
	echo 'warder_devfs_rules=/nonexistent' >> "$SCRATCH/rc.conf"
	rc start
	[ "$status" -ne 0 ]
	[[ $output == *"no jail is started"* ]]
	run ! grep -q "^warder start" "$SCRATCH/said"
}

@test "rc.d: a jail that does not start is a failure of the script" {
	rc start up bad
	[ "$status" -eq 1 ]
	said "warder start up bad"
}

@test "rc.d: warder_list and warder_flags are taken, and names on the command line before them" {
	printf 'warder_list="up down"\nwarder_flags="--root /other"\n' >> "$SCRATCH/rc.conf"
	rc stop
	said "warder stop --root /other up down"
	rc restart up
	said "warder restart --root /other up"
}

@test "rc.d: it does nothing unless it is enabled, or told so by onestart" {
	: > "$SCRATCH/rc.conf"
	rc start
	[ "$status" -ne 0 ]
	[ ! -s "$SCRATCH/said" ]
	rc onestart up
	[ "$status" -eq 0 ]
	said "warder start up"
}

@test "rc.d: status is the worst of the jails', and tells each" {
	rc status up
	[ "$status" -eq 0 ]
	[ "$output" = "up is running." ]
	rc status
	[ "$status" -eq 3 ]
	[[ $output == *"up is running."*"down is not running."* ]]
	rc status up nobody down
	[ "$status" -eq 4 ]
}

@test "rc.d and periodic(8): scripts for sh(1), with what rcorder(8) reads" {
	command -v shellcheck > /dev/null || skip "shellcheck is not installed"
	sh -n "$TREE/data/warder.rc.in"
	shellcheck -s sh -e SC1091 "$TREE/data/warder.rc.in" "$TREE/data/450.warder-verify.in"
	for line in "PROVIDE: warder" "REQUIRE: LOGIN FILESYSTEMS" "KEYWORD: shutdown"; do
		grep -qx "# $line" "$TREE/data/warder.rc.in"
	done
}

@test "the rules for /dev are those that emit jail.conf writes" {
	# A unit test holds the golden case against what is written.
	sed -n '/^\[warder_jail=/,/^add path .pts\/\*. unhide$/{p;/pts\/\*/q}' "$TREE/tests/golden/emit-jail-conf.case" > "$SCRATCH/emitted"
	[ "$(wc -l < "$SCRATCH/emitted")" -gt 10 ]
	diff <(grep -v '^#' "$TREE/data/devfs.rules") "$SCRATCH/emitted"
	# Everything is hidden first.
	[ "$(grep -v '^#' "$TREE/data/devfs.rules" | sed -n 2p)" = "add hide" ]
}

@test "the sample of a configuration is one" {
	cp "$TREE/data/warder.conf.sample" "$SCRATCH/w.conf"
	chmod 644 "$SCRATCH/w.conf"
	"$WARDER" -f "$SCRATCH/w.conf" config check
}

# The recipe of a target has variables as sh(1) has them.
@test "the port installs what pkg-plist lists, and nothing else" {
	local stage=$SCRATCH/stage
	sed -n '/^do-install:/,/^$/p' "$TREE/port/Makefile" | sed -n 's/^\t//p' > "$SCRATCH/install"
	[ "$(wc -l < "$SCRATCH/install")" -gt 10 ]
	# The program itself is not built here for FreeBSD.
	mkdir "$SCRATCH/src" "$SCRATCH/src/build"
	ln -s "$TREE"/{data,examples,man} "$SCRATCH/src/"
	echo program > "$SCRATCH/src/build/warder"
	env PREFIX=/usr/local STAGEDIR="$stage" WRKSRC="$SCRATCH/src" EXAMPLESDIR=/usr/local/share/examples/warder \
		MKDIR="mkdir -p" SED=sed CHMOD=chmod INSTALL_PROGRAM="install -m 555" INSTALL_DATA="install -m 644" \
		INSTALL_MAN="install -m 444" PATHS_SED="-e s|@sbindir@|/usr/local/sbin|g -e s|@datadir@|/usr/local/share|g" \
		sh -eu "$SCRATCH/install"
	diff <(cd "$stage" && { find . -type f; find . -type d -empty; } | sed 's|^\./|/|; s|\(/man/.*\)|\1.gz|' | sort) \
		<(sed -e 's|^@sample ||' -e 's|^@dir[^ ]* ||' -e 's|%%EXAMPLESDIR%%|share/examples/warder|' \
			-e '/^\//!s|^|/usr/local/|' "$TREE/port/pkg-plist" | sort)
	run ! grep -rn "@[a-z]*dir@" "$stage"
}
