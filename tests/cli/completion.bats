#!/usr/bin/env bats
# What each shell offers at the cursor.

load helpers
setup()
{
	setup_scratch
	printf 'base = sys; base sys { from = busybox; }\nweb { }\ndb { }\n' > "$SCRATCH/w.conf"
}
teardown() { remove_scratch; }

# offered WORD...: what may stand in place of the last one, on one line.
offered() { "$WARDER" completion words -- "$@" | cut -f1 | xargs; }

# in_bash WORD...: what bash would offer, on one line.
in_bash()
{
	bash -c 'eval "$("$1" completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _warder
		printf "%s\n" "${COMPREPLY[@]}"' bash "$WARDER" "$@" | sort | xargs
}

in_zsh()
{
	zsh -fc '_describe() { print -l -- "${(@)${(P)2}%%:*}"; }
		_files() { print -- "files $*"; }
		words=("$@"); CURRENT=$#; warder=$1; eval "$($warder completion zsh | sed "/^_warder \"/d")"; _warder' \
		zsh "$WARDER" "$@" | sort | xargs
}

in_fish()
{
	fish --no-config -c 'function warder; $warder $argv; end
		set -g warder $argv[1]
		$warder completion fish | source
		complete -C "warder $argv[2]"' "$WARDER" "$1" | cut -f1 | sort | xargs
}

@test "the first word is a verb, and a value before it is not" {
	[[ " $(offered '') " == *" start stop "* ]]
	[[ " $(offered -j 4 '') " == *" start "* ]]
	[[ " $(offered -f w.conf -q --root /r '') " == *" start "* ]]
	[[ " $(offered --file=w.conf '') " == *" start "* ]]
	[ -z "$(offered frob '')" ]
}

@test "jails and bases come from the configuration that the line names" {
	[ "$(offered -f "$SCRATCH/w.conf" start '')" = "web db" ]
	[ "$(offered start --file "$SCRATCH/w.conf" web '')" = "web db" ]
	[ "$(offered "--file=$SCRATCH/w.conf" exec '')" = "web db" ]
	[ "$(offered --file = "$SCRATCH/w.conf" exec '')" = "web db" ]
	[ "$(offered -f "$SCRATCH/w.conf" base create '')" = sys ]
	[ "$(offered -f "$SCRATCH/w.conf" base remove '')" = sys ]
}

@test "bases and jails that are no longer declared are offered, too" {
	needs_root
	"$WARDER" --root "$SCRATCH/root" init -q
	"$WARDER" --root "$SCRATCH/root" base create -q --from busybox other
	[ "$(offered --root "$SCRATCH/root" -f "$SCRATCH/w.conf" base remove '')" = "sys other" ]
}

@test "where there is no further operand, nothing is offered" {
	[ -z "$(offered -f "$SCRATCH/w.conf" exec web '')" ]
	[ -z "$(offered -f "$SCRATCH/w.conf" exec -u x web -- '')" ]
	[ -z "$(offered -f "$SCRATCH/w.conf" logs web '')" ]
	[ -z "$(offered -f "$SCRATCH/w.conf" base create sys '')" ]
	[ -z "$(offered version '')" ]
	[ -z "$(offered -f "$SCRATCH/w.conf" base edit sys '')" ]
	[ -z "$(offered -f "$SCRATCH/w.conf" manage web '')" ]
}

@test "cp is offered jails with where their paths begin, and files" {
	[ "$(offered -f "$SCRATCH/w.conf" cp '')" = "web:/ db:/ :files" ]
	[ "$(offered -f "$SCRATCH/w.conf" cp --owner x index '')" = "web:/ db:/ :files" ]
	[ -z "$(offered -f "$SCRATCH/w.conf" cp index web:/tmp '')" ]
}

@test "the value of an option is no jail, and a file only where it is one" {
	[ -z "$(offered -f "$SCRATCH/w.conf" start --jobs '')" ]
	[ -z "$(offered -f "$SCRATCH/w.conf" logs -n '')" ]
	[ -z "$(offered -f "$SCRATCH/w.conf" exec -u '')" ]
	[ "$(offered start -f '')" = :files ]
	[ "$(offered start --root '')" = :directories ]
	[ "$(offered -f "$SCRATCH/w.conf" logs -f '')" = "web db" ]
	[ "$(offered -f "$SCRATCH/w.conf" logs -fn 3 '')" = "web db" ]
}

@test "options are those that the verb has" {
	[[ " $(offered start -) " == *" --all "*" --dry-run "*" --jobs "* ]]
	[[ " $(offered create -) " != *" --json "* ]]
	[[ " $(offered start -) " != *" --yes "* ]]
	[[ " $(offered destroy -) " == *" --yes "* ]]
	[[ " $(offered list --) " == *" --json "* ]]
	[[ " $(offered list --) " != *" --dry-run "* ]]
	[[ " $(offered base create -) " == *" --from "* ]]
	[[ " $(offered -) " == *" --root "* ]]
	[ -z "$(offered -f "$SCRATCH/w.conf" exec web ls -)" ]
}

@test "help is completed with verbs and subverbs" {
	[[ " $(offered help '') " == *" start "* ]]
	[[ " $(offered help base '') " == *" create "* ]]
	[ -z "$(offered help start '')" ]
	[ "$(offered completion '')" = "bash zsh fish" ]
	[[ " $(offered base '') " == *" create "* ]]
}

@test "bash offers what the program says" {
	[ "$(in_bash -f "$SCRATCH/w.conf" start '')" = "db web" ]
	[ "$(in_bash -f "$SCRATCH/w.conf" start w)" = web ]
	[ "$(in_bash -f "$SCRATCH/w.conf" logs -f '')" = "db web" ]
	[ "$(in_bash --file = "$SCRATCH/w.conf" logs -f '')" = "db web" ]
	[ "$(in_bash -j 4 sta)" = "start status" ]
	[ -z "$(in_bash -f "$SCRATCH/w.conf" exec web '')" ]
	[ "$(in_bash -f "$SCRATCH/")" = "$SCRATCH/w.conf" ]
	cd "$SCRATCH"
	[ "$(in_bash --file =)" = w.conf ]
	[ "$(in_bash --file = w.)" = w.conf ]
}

@test "zsh offers what the program says" {
	command -v zsh > /dev/null || skip "zsh is not installed"
	"$WARDER" completion zsh | zsh -n
	[ "$(in_zsh -f "$SCRATCH/w.conf" start '')" = "db web" ]
	[[ " $(in_zsh -f "$SCRATCH/w.conf" sta) " == *" start "* ]]
	[[ "$(in_zsh -f '')" == "files"* ]]
	[[ "$(in_zsh --root '')" == "files -/" ]]
	[ -z "$(in_zsh -f "$SCRATCH/w.conf" exec web '')" ]
	[[ " $(in_zsh list --) " != *" --dry-run "* ]]
}

@test "fish offers what the program says" {
	command -v fish > /dev/null || skip "fish is not installed"
	"$WARDER" completion fish | fish -n
	[ "$(in_fish "-f $SCRATCH/w.conf start ")" = "db web" ]
	[[ " $(in_fish sta) " == *" start "* ]]
	[ "$(in_fish "-f $SCRATCH/w.conf base remove ")" = sys ]
	[[ " $(in_fish "list --") " != *" --dry-run "* ]]
	[[ " $(in_fish "list --") " == *" --json "* ]]
	[ "$(in_fish "-f $SCRATCH/w.co")" = "$SCRATCH/w.conf" ]
}
