# R23: a start killed at any moment leaves nothing that the next command does not find and clear.
load helpers
BATS_TEST_TIMEOUT=900

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		net { ip4.addr = 10.213.8.2/24; exec.service = "/bin/sleep", "1000"; memory = 64M; limits = best-effort; }
		fresh { }
		gone { }
	EOT
	make_store crash < "$BATS_FILE_TMPDIR/conf"
	make_jail net
}
setup() { use_store crash; }
teardown_file() { use_store crash; remove_store; }

@test "start killed at random moments (100 of them): the next start works, and a stop leaves nothing" {
	local i began=$EPOCHREALTIME us
	warder start -q net
	us=$((${EPOCHREALTIME/./} - ${began/./}))
	warder stop -q net
	for i in $(seq "${WARDER_KILLS:-100}"); do
		"$WARDER" --root "$ROOT" -f "$CONF" start -q net > /dev/null 2>&1 &
		sleep "$(awk -v us=$us -v r=$RANDOM 'BEGIN { printf "%.6f", us / 1e6 * r / 32768 }')"
		kill -9 $! 2> /dev/null || :
		wait $! 2> /dev/null || :
		if [ $((i % 2)) -eq 0 ]; then
			warder stop -q net || { echo "stop after kill $i"; return 1; }
			nothing_left || { echo "after kill $i"; return 1; }
			continue
		fi
		run warder start -q net
		[ "$status" -eq 0 ] || [ "$status" -eq 75 ] || { echo "start after kill $i: $output"; return 1; }
		warder stop -q net
		nothing_left || { echo "after kill $i"; return 1; }
	done
}

# Begins a start of `net` with much to empty in /run; stops pid 1 while it does that, kills the start; prints the pid.
kill_while_emptying()
{
	python3 -c 'import os, signal, subprocess, sys
def read(path):
    try:
        return open(path).read()
    except OSError:
        return ""
run, record, start = sys.argv[1], sys.argv[2], sys.argv[3:]
for i in range(10000):
    os.close(os.open("%s/%d" % (run, i), os.O_CREAT))
p, init = subprocess.Popen(start), None
while init is None and p.poll() is None:
    for d in filter(str.isdigit, os.listdir("/proc")):
        if read("/proc/%s/cmdline" % d) == "warder-init\0" and read("/proc/%s/stat" % d).split(") ")[1].split()[1] == str(p.pid):
            init = int(d)
os.kill(init, signal.SIGSTOP)
assert "pid 0\n" in read(record) and os.listdir(run)
p.kill()
p.wait()
print(init)' "$ROOT/t/net/var/run" "$ROOT/.warder/run/net" "$WARDER" --root "$ROOT" -f "$CONF" start -q net
}

@test "a start killed while pid 1 empties /run leaves no process" {
	local init
	init=$(kill_while_emptying)
	sleep 0.5
	[[ $(ps -o stat= -p "$init") != [^Z]* ]] || { kill -KILL "$init"; echo "pid 1 is still there"; return 1; }
	warder start -q net
	warder stop -q net
	nothing_left
}

# As if the jail's declaration had been taken away before.
undeclared() { sed '/^ *gone {/d' "$CONF" > "$DIR/undeclared.conf"; "$WARDER" --root "$ROOT" -f "$DIR/undeclared.conf" "$@"; }

@test "destroy killed after its first step: the next destroy finishes it, declared or not" {
	warder create -q gone
	rm "$ROOT/s/gone"
	undeclared destroy -q -y gone
	[ -z "$(find "$ROOT" -name 'gone*')" ] || { find "$ROOT" -name 'gone*'; return 1; }
	run undeclared destroy -q -y gone
	expect 1 "no such jail"
}

@test "destroy of an undeclared jail killed at 30 random moments: the next one finishes it" {
	local i
	for i in $(seq 30); do
		warder create -q gone
		"$WARDER" --root "$ROOT" -f "$DIR/undeclared.conf" destroy -q -y gone > /dev/null 2>&1 &
		sleep "0.0$((RANDOM % 3))$((RANDOM % 10))"
		kill -9 $! 2> /dev/null || :
		wait $! 2> /dev/null || :
		run undeclared destroy -q -y gone
		[ "$status" -eq 0 ] || [[ "$output" == *"no such jail"* ]] || { echo "destroy after kill $i: $output"; return 1; }
		[ -z "$(find "$ROOT" -name 'gone*' ! -path '*/lock/*')" ] || { find "$ROOT" -name 'gone*'; return 1; }
	done
}

@test "create killed at 30 random moments: the next create works, or says that the jail is complete" {
	local i
	for i in $(seq 30); do
		"$WARDER" --root "$ROOT" -f "$CONF" create -q fresh > /dev/null 2>&1 &
		sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
		kill -9 $! 2> /dev/null || :
		wait $! 2> /dev/null || :
		run warder create -q fresh
		[ "$status" -eq 0 ] || [ "$status" -eq 73 ] || { echo "create after kill $i: $output"; return 1; }
		warder start -q fresh || { echo "start after kill $i"; return 1; }
		warder stop -q fresh
		warder destroy -q -y fresh
	done
}

@test "manage, rollback and base use killed at 40 random moments: verify finds all as the journal says, and the journal whole" {
	local i g
	local -a change
	warder create -q fresh
	warder manage -q -y fresh -- /bin/sh -c ': > /etc/second'
	warder base edit -q -y small -- /bin/sh -c 'mkdir -p /usr/share; : > /usr/share/second'
	for i in $(seq 40); do
		case $((i % 4)) in
		0) change=(manage -q -y fresh -- /bin/sh -c "echo $i > /etc/killed") ;;
		1) g=$(basename "$(readlink "$ROOT/s/fresh")"); change=(rollback -q fresh $((g == 1 ? 2 : 1))) ;;
		2) change=(base use -q small $((i % 8 / 4 + 1))) ;;
		3) change=(base use -q small $((i % 8 / 4 + 1)) fresh) ;;
		esac
		"$WARDER" --root "$ROOT" -f "$CONF" "${change[@]}" > /dev/null 2>&1 &
		sleep "0.0$((RANDOM % (i % 4 ? 1 : 6)))$((RANDOM % 10))"
		kill -9 $! 2> /dev/null || :
		wait $! 2> /dev/null || :
		run warder verify fresh --base small
		[ "$status" -eq 0 ] || { echo "after kill $i of ${change[*]}: $output"; return 1; }
		warder manage -q --discard fresh > /dev/null 2>&1 || :
	done
	warder journal --check
	warder destroy -q -y fresh
}

@test "destroy waits for the view of a manager that was killed" {
	local sleeper
	warder create -q gone
	sleep 2 3>&- &
	sleeper=$!
	printf 'pid %s\nticks %s\nboot_id %s\n' $sleeper "$(sed 's/.*) //' /proc/$sleeper/stat | cut -d' ' -f20)" \
		"$(cat /proc/sys/kernel/random/boot_id)" > "$ROOT/.warder/skel/gone/draft.pid"
	warder destroy -q -y gone
	[[ $(ps -o stat= -p "$sleeper") != [^Z]* ]] || { echo "destroyed under a view that had not ended"; return 1; }
	[ -z "$(find "$ROOT" -name 'gone*')" ] || { find "$ROOT" -name 'gone*'; return 1; }
}

@test "manage of a jail whose declaration is gone says the way out" {
	warder create -q gone
	run undeclared manage -y gone -- /bin/true
	expect 78 "the configuration declares no such jail"
	[[ $output == *"it was created; declare it: gone { base = small; }"* ]]
	warder manage -q -y gone -- /bin/true
	warder destroy -q -y gone
}
