# What of a jail's state could bring code back: planted from inside by the jail's root, found from outside, running or not.
load helpers

IN=/usr/local/libexec

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		clean { exec.service = "/bin/sleep", "1000"; }
		foe { exec.service = "/bin/sleep", "1000"; pins = /var/lib/own; }
		job { exec.service = "/bin/sh", "/var/lib/job/run"; exec.start = "mkdir -p /var/lib/job; [ -e /var/lib/job/run ] || echo 'sleep 1000' > /var/lib/job/run"; }
	EOT
	make_store persistence < "$BATS_FILE_TMPDIR/conf"
	make_jail clean foe job
	cp "$WARDER_BUILD/tools/disturb" "$ROOT/s/foe/usr-local/libexec/"
}
setup() { use_store persistence; }
teardown() { warder stop -q --kill --all || :; }
teardown_file() { use_store persistence; remove_store; }

persistence() { run warder surface --persistence "$@"; }
kinds_of() { warder surface --persistence --json foe | jq -r --arg p "$1" '.files[] | select(.path == $p) | .kinds | join(",")'; }

@test "a jail that wrote nothing that runs has nothing, before its first start, running and stopped" {
	persistence clean
	expect 0 "nothing that could run by itself"
	warder start -q clean
	persistence clean
	expect 0 "nothing that could run by itself"
	warder stop -q clean
	persistence --json clean
	[ "$status" -eq 0 ]
	[ "$(echo "$output" | jq -c '[.version, .jail, .found, .unlisted, .complete, .error, (.files | length)]')" = '[1,"clean",0,0,true,null,0]' ]
}

@test "what was planted outlives a restart and a rollback, runs again, and is listed" {
	warder manage -q -y foe -- /bin/sh -c 'echo include /var/lib/planted/conf > /etc/some.conf; mkdir -p /var/lib/own'
	warder start -q foe
	warder exec foe -- /bin/sh -c 'mkdir -p /var/lib/planted /var/spool/at; cd /var/lib/planted
		printf "#!/bin/sh\necho still here\n" > again; chmod 4755 again 2> /dev/null || chmod 755 again
		cp /bin/busybox elf; : > conf; : > .profile; echo job > /var/spool/at/a1; echo harmless > text'
	warder manage -q -y foe -- /bin/sh -c 'echo include /var/lib/planted/conf2 >> /etc/some.conf'
	warder rollback -q foe
	warder stop -q foe
	warder start -q foe
	# The attack works: the state is mounted noexec, and an interpreter reads it all the same.
	[ "$(warder exec foe -- /bin/sh /var/lib/planted/again)" = "still here" ]
	for running in yes no; do
		persistence foe
		expect 2 "#!/bin/sh"
		[ "$(kinds_of /var/lib/planted/again)" = script ]
		[ "$(kinds_of /var/lib/planted/elf)" = elf ]
		[ "$(kinds_of /var/lib/planted/conf)" = included ]
		[ "$(kinds_of /var/lib/planted/.profile)" = login ]
		[ "$(kinds_of /var/spool/at/a1)" = cron ]
		[ -z "$(kinds_of /var/lib/planted/text)" ]
		warder stop -q foe
	done
	run warder surface --persistence -q foe
	expect 2
	[ "$(echo "$output" | sort | head -n 2)" = $'/var/lib/planted/.profile\n/var/lib/planted/again' ]
	[ "$(warder surface --persistence --json foe | jq -c '.left_out | sort')" = "$(warder plan --json foe | jq -c \
		'[.steps[] | select(.op == "mount" and (.tree == "skel" or .tree == "generation") and (.target | startswith("/t/"))) | .target[2:]] + ["/var/run"] | sort')" ]
}

@test "a script that the declaration itself names is listed as included" {
	warder start -q job
	persistence --json job
	expect 2
	[ "$(echo "$output" | jq -r '.files[] | .path + " " + (.kinds | join(","))')" = "/var/lib/job/run included" ]
}

@test "a hostile state: names that steer a terminal, FIFOs, links to the host, 5,000 levels" {
	warder start -q foe
	warder exec foe -- /bin/sh -c 'cd /tmp; mkfifo fifo; ln -s /etc/shadow shadow; ln -s / root; ln -s . loop
		e=$(printf "a\nb\033[31m\342\200\256\377"); printf "#!/x\033[2J" > "$e"; mkdir deep'
	warder exec foe -- $IN/disturb deep /tmp/deep 5000
	run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" surface --persistence foe
	expect 2 '/tmp/a\nb\x1B[31m\xE2\x80\xAE\xFF'
	[[ "$output" != *$'\033'* ]] && [[ "$output" != *shadow* ]]
	warder surface --persistence --json foe > "$DIR/out" || [ $? -eq 2 ]
	jq -e '.files[] | select(.path | startswith("/tmp/a\nb")) | .first_line == "#!/x"' "$DIR/out"
	jq -e '.entries > 5000' "$DIR/out"
}

@test "a state that is changed all the time is gone through, or it is said that it was not" {
	warder start -q foe
	warder exec foe -- /bin/sh -c 'mkdir -p /tmp/a/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20 /tmp/b; echo x > /tmp/a/1/2/x'
	"$WARDER" --root "$ROOT" -f "$CONF" exec foe -- $IN/disturb swap /tmp/a /tmp/b 60000 > /dev/null 2>&1 3>&- &
	swapping=$!
	for i in $(seq "${WARDER_KILLS:-50}"); do
		run timeout 20 "$WARDER" --root "$ROOT" -f "$CONF" surface --persistence --json foe
		[ "$status" -eq 0 ] || [ "$status" -eq 2 ] || [ "$status" -eq 1 ]
	done
	kill -0 $swapping
	warder stop -q --kill foe
	wait $swapping || :
}

@test "memory does not grow with the number of names" {
	warder start -q clean
	warder exec clean -- /bin/sh -c 'cd /tmp; n=$(printf %0200d 0); i=0
		while [ $i -lt 20000 ]; do echo "#!" > $i$n; i=$((i + 1)); done'
	run bash -c 'ulimit -v 65536; exec "$@"' sh "$WARDER" --root "$ROOT" -f "$CONF" surface --persistence clean
	expect 2 "20000 script"
	[ "$("$WARDER" --root "$ROOT" -f "$CONF" surface --persistence --json clean | jq '.found - .unlisted <= 10000 and .found == 20000')" = true ]
}

@test "recording and --persistence exclude each other, and an unknown jail is one" {
	persistence --record clean
	expect 64 "either"
	persistence nobody
	[ "$status" -ne 0 ] && [ "$status" -ne 2 ]
}
