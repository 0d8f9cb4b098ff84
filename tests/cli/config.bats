#!/usr/bin/env bats
# Which files are read, and what is said of those that cannot be.

load helpers
setup() { setup_scratch; }
teardown() { remove_scratch; }

@test "jails.d is read where there is no warder.conf" {
	run in_etc 'mkdir /etc/warder/jails.d; echo "web { base = b; }" > /etc/warder/jails.d/a.conf; '"$WARDER"' config check'
	expect 0 "/etc/warder/jails.d/*.conf: 1 jail,"
}

@test "jails.d is read after warder.conf" {
	run in_etc 'mkdir /etc/warder/jails.d; echo "web { }" > /etc/warder/jails.d/a.conf
		echo "base = b; db { }" > /etc/warder/warder.conf; '"$WARDER"' config dump --json'
	expect 0
	[ "$(jq -r '.jails[].name' <<< "$output" | xargs)" = "db web" ]
}

@test "neither warder.conf nor jails.d is 78, and a link that leads nowhere too" {
	run in_etc "$WARDER config check"
	expect 78 "warder.conf: there is no such file"
	run in_etc "ln -s nowhere /etc/warder/warder.conf; $WARDER config check"
	expect 78 "warder.conf: No such file or directory"
}

@test "config check --json says what was read, or what is wrong where" {
	printf 'base = b;\nweb { }\ndb { }\nbase b { from = busybox; }\n' > "$SCRATCH/w.conf"
	[ "$("$WARDER" -f "$SCRATCH/w.conf" config check --json | jq -c '[.version, .jails, .bases, .error]')" = '[1,2,1,null]' ]
	printf 'base = b;\nweb { ip4.addr = 1; }\n' > "$SCRATCH/w.conf"
	local status=0
	"$WARDER" -f "$SCRATCH/w.conf" config check --json > "$SCRATCH/out" 2> "$SCRATCH/err" || status=$?
	[ $status -eq 78 ]
	[ "$(jq -c '[.version, .error.operation, .error.subject, .error.line, .error.column]' "$SCRATCH/out")" = '[1,"ip4.addr","1",2,18]' ]
	[ "$(jq -r .error.file "$SCRATCH/out")" = "$SCRATCH/w.conf" ]
	grep -q 'ip4.addr 1: ' "$SCRATCH/err"
}

@test "nothing beside a file of -f is read" {
	mkdir "$SCRATCH/jails.d"
	echo 'web { base = b; }' > "$SCRATCH/jails.d/a.conf"
	echo 'db { base = b; }' > "$SCRATCH/w.conf"
	[ "$("$WARDER" -f "$SCRATCH/w.conf" config dump --json | jq -r '.jails[].name')" = db ]
	echo '.include "jails.d/*.conf";' >> "$SCRATCH/w.conf"
	[ "$("$WARDER" -f "$SCRATCH/w.conf" config dump --json | jq -r '.jails[].name' | xargs)" = "db web" ]
}

@test "a file that cannot be read is told once, 78 if it is missing, 77 if it may not be read" {
	run "$WARDER" -f "$SCRATCH/none.conf" config check
	expect 78
	[ "${lines[0]}" = "warder: read $SCRATCH/none.conf: No such file or directory" ]
	echo 'db { base = b; }' > "$SCRATCH/w.conf"
	chmod 0 "$SCRATCH/w.conf"
	if [ "$(id -u)" = 0 ]; then
		run setpriv --bounding-set -all --inh-caps -all "$WARDER" -f "$SCRATCH/w.conf" config check
	else
		run "$WARDER" -f "$SCRATCH/w.conf" config check
	fi
	expect 77
	[ "${lines[0]}" = "warder: read $SCRATCH/w.conf: Permission denied" ]
}
