#!/usr/bin/env bats
# warder surface where nothing runs: what it takes, and what it refuses.

load helpers

setup() { setup_scratch; }
teardown() { remove_scratch; }

warder() { "$WARDER" --root "$SCRATCH/root" -f "$SCRATCH/warder.conf" "$@"; }

@test "surface takes one jail, by its name" {
	run warder surface
	expect 64 "warder: "
	run warder surface a b
	expect 64
	run warder surface --recrod a
	expect 64 "--record"
}

@test "surface --help says what the statuses mean" {
	run "$WARDER" help surface
	expect 0 "--record" "--json" "with 2 if there is"
}

@test "surface needs root, and a jail that is declared and runs" {
	needs_root
	echo 'base b { from = "busybox"; } a { base = b; }' > "$SCRATCH/warder.conf"
	mkdir "$SCRATCH/root"
	run warder surface a
	[ "$status" -ne 0 ] && [ "$status" -ne 2 ]
	warder init -q
	run warder surface a
	expect 1 "it is not running" "warder start a"
	run warder surface --record --persistence a
	expect 64 "not both"
	run warder surface aa
	[ "$status" -ne 0 ] && [ "$status" -ne 2 ]
	[[ "$output" == *"did you mean a?"* ]]
	[ -z "$(find "$SCRATCH/root" -name surface)" ]
}
