#!/usr/bin/env bats
# What needs no jail: exit statuses, hints, JSON.

load helpers
setup() { setup_scratch; }
teardown() { remove_scratch; }

@test "an unknown verb is 64 and names the nearest" {
	run "$WARDER" strat x
	[ "$status" -eq 64 ] && [[ $output == *start* ]]
}

@test "an error of a subverb names both words" {
	run "$WARDER" base remove
	expect 64 "warder: base remove: too few operands"
	run "$WARDER" base list --dry-run
	expect 64 "warder: base list: has no option --dry-run"
	run "$WARDER" base create --zzzzzzzzz x
	expect 64 "warder: base create --zzzzzzzzz: " "hint: warder help base create"
	if [ "$(id -u)" != 0 ]; then
		run "$WARDER" base create x
		expect 77 "warder: base create: must be root"
	fi
}

@test "an empty name is seen" {
	needs_root
	printf 'base = b; base b { from = busybox; }\n' > "$SCRATCH/w.conf"
	"$WARDER" --root "$SCRATCH/root" init -q
	run "$WARDER" --root "$SCRATCH/root" -f "$SCRATCH/w.conf" start ''
	expect 64 "warder: start '': cannot be the name of a jail"
	run "$WARDER" --root "$SCRATCH/root" -f "$SCRATCH/w.conf" base create ''
	expect 64 "warder: base create '': cannot be the name of a base"
}

@test "--version is version, list --all is list" {
	run "$WARDER" --version
	expect 0
	[ "$output" = "$("$WARDER" version)" ]
	needs_root
	printf 'base = b; web { }\n' > "$SCRATCH/w.conf"
	"$WARDER" --root "$SCRATCH/root" init -q
	run "$WARDER" --root "$SCRATCH/root" -f "$SCRATCH/w.conf" list --all -q
	expect 0
	[ "$output" = web ]
}

@test "no target is 64 and never means all" {
	for verb in create destroy start stop restart status gc verify; do
		run "$WARDER" "$verb"
		[ "$status" -eq 64 ]
	done
}

@test "diff takes a name and at most two generations" {
	for words in "" "--base" "a 1 2 3" "--base=a 1"; do
		run "$WARDER" diff $words
		[ "$status" -eq 64 ]
	done
}

@test "exec and console fail with 125" {
	run "$WARDER" exec
	[ "$status" -eq 125 ]
	run "$WARDER" console --frob x
	[ "$status" -eq 125 ]
}

@test "a broken configuration is 78 with its place" {
	printf 'base = b;\na {\n\tip4.addr = 10.0.0.300;\n}\n' > "$SCRATCH/w.conf"
	run "$WARDER" -f "$SCRATCH/w.conf" config check
	expect 78 "w.conf:3:13"
}

@test "the line of the configuration is shown, with a caret below the place" {
	printf 'base = b;\na {\n\tip4.addr = 10.0.0.300;\n}\n' > "$SCRATCH/w.conf"
	run "$WARDER" -f "$SCRATCH/w.conf" config check
	expect 78
	[ "${lines[2]}" = $'\t\tip4.addr = 10.0.0.300;' ]
	[ "${lines[3]}" = $'\t\t           ^' ]
}

@test "every JSON is one object of version 1" {
	for words in "help --json" "version --json" "config keys --json"; do
		"$WARDER" $words | jq -e '.version == 1'
	done
}

@test "completion is a script that bash can read, and there is none for csh" {
	"$WARDER" completion bash | bash -n
	run "$WARDER" completion csh
	expect 64
	run "$WARDER" completion bash zsh
	expect 64 "too many operands"
}

@test "output that cannot be written is an error" {
	run bash -c '"$0" help > /dev/full' "$WARDER"
	[ "$status" -ne 0 ]
}

@test "nothing is coloured in a pipe" {
	run "$WARDER" config keys
	[ "$status" -eq 0 ] && [[ $output != *$'\e'* ]]
}
