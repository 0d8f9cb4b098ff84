#!/usr/bin/env bats
# emit and adopt without jails: words, files, exit statuses.

load helpers
SEED=$BATS_TEST_DIRNAME/../golden/seed.fstab
CONF=$BATS_TEST_DIRNAME/../../examples/seed/warder.conf

setup()
{
	setup_scratch
	cp "$CONF" "$SCRATCH/w.conf"
	chmod 644 "$SCRATCH/w.conf"
}
teardown() { remove_scratch; }

warder() { "$WARDER" -f "$SCRATCH/w.conf" "$@"; }

@test "the proposal's lines are there, without a store, as one file or on standard output" {
	warder emit fstab --os freebsd --manage --plain --all > "$SCRATCH/all"
	diff <(sort "$SCRATCH/all") <(sed -n '/^# Jails/,$p' "$SEED" | sort)
	warder emit fstab --os freebsd --manage --plain --all -o "$SCRATCH/file"
	cmp "$SCRATCH/all" "$SCRATCH/file"
	mkdir "$SCRATCH/dir"
	warder emit fstab --os freebsd --manage --plain --all -o "$SCRATCH/dir"
	cmp "$SCRATCH/all" "$SCRATCH/dir/fstab"
	warder emit fstab --os freebsd --manage --plain --all --output="$SCRATCH/new/"
	cmp "$SCRATCH/all" "$SCRATCH/new/fstab"
}

@test "a file that is there is replaced, not written through" {
	echo precious > "$SCRATCH/target"
	ln -s target "$SCRATCH/out"
	warder emit fstab --plain ldap -o "$SCRATCH/out"
	[ "$(cat "$SCRATCH/target")" = precious ]
	[ "$(grep -c ldap "$SCRATCH/out")" -eq 3 ]
	umask 027
	warder emit fstab --plain ldap -o "$SCRATCH/narrow"
	[ "$(stat -c %a "$SCRATCH/narrow")" = 640 ]
}

@test "only the named jails are there" {
	run warder emit fstab --plain 'l*'
	expect 0 "/jails/j/ldap"
	[[ $output != *bind/s* ]]
}

@test "what emit cannot do is said" {
	run "$WARDER" emit
	expect 64 "which one?"
	run warder emit fstba x
	expect 64 "did you mean fstab?"
	run warder emit fstab
	expect 64 "too few operands"
	run warder emit fstab --plain nobody
	expect 78 "declares no such jail"
	run warder emit fstab --os plan9 --plain ldap
	expect 64 "neither linux nor freebsd"
	run warder emit fstab --plain ldap -o "$SCRATCH/no/such/file"
	[ "$status" -eq 1 ]
	needs_root
	"$WARDER" --root "$SCRATCH/root" init -q
	run warder --root "$SCRATCH/root" emit fstab ldap
	expect 1 "was not created" "warder create ldap"
}

@test "adopt, then emit: the proposal's lines come back" {
	"$WARDER" adopt fstab "$SEED" -o "$SCRATCH/adopted.conf"
	"$WARDER" -f "$SCRATCH/adopted.conf" emit fstab --os freebsd --manage --plain --all > "$SCRATCH/again"
	diff <(sort "$SCRATCH/again") <(sed -n '/^# Jails/,$p' "$SEED" | sort)
	"$WARDER" adopt fstab "$SCRATCH/again" > "$SCRATCH/twice.conf"
	diff <(sed 1d "$SCRATCH/twice.conf") <(sed 1d "$SCRATCH/adopted.conf")
}

@test "adopt reads binds of Linux as well" {
	warder emit fstab --plain --manage --all > "$SCRATCH/linux"
	"$WARDER" adopt fstab "$SCRATCH/linux" -o "$SCRATCH/adopted.conf"
	"$WARDER" -f "$SCRATCH/adopted.conf" emit fstab --plain --manage --all | cmp - "$SCRATCH/linux"
}

@test "adopt lists what it does not understand, with the line, and exits with 2" {
	{ cat "$SEED"; echo '/home /jails/j/ldap/home nullfs rw 0 0'; } > "$SCRATCH/fstab"
	run "$WARDER" adopt fstab "$SCRATCH/fstab" -o "$SCRATCH/adopted.conf"
	expect 2 "/jails/j/ldap/home" "fstab:27:1"
	"$WARDER" -f "$SCRATCH/adopted.conf" config check
}

@test "adopt writes nothing of what contradicts itself" {
	{ cat "$SEED"; tail -1 "$SEED"; } > "$SCRATCH/fstab"
	run "$WARDER" adopt fstab "$SCRATCH/fstab" -o "$SCRATCH/adopted.conf"
	expect 78 "is mounted twice" "fstab:27:1"
	[ ! -e "$SCRATCH/adopted.conf" ]
	run "$WARDER" adopt fstab "$SCRATCH/missing"
	expect 1 "missing"
	run "$WARDER" adopt fstab "$SCRATCH"
	[ "$status" -ne 0 ]
	run "$WARDER" adopt fstab
	expect 64 "too few operands"
}

@test "adopt names what a jail.conf wants and no jail has, and takes the rest over" {
	printf 'path = "/jails/j/$name";\na {\n\tallow.mount;\n\thost.hostname = "a.x";\n}\n' > "$SCRATCH/jail.conf"
	run "$WARDER" adopt jail.conf "$SCRATCH/jail.conf" -o "$SCRATCH/adopted.conf"
	expect 2 "allow.mount: is never allowed" "jail.conf:3:2" "		allow.mount;"
	{ cat "$SCRATCH/adopted.conf"; echo 'base = m; base m { from = busybox; }'; } > "$SCRATCH/w.conf"
	[ "$("$WARDER" -f "$SCRATCH/w.conf" config dump | grep hostname)" = '	host.hostname = "a.x";' ]
	printf 'a {\n\tallow.mount\n' > "$SCRATCH/jail.conf"
	run "$WARDER" adopt jail.conf "$SCRATCH/jail.conf"
	expect 78 "jail.conf:3:1"
}
