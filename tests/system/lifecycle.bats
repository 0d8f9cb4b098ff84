# Verbs against real jails: states, exit statuses, what is left.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		plain { }
		hooked { exec.prestart = "echo out; echo err >&2"; }
		sleeper { exec.service = "/bin/sleep", "1000"; }
		talker { exec.service = "/bin/sh", "-c", "echo first; echo second >&2; printf 'a\\033]0;title\\007b\\n'; sleep 1000"; }
		broken { exec.service = "/bin/sh", "-c", "sleep 0.3; exit 1"; }
		missing { exec.service = "/bin/no-such-program"; }
		noprogram { exec.service = "/etc/passwd"; restart = always; }
		stubborn { exec.service = "/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"; stop.timeout = 1; }
		starter { exec.start = "echo made > /var/tmp/by-start"; exec.stop = "echo stopped > /var/tmp/by-stop"; }
		badstart { exec.start = "exit 3"; exec.service = "/bin/sleep", "1000"; }
		nosuch {
			exec.allow = "/bin/no-such";
		}
		slow { exec.start = "echo up; sleep 100"; exec.stop = "echo bye > /var/tmp/bye"; exec.service = "/bin/sleep", "1000"; }
		lingering { exec.service = "/bin/sleep", "1000"; exec.stop = "echo ending; sleep 100"; }
		again { exec.service = "/bin/sh", "-c", "echo run >> /var/tmp/runs; exit 1"; restart = on-failure; restart.delay = 0; }
		bare { exec.service = "/bin/sleep", "1000"; }
		poster { exec.poststop = 'echo post >> $WARDER_ROOT/post; sleep 0.5; echo done >> $WARDER_ROOT/post';
			exec.service = "/bin/sleep", "1000"; }
		brief { exec.poststop = 'echo brief >> $WARDER_ROOT/post'; exec.service = "/bin/true"; }
		first { } second { depend = first; }
		asked {
			exec.service = "/bin/sleep", "1000";
			exec.jail_user = nobody;
			exec.health = "/bin/sh", "-c", 'read line || echo "asked by $(id -u)"; test -e /tmp/well || exit 5';
		}
		dirs { run.dirs = "own 5:6 0750"; }
		env { exec.environment = "GREETING=hello"; }
	EOT
	make_store lifecycle < "$BATS_FILE_TMPDIR/conf"
	make_jail plain hooked sleeper talker broken missing noprogram stubborn starter badstart nosuch slow lingering again bare poster brief first second asked dirs env
}
setup() { use_store lifecycle; }
teardown() { warder stop -q --kill --all || :; }
teardown_file() { use_store lifecycle; remove_store; }

@test "start, list, exec, stop: a jail runs and leaves nothing" {
	run warder start sleeper
	expect 0
	run warder list --json sleeper
	[ "$(echo "$output" | jq -r '.version, .jails[0].state, .jails[0].base')" = $'1\nrunning\nsmall' ]
	run warder exec sleeper -- /bin/echo inside
	expect 0 inside
	run warder stop sleeper
	expect 0
	[ "$(warder list --json sleeper | jq -r '.jails[0].state')" = stopped ]
	nothing_left
}

@test "start and stop --json: one object, with the jail as list has it, and nothing else on standard output" {
	[ "$(warder start --json sleeper hooked 2> /dev/null | jq -c '[.jails[] | [.name, .state, .status, .error]]')" = \
	    '[["sleeper","running",0,null],["hooked","running",0,null]]' ]
	[ "$(warder restart --json -j 2 sleeper hooked 2> /dev/null | jq -r '.jails[].pid' | sort | xargs)" = \
	    "$(warder list --json sleeper hooked | jq -r '.jails[].pid' | sort | xargs)" ]
	[ "$(warder stop --json sleeper | jq -c '.jails | map(.state)')" = '["stopped"]' ]
	[ "$(warder start --dry-run --json sleeper plain | jq -c '[.plans[] | [.jail, (.steps | length > 20)]]')" = \
	    '[["sleeper",true],["plain",true]]' ]
}

@test "exec gives the command's own exit status" {
	warder start -q plain
	run warder exec plain -- /bin/sh -c 'exit 42'
	expect 42
	run warder exec plain -- /bin/sh -c 'kill -KILL $$'
	expect 137
}

@test "exec of an empty word gives 127, and a command may have empty arguments" {
	warder start -q plain
	run warder exec plain ''
	expect 127 "warder: plain: exec '': no such program"
	[ "$(warder exec plain -- /bin/echo '' x)" = " x" ]
}

# begin_exec JAIL: a command that waits; $client is warder's process.
begin_exec()
{
	"$WARDER" --root "$ROOT" -f "$CONF" exec "$1" -- /bin/sh -c 'echo > /tmp/up; exec sleep 654' > "$DIR/out" 2>&1 &
	client=$!
	until [ -e "$ROOT/t/$1/tmp/up" ]; do sleep 0.05; done
	rm "$ROOT/t/$1/tmp/up"
}

@test "a stopped exec does not keep the jail from ending, by stop and by stop --kill" {
	local how client
	for how in "" --kill; do
		warder start -q sleeper
		begin_exec sleeper
		kill -STOP "$client"
		run timeout 20 "$WARDER" --root "$ROOT" -f "$CONF" stop $how sleeper
		kill -CONT "$client"
		wait "$client" || :
		expect 0
	done
	nothing_left
}

@test "a killed exec leaves its command to the jail, and nothing on the host after the jail's end" {
	local client
	warder start -q sleeper
	begin_exec sleeper
	kill -KILL "$client"
	wait "$client" || :
	warder stop -q sleeper
	sleep 0.2
	[ -z "$(pgrep -f -- "-f $CONF exec sleeper" || :)" ]
	nothing_left
}

@test "exec of what is not there gives 127, of what is no program 126" {
	warder start -q plain
	for i in $(seq 20); do
		run warder exec plain -- /bin/no-such
		expect 127
		run warder exec plain -- /etc/passwd
		expect 126
	done
}

@test "exec into a stopped jail gives 125 and says how to start it" {
	run warder exec plain -- /bin/true
	expect 125 "warder: plain: exec plain: it is not running"
	[[ "$output" == *"warder start plain"* ]]
}

@test "a second start gives 75" {
	warder start -q plain
	run warder start plain
	expect 75 plain
}

@test "two starts at the same time: one works, the other gives 75, and one jail runs" {
	local a=0 b=0
	warder start -q sleeper 2> /dev/null & local one=$!
	warder start -q sleeper 2> /dev/null & local two=$!
	wait $one || a=$?
	wait $two || b=$?
	[ $((a + b)) -eq 75 ] || { echo "statuses $a and $b"; return 1; }
	[ "$(own_processes | wc -l)" -eq 1 ] || { own_processes; return 1; }
}

@test "stopping a stopped jail is no error" {
	run warder stop plain
	expect 0
}

@test "start --dry-run prints the plan and touches nothing" {
	run warder start --dry-run plain
	expect 0
	[[ "$output" == *proc* ]]
	[ "$(warder list --json plain | jq -r '.jails[0].state')" = stopped ]
	nothing_left
}

@test "start -v prints each step of the plan" {
	run warder start -v plain
	expect 0
	local line
	while read -r line; do [[ "$output" == *"$line"* ]]; done < <(warder plan plain)
	[ "$(grep -c '^plain: ' <<< "$output")" -gt 20 ]
}

@test "status --health: 0 well, 1 not well or not declared, 3 stopped" {
	run warder status --health asked
	expect 3
	warder start -q asked plain
	run warder status --health asked
	expect 1 "asked by 65534"
	[[ "$output" == *"health       bad: exec.health ended with 5"* ]]
	warder exec asked -- /bin/touch /tmp/well
	run warder status --health asked
	expect 0 "health       good"
	[ "$(warder status --health --json asked 2> /dev/null | jq -c '.jails[0] | [.healthy, .health_exit]')" = '[true,0]' ]
	[ "$(warder status --json asked | jq -c '.jails[0] | [.healthy, .health_exit]')" = '[null,null]' ]
	# what it reads is not its caller's
	[ "$(printf 'a\nb\n' | { warder status -q --health asked; cat; })" = $'a\nb' ]
	run warder status --health plain
	expect 1 "exec.health is not declared"
	run warder status plain
	expect 0
	[[ "$output" != *health* ]]
}

@test "status: 0 running, 3 stopped, 4 unknown" {
	run warder status plain
	expect 3
	warder start -q plain
	run warder status plain
	expect 0
	run warder status nobody
	expect 4
}

@test "logs holds both streams, and escapes what could steer a terminal" {
	warder start -q talker
	for i in $(seq 20); do warder logs talker | grep -q title && break; sleep 0.1; done
	run warder logs talker
	expect 0 first
	[[ "$output" == *second* ]]
	[[ "$output" == *title* ]]
	[[ "$output" != *$'\e'* ]]
	[[ "$output" != *$'\a'* ]]
}

@test "a service that fails makes the jail failed, not running" {
	warder start -q broken
	for i in $(seq 30); do [ "$(warder list --json broken | jq -r '.jails[0].state')" = failed ] && break; sleep 0.1; done
	[ "$(warder list --json broken | jq -r '.jails[0].state')" = failed ]
	warder stop -q broken
	nothing_left
}

@test "a service that is not there, or is no program, fails its start, each of twenty times" {
	for i in $(seq 20); do
		run warder start missing
		expect 1 'start missing: service "/bin/no-such-program" ended with status 127'
		run warder start noprogram
		expect 1 'start noprogram: service "/etc/passwd" ended with status 126'
	done
	run warder logs missing
	expect 0 no-such-program
	nothing_left
}

@test "a jail that ignores its stop signal is killed after stop.timeout" {
	warder start -q stubborn
	local began=$SECONDS
	run warder stop stubborn
	expect 0
	[ $((SECONDS - began)) -le 4 ]
	nothing_left
}

@test "stop takes the processes with it that the service left" {
	warder start -q plain
	warder exec plain -- /bin/sh -c 'sleep 987 & sleep 988 &'
	warder stop -q plain
	nothing_left
}

@test "exec.start and exec.stop run in the jail" {
	warder start -q starter
	run warder exec starter -- /bin/cat /var/tmp/by-start
	expect 0 made
	warder stop -q starter
	warder start -q starter
	run warder exec starter -- /bin/cat /var/tmp/by-stop
	expect 0 stopped
}

@test "exec.poststop runs in the end, also when the stop before was killed" {
	warder start -q poster
	"$WARDER" --root "$ROOT" -f "$CONF" stop -q poster & local stop=$!
	until [ -s "$ROOT/post" ]; do sleep 0.02; done
	kill -KILL "$stop"
	wait "$stop" || :
	[ "$(warder list --json poster | jq -r '.jails[0].state')" = stopped ]
	warder stop -q poster
	[ "$(tail -n 2 "$ROOT/post" | xargs)" = "post done" ]
	rm "$ROOT/post"
	warder stop -q poster
	[ ! -e "$ROOT/post" ] || { echo "once more: $(cat "$ROOT/post")"; return 1; }
	nothing_left
}

@test "exec.poststop runs after a service that ended by itself, at the next stop or start" {
	warder start -q brief
	until [ "$(warder list --json brief | jq -r '.jails[0].state')" = stopped ]; do sleep 0.05; done
	warder stop -q brief
	[ "$(cat "$ROOT/post")" = brief ]
	rm "$ROOT/post"
	warder start -q brief
	until [ "$(warder list --json brief | jq -r '.jails[0].state')" = stopped ]; do sleep 0.05; done
	warder start -q brief
	[ "$(cat "$ROOT/post")" = brief ]
	warder stop -q --kill brief
	rm "$ROOT/post"
}

@test "a failing exec.start stops the start, is named, and leaves nothing" {
	run warder start badstart
	expect 1 'start badstart: exec.start "exit 3" ended with status 3'
	warder stop -q badstart
	nothing_left
}

# start_slow: a start of "slow" goes on in the background, as $starter, and has come to its exec.start.
start_slow()
{
	rm -f "$ROOT/.warder/log/slow.log"
	warder start slow > "$DIR/slow" 2>&1 3>&- & starter=$!
	until warder logs slow 2> /dev/null | grep -q up; do sleep 0.05; done
}

@test "a jail is starting while exec.start runs, and can be looked into" {
	start_slow
	[ "$(warder list slow | awk '$1 == "slow" { print $2 }')" = starting ]
	[ "$(warder list --json slow | jq -r '.jails[0].state')" = stopped ]
	run warder status slow
	expect 3 starting
	run warder exec slow -- /bin/echo inside
	expect 0 inside
	warder stop -q slow
	wait "$starter" || :
}

@test "stop ends a start that waits for exec.start, with and without --kill" {
	local kill began
	for kill in "" --kill; do
		start_slow
		began=$SECONDS
		run warder stop $kill slow
		expect 0 "slow: stopped"
		[ $((SECONDS - began)) -le 5 ]
		local status=0
		wait "$starter" || status=$?
		[ "$status" -eq 1 ] || { echo "start ended with $status"; return 1; }
		grep -E "was stopped while it started|was killed" "$DIR/slow"
		[ "$(warder list slow | awk '$1 == "slow" { print $2 }')" = stopped ]
		nothing_left
		if [ -z "$kill" ]; then [ -s "$ROOT/t/slow/var/tmp/bye" ]; fi
		rm -f "$ROOT/t/slow/var/tmp/bye"
	done
	[ ! -e "$ROOT/t/slow/var/tmp/bye" ]
	start_slow
	warder restart slow > "$DIR/slow2" 2>&1 3>&- & local second=$!
	wait "$starter" || :
	until grep -q stopped "$DIR/slow2"; do sleep 0.05; done
	warder stop -q --kill slow
	wait "$second" || :
}

@test "stop --kill ends a jail that another stop waits for" {
	warder start -q lingering
	warder stop lingering > "$DIR/lingering" 2>&1 3>&- & local first=$!
	until warder logs lingering | grep -q ending; do sleep 0.05; done
	local began=$SECONDS
	run warder stop --kill lingering
	expect 0 "lingering: stopped"
	wait "$first"
	[ $((SECONDS - began)) -le 5 ]
	nothing_left
}

@test "a step that fails on the way into the jail is told with its line of the configuration" {
	run warder start nosuch
	expect 78 "exec.allow /bin/no-such: there is no such file in the jail"
	[[ "$output" == *"at $CONF:$(grep -n '"/bin/no-such"' "$CONF" | cut -d: -f1):"* ]] || { echo "$output"; return 1; }
	[[ "$output" == *hint:* ]]
	nothing_left
}

@test "restart = on-failure runs the service again" {
	warder start -q again
	for i in $(seq 50); do
		[ "$(warder exec again -- /bin/sh -c 'wc -l < /var/tmp/runs')" -lt 2 ] || return 0
		sleep 0.1
	done
	warder logs again
	return 1
}

@test "depend starts the other jail first" {
	warder start -q second
	[ "$(warder list --json first | jq -r '.jails[0].state')" = running ]
}

@test "run.dirs are made at each start with owner and mode, and /run is emptied" {
	warder start -q dirs
	[ "$(warder exec dirs -- /bin/stat -c '%u:%g %a' /run/own)" = "5:6 750" ]
	warder exec dirs -- /bin/touch /run/old
	warder stop -q dirs
	warder start -q dirs
	run warder exec dirs -- /bin/ls /run
	[[ "$output" == *own* ]]
	[[ "$output" != *old* ]]
}

@test "exec -u takes a user of the jail, and not one who is not there" {
	warder start -q plain
	[ "$(warder exec -u 7:8 plain -- /bin/sh -c 'echo $(id -u):$(id -g)')" = 7:8 ]
	run warder exec -u no-such plain -- /bin/true
	expect 125 "warder: plain: look up user no-such"
	run warder exec -u 4294967295 plain -- /bin/true
	expect 125
}

@test "exec -w begins in that directory, and nowhere else" {
	warder start -q plain
	[ "$(warder exec -w /usr plain -- /bin/pwd)" = /usr ]
	run warder exec -w /no-such plain -- /bin/touch /var/tmp/went-on
	expect 125 "chdir /no-such: No such file or directory"
	run warder exec -w /etc/passwd plain -- /bin/pwd
	expect 125 "Not a directory"
	[ ! -e "$ROOT/t/plain/var/tmp/went-on" ]
}

@test "exec as root or by number needs no etc/passwd in the jail, a name does" {
	rm "$ROOT/s/bare/etc/passwd" "$ROOT/s/bare/etc/group"
	warder start -q bare
	run warder exec bare -- /bin/sh -c 'echo $(id -u):$(id -g) $HOME'
	expect 0 "0:0 /"
	run warder exec -u 7:8 bare -- /bin/sh -c 'echo $(id -u):$(id -g)'
	expect 0 7:8
	run warder exec -u daemon bare -- /bin/true
	expect 125 "no such user in the jail"
}

# hold JAIL R|W SECONDS: holds the lock on the way into the jail, shared or alone, once "held" is printed.
hold()
{
	python3 -c 'import fcntl, struct, sys, time
f = open(sys.argv[1], "a+")
fcntl.fcntl(f, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK if sys.argv[2] == "R" else fcntl.F_WRLCK, 0, 0, 0, 0))
print("held", flush=True)
time.sleep(float(sys.argv[3]))' "$ROOT/.warder/lock/enter.$1" "$2" "$3"
}

# At least this many milliseconds since $began.
took() { [ $(($(date +%s%3N) - began)) -ge "$1" ] || { echo "took only $(($(date +%s%3N) - began)) ms"; return 1; }; }

@test "R12: exec waits while the jail is being cleared, clearing waits for exec until its command runs" {
	warder start -q sleeper
	hold sleeper W 1.5 > "$DIR/held" & local holder=$!
	until [ -s "$DIR/held" ]; do sleep 0.05; done
	local began=$(date +%s%3N)
	warder exec sleeper -- /bin/true
	took 800
	wait "$holder"
	hold sleeper R 1.5 > "$DIR/held" & holder=$!
	sleep 0.5
	began=$(date +%s%3N)
	warder stop -q sleeper
	took 500
	wait "$holder"
	warder start -q sleeper
	warder exec sleeper -- /bin/sh -c 'echo up; exec sleep 30' > "$DIR/up" & local command=$!
	until [ -s "$DIR/up" ]; do sleep 0.05; done
	hold sleeper W 0
	warder stop -q sleeper
	wait "$command" || :
	nothing_left
}

@test "exec beside starts and stops works or says that the jail does not run" {
	while [ ! -e "$DIR/enough" ]; do
		run warder exec sleeper -- /bin/echo inside
		[ "$status:$output" = 0:inside ] || [ "$status" -eq 137 ] || { [ "$status" -eq 125 ] &&
			[[ "$output" == *"not running"* || "$output" == *"has just ended"* ]]; } || echo "$status: $output"
	done > "$DIR/odd" 3>&- & local execs=$!
	for i in $(seq 15); do
		warder start -q sleeper
		sleep 0.05
		warder stop -q --kill sleeper
	done
	touch "$DIR/enough"
	wait "$execs"
	rm "$DIR/enough"
	[ ! -s "$DIR/odd" ] || { cat "$DIR/odd"; return 1; }
	nothing_left
}

@test "exec -t gives a terminal of the jail's own" {
	warder start -q plain
	run warder exec -t plain -- /bin/sh -c 'tty; test -t 0 && test -t 1'
	expect 0 /dev/pts/
}

@test "a jail whose pid 1 was killed is failed, says so, and is cleared" {
	warder start -q sleeper
	kill -9 "$(pid_of sleeper)"
	for i in $(seq 30); do [ "$(warder list --json sleeper | jq -r '.jails[0].state')" != running ] && break; sleep 0.1; done
	[ "$(warder list --json sleeper | jq -r '.jails[0].state')" = failed ]
	run warder status sleeper
	expect 3 "pid 1 was killed"
	[ "$(warder status --json sleeper | jq -r '.jails[0].reason')" = "pid 1 was killed" ]
	warder start -q sleeper
	warder stop -q sleeper
	nothing_left
}

@test "a running jail cannot be destroyed, nor its base removed" {
	warder start -q plain
	run warder destroy -y plain
	expect 75 plain
	run warder base remove -y small
	expect 75
}

@test "state outlives stop and start" {
	warder start -q plain
	warder exec plain -- /bin/sh -c 'echo kept > /var/tmp/kept'
	warder stop -q plain
	warder start -q plain
	run warder exec plain -- /bin/cat /var/tmp/kept
	expect 0 kept
}

@test "create of a jail that exists gives 73; destroy removes all of it" {
	run warder create plain
	expect 73 plain
	make_jail() { :; }
	warder destroy -y -q first second
	[ ! -e "$ROOT/t/first" ]
	[ ! -e "$ROOT/s/first" ]
	warder create -q first second
}
