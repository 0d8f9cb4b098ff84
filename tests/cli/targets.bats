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

@test "with --json each jail has its status and error, and what fails as a whole is an object, too" {
	local status=0
	w start --json web db > "$SCRATCH/out" 2> "$SCRATCH/err" || status=$?
	[ $status -eq 1 ]
	[ "$(jq -c '[.version, (.jails[] | .name, .state, .status, .error.operation)]' "$SCRATCH/out")" = \
	    '[1,"web","stopped",1,"start","db","stopped",1,"start"]' ]
	[[ "$(jq -r '.jails[0].error.reason' "$SCRATCH/out")" == *"was not created"* ]]
	[ "$(jq -r '.jails[0].error.hint' "$SCRATCH/out")" = "warder create web" ]
	[ "$(grep -c '^warder: ' "$SCRATCH/err")" -eq 2 ]
	w start --json -j 4 web db > "$SCRATCH/out4" 2> /dev/null || :
	diff "$SCRATCH/out" "$SCRATCH/out4"
	w stop --json web | jq -e '.jails[0] | .status == 0 and .error == null'
	w start --json nosuch > "$SCRATCH/out" 2> /dev/null || status=$?
	[ $status -eq 78 ]
	[ "$(jq -r .error.subject "$SCRATCH/out")" = nosuch ]
}

@test "what is the matter with one jail is told with its name" {
	run w logs web
	expect 1 "warder: web: open log "
	run w plan web
	expect 1 "warder: web: plan web: it is declared but was not created"
	run w exec web true
	expect 125 "warder: web: exec web: it is not running"
	run w exec web ''
	expect 125 "it is not running"
}

@test "a store that only root can read says so" {
	local me=(setpriv --reuid 65534 --regid 65534 --clear-groups "$WARDER" --root "$ROOT" -f "$SCRATCH/nobody.conf")
	cp "$CONF" "$SCRATCH/nobody.conf"
	chown 65534 "$SCRATCH/nobody.conf"
	chmod 1777 "$SCRATCH"
	for words in list "status web" "logs web" "base list"; do
		run "${me[@]}" $words
		expect 77 "open $ROOT: Permission denied" "hint: run as root"
	done
}

@test "destroy and stop tell every unknown name" {
	for verb in "destroy -y" stop; do
		run w $verb nosuch web other
		expect 1 "nosuch: there is no such jail" "other: there is no such jail"
		[ "${#lines[@]}" -eq 2 ]
	done
}

@test "what can be no name is 64 in every verb" {
	local long
	long=$(printf 'a%.0s' $(seq 300))
	for name in .. . a/b "a b" $'a\nb' $'\xff' a.b "$long" '' '*/'; do
		for verb in create "destroy -y" start stop restart status list; do
			run w $verb -- "$name"
			expect 64
		done
		for verb in plan logs "base remove -y" "base create --from busybox"; do
			run w $verb -- "$name"
			expect 64
		done
		run w exec -- "$name" /bin/true
		expect 125
		[[ $output != *$'\xff'* ]]
	done
	run w start -f
	expect 64
	run w start -- -f
	expect 64 "-f: cannot be the name of a jail"
	[ "$(find "$ROOT" -mindepth 2 -not -path '*/.warder/*' -not -name .warder | wc -l)" -eq 0 ]
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
