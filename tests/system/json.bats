# What destroy, cp, reset, gc, base use and base rollback say with --json: one object, with each array in it, whether it
# went well or not.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		generations.keep = 1;
		a { exec.service = "/bin/sleep", "1000"; }
		b { }
		c { }
		base second { from = "busybox"; }
		other { base = second; }
	EOT
	make_store json < "$BATS_FILE_TMPDIR/conf"
	make_jail a b
}
setup() { use_store json; }
teardown() { warder stop -q --kill --all || :; }
teardown_file() { use_store json; remove_store; }

# says FILTER WANTED VERB...: standard output is one object of version 1, and this is in it; $status is the verb's.
says()
{
	local filter=$1 wanted=$2 got
	shift 2
	status=0
	"$WARDER" --root "$ROOT" -f "$CONF" "$@" > "$BATS_TEST_TMPDIR/out" 2> "$BATS_TEST_TMPDIR/err" || status=$?
	[ "$(jq -s 'length' "$BATS_TEST_TMPDIR/out")" -eq 1 ] || { cat "$BATS_TEST_TMPDIR/out"; return 1; }
	jq -e '.version == 1 and ([.. | objects | keys[]] | all(test("^[a-z_]+$")))' "$BATS_TEST_TMPDIR/out" > /dev/null || return 1
	got=$(jq -c "$filter" "$BATS_TEST_TMPDIR/out")
	[ "$got" = "$wanted" ] || { echo "not $wanted: $got"; cat "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"; return 1; }
}
# The same of what fails: the error is in the object and on standard error.
fails()
{
	local wanted=$1
	shift
	says "$@" || return 1
	[ "$status" -eq "$wanted" ] || { echo "status $status, not $wanted"; return 1; }
	[ -s "$BATS_TEST_TMPDIR/err" ]
}
works() { says "$@" && [ "$status" -eq 0 ] && [ ! -s "$BATS_TEST_TMPDIR/err" ]; }

@test "cp: what went where, and what was left out" {
	local tree=$BATS_TEST_TMPDIR/tree
	mkdir "$tree"
	works '[.jail, .outcome, .target, .left_out]' '["a","would be copied","a:/var/tmp/tree",[]]' cp -n --json "$tree" a:/var/tmp
	[ ! -e "$ROOT/t/a/var/tmp/tree" ]
	works '[keys, .source == $ENV.BATS_TEST_TMPDIR + "/tree", .outcome, .left_out]' \
		'[["jail","left_out","outcome","source","target","version"],true,"copied",[]]' cp --json "$tree" a:/var/tmp
	mkfifo "$ROOT/t/a/var/tmp/tree/"$'fi\nfo'
	says '[.jail, .outcome, .source, (.left_out | map(.path))]' '["a","copied","a:/var/tmp/tree",["/var/tmp/tree/fi\nfo"]]' \
		cp --json a:/var/tmp/tree "$BATS_TEST_TMPDIR/out-of-it"
	[ "$status" -eq 0 ]
	[ "$(jq -r '.left_out[0].why | length > 0' "$BATS_TEST_TMPDIR/out")" = true ]
	fails 77 '[.outcome, .error.operation]' '[null,"cp"]' cp --json "$tree" a:/etc
	fails 64 '.error.reason' '"both are a jail'"'"'s"' cp --json a:/etc/passwd b:/tmp
}

@test "reset: what is lost and what is kept" {
	warder start -q a
	warder exec a -- /bin/sh -c 'mkdir /var/tmp/keep && echo x > /var/tmp/keep/x'
	fails 75 '[.outcome, .error.hint]' '[null,"warder stop a"]' reset --json -y a
	warder stop -q a
	works '[.jail, .outcome, .lost.entries > 0, .kept.paths, .kept.entries]' '["a","would be reset",true,["/var/tmp/keep"],2]' \
		reset -n --json -k /var/tmp/keep/ a
	works '[.jail, .outcome, .kept.paths, .kept.bytes > 0]' '["a","reset",["/var/tmp/keep"],true]' reset -y --json -k /var/tmp/keep a
	works '[.outcome, .kept]' '["reset",{"paths":[],"entries":0,"bytes":0}]' reset -y --json a
	fails 64 '.error.hint' '"-y answers yes"' reset --json a < /dev/null
}

@test "gc: each generation, whether it goes, and why not" {
	local i
	for i in 1 2 3; do warder manage -q -y a -- /bin/sh -c "echo $i > /etc/generation"; done
	works '.jails[0] | [.name, (.generations | map([.number, .outcome, .why])), .passed_over, .status, .error]' \
		'["a",[[1,"would be removed",null],[2,"would be removed",null],[3,"stays","the one before the one in use"],[4,"stays","in use"]],null,0,null]' \
		gc -n --json a
	works '[.bases, (.jails[0].generations | map(select(.outcome == "removed").number))]' '[[],[1,2]]' gc --json a
	works '[(.jails | map(.name)), (.bases | map(.name))]' '[["a","b","c","other"],["small"]]' gc --json -j 4 --all
	fails 1 '[.jails[0] | .generations, .status, .error.reason]' '[[],1,"the jail was not created"]' gc --json c
	fails 1 '.error.reason' '"there is no such base"' gc --json -b nosuch
}

@test "base use and base rollback: from, to, and what came of each jail" {
	local to
	warder base create -q small
	to=$(warder base list --json | jq '.bases[] | select(.name == "small").generation')
	works '[.base, .outcome, .from, .to, (.jails | length)]' "[\"small\",\"would be used\",$to,1,0]" base use -n --json small 1
	works '[.base, .outcome, .from, .to, .generation, (.jails | map([.name, .added, .differing, .status, .error]))]' \
		"[\"small\",\"used\",$to,1,1,[[\"a\",[],[],0,null],[\"b\",[],[],0,null]]]" base use --json small 1
	works '[.from, .to, .generation, (.jails | map(.name))]' "[1,1,$to,[\"b\"]]" base use --json small "$to" b
	works '[.from, .to, .generation, (.jails | map(.name))]' '[1,1,1,["b"]]' base use --follow --json small b
	fails 1 '[.jails[] | [.name, .added, .status, .error.reason]]' '[["a",[],0,null],["c",[],1,"there is no such jail"]]' \
		base use --json small 1 a c
	fails 1 '.error.reason' '"there is no such generation"' base use --json small 99
	fails 1 '.error.reason' '"there is no generation before 1"' base rollback --json small
	warder base use -q small "$to"
	works '[.outcome, .from, .to]' "[\"would be used\",$to,1]" base rollback -n --json small
	works '[.outcome, .from, .to, (.jails | length)]' "[\"used\",$to,1,1]" base rollback --json small
	fails 1 '.error.reason' '"there is no such base"' base rollback --json nosuch
}

@test "destroy: each jail with what is lost, also where one is refused" {
	warder start -q a
	fails 64 '[.jails[] | [.name, .outcome, .error.hint]]' '[["b",null,"-y answers yes"]]' destroy --json b < /dev/null
	works '[.jails[] | [.name, .outcome, .state.bytes > 0, .skeleton.entries > 0, .status]]' '[["b","would be destroyed",true,true,0]]' \
		destroy -n --json b
	[ -e "$ROOT/t/b" ]
	fails 75 '[.jails[] | [.name, .outcome, .state == null, .status, .error.hint]]' \
		'[["a",null,true,75,"warder stop a"],["b","destroyed",false,0,null]]' destroy -y -j 4 --json a b
	[ ! -e "$ROOT/t/b" ] && [ -e "$ROOT/t/a" ]
	warder stop -q a
	works '[.jails[] | [.name, .outcome]]' '[["a","destroyed"],["b",null],["c",null],["other",null]]' destroy -y --json --all
	nothing_left
}
