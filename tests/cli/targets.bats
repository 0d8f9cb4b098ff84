#!/usr/bin/env bats
# Several names on one command line, some of which mean nothing.  The jails are declared and do not exist.

load helpers
setup()
{
	setup_scratch
	needs_root
	export ROOT=$SCRATCH/root CONF=$SCRATCH/w.conf
	printf 'base = b; base b { from = busybox; }\nweb { }\ndb { }\n' > "$CONF"
	w init -q
}
teardown() { remove_scratch; }

w() { "$WARDER" --root "$ROOT" -f "$CONF" "$@"; }

@test "every unknown name is told, and nothing is done" {
	for verb in create start restart; do
		run w $verb nosuch web a/b
		expect 78 "warder: $verb nosuch: " "warder: $verb a/b: "
		[ "${#lines[@]}" -eq 2 ]
	done
	run w create web
	expect 1 "no such base"
}

@test "destroy and stop tell every unknown name" {
	for verb in "destroy -y" stop; do
		run w $verb nosuch web other
		expect 1 "nosuch: there is no such jail" "other: there is no such jail"
		[ "${#lines[@]}" -eq 2 ]
	done
}

@test "list shows the known and tells the unknown" {
	run w list nosuch web other
	expect 1 "list nosuch: " "list other: " $'\nweb '
	run w list -q nosuch web
	expect 1 $'\nweb'
	[ "$(w list --json nosuch web 2> /dev/null | jq -r '.jails[].name')" = web ]
}

@test "status shows the known and exits with 4" {
	run w status web nosuch db other
	expect 4 "status nosuch: " "status other: "
	[ "$(grep -c '^jail  ' <<< "$output")" -eq 2 ]
	[ "$(w status --json nosuch web 2> /dev/null | jq -r '.jails[].name')" = web ]
	run w status -q nosuch web
	expect 4
	[ -z "$output" ]
	run w status web
	expect 3
	run w status -q web a/b
	expect 64 "a/b"
}
