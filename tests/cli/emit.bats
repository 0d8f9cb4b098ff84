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

# ezjails: two jails of one base, as the files of their host.
ezjails()
{
	mkdir -p "$SCRATCH/host/usr/local/etc/ezjail" "$SCRATCH/host/etc"
	local name
	for name in "$@"; do
		cat > "$SCRATCH/host/usr/local/etc/ezjail/$name" <<-EOF
		export jail_${name%.norun}_hostname="${name%.norun}.example.org"
		export jail_${name%.norun}_rootdir="/usr/jails/${name%.norun}"
		EOF
		echo "/usr/jails/basejail /usr/jails/${name%.norun}/basejail nullfs ro 0 0" > "$SCRATCH/host/etc/fstab.${name%.norun}"
	done
}

@test "adopt takes all jails of ezjail over, also one that does not start by itself" {
	ezjails www db.norun
	run "$WARDER" adopt ezjail "$SCRATCH/host" -o "$SCRATCH/adopted.conf"
	expect 0
	[ "$(grep -c '^base ' "$SCRATCH/adopted.conf")" -eq 1 ]
	"$WARDER" -f "$SCRATCH/adopted.conf" config check
	"$WARDER" -f "$SCRATCH/adopted.conf" config dump > "$SCRATCH/dump"
	grep -q 'host.hostname = "www.example.org";' "$SCRATCH/dump"
	grep -q 'host.hostname = "db.example.org";' "$SCRATCH/dump"
}

@test "adopt of ezjail names what is missing, and never runs what it reads" {
	ezjails www db
	rm "$SCRATCH/host/etc/fstab.db"
	echo "touch $SCRATCH/ran" >> "$SCRATCH/host/usr/local/etc/ezjail/www"
	echo "export jail_www_exec_stop=\"\$(touch $SCRATCH/ran)\"" >> "$SCRATCH/host/usr/local/etc/ezjail/www"
	run "$WARDER" adopt ezjail "$SCRATCH/host" -o "$SCRATCH/adopted.conf"
	expect 2 "it is no thin jail" "fstab.db:1:1" "www:3:1" "www:4:1"
	[ ! -e "$SCRATCH/ran" ]
	"$WARDER" -f "$SCRATCH/adopted.conf" config check
	! grep -q '^db' "$SCRATCH/adopted.conf"
	# two jails on one address: the second one's is named
	for name in www db; do
		echo "export jail_${name}_ip=\"10.9.0.5\"" > "$SCRATCH/host/usr/local/etc/ezjail/$name"
		echo "export jail_${name}_rootdir=\"/usr/jails/$name\"" >> "$SCRATCH/host/usr/local/etc/ezjail/$name"
		echo "/usr/jails/basejail /usr/jails/$name/basejail nullfs ro 0 0" > "$SCRATCH/host/etc/fstab.$name"
	done
	run "$WARDER" adopt ezjail "$SCRATCH/host" -o "$SCRATCH/adopted.conf"
	expect 2 "jail_www_ip" "www:1:1"
	"$WARDER" -f "$SCRATCH/adopted.conf" config check
	head -c 70000 /dev/zero | tr '\0' '#' > "$SCRATCH/host/usr/local/etc/ezjail/www"
	run "$WARDER" adopt ezjail "$SCRATCH/host"
	[ "$status" -ne 0 ] && [ "$status" -ne 2 ]
	run "$WARDER" adopt ezjail "$SCRATCH/nowhere"
	expect 1 "usr/local/etc/ezjail"
}

@test "adopt takes jails of Bastille over, two releases" {
	local j=$SCRATCH/bastille/jails name
	for name in www db; do
		mkdir -p "$j/$name"
		printf '%s {\n  path = /usr/local/bastille/jails/%s/root;\n  mount.fstab = /usr/local/bastille/jails/%s/fstab;\n}\n' \
			$name $name $name > "$j/$name/jail.conf"
	done
	mkdir "$j/empty"
	echo '/usr/local/bastille/releases/13.2-RELEASE /usr/local/bastille/jails/www/root/.bastille nullfs ro 0 0' > "$j/www/fstab"
	echo '/usr/local/bastille/releases/14.1-RELEASE /usr/local/bastille/jails/db/root/.bastille nullfs ro 0 0' > "$j/db/fstab"
	run "$WARDER" adopt bastille "$SCRATCH/bastille" -o "$SCRATCH/adopted.conf"
	expect 0
	"$WARDER" -f "$SCRATCH/adopted.conf" config check
	[ "$(grep -c '^base 1[34]_[12]-RELEASE' "$SCRATCH/adopted.conf")" -eq 2 ]
	printf '\0' >> "$j/www/jail.conf"
	run "$WARDER" adopt bastille "$SCRATCH/bastille" -o "$SCRATCH/no.conf"
	expect 78 "www/jail.conf"
	[ ! -e "$SCRATCH/no.conf" ]
}
