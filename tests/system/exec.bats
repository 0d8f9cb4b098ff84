# What stands between a command in a jail and its caller: descriptors, signals, terminals.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		j { exec.service = "/bin/sleep", "1000"; }
	EOT
	make_store exec < "$BATS_FILE_TMPDIR/conf"
	make_jail j
	warder start -q j
}
setup() { use_store exec; }
teardown_file() { use_store exec; remove_store; }

# The command line of warder for `script -c` and others that start it.
command_line() { printf '%q ' "$WARDER" --root "$ROOT" -f "$CONF" "$@"; }

# Runs "$@" in the background, warder as $client, until the command in the jail has written /tmp/up.
begin()
{
	"$@" & client=$!
	until [ -e "$ROOT/t/j/tmp/up" ]; do sleep 0.05; done
	rm "$ROOT/t/j/tmp/up"
}

# No process of the jail was started with this word.
gone_in_jail()
{
	local all
	sleep 0.2
	all=$(warder exec j -- /bin/sh -c 'cat /proc/[0-9]*/cmdline | tr "\0" " "')
	[[ "$all" != *"$1"* ]] || { echo "still there: $all"; return 1; }
}

@test "R8: a directory of the host as standard input is no way out of the jail" {
	mkdir -p "$DIR/host/below"
	touch "$DIR/host/below/marker"
	chmod 755 "$DIR/host" "$DIR/host/below"
	run warder exec j -- /bin/sh -c 'ls /proc/self/fd/0/below; cd /proc/self/fd/0 && ls below' < "$DIR/host"
	[[ "$output" != *marker* ]] || { echo "the host's tree: $output"; return 1; }
}

@test "R8: a device of the host as standard error does not get into the jail" {
	[ "$(warder exec j -- /bin/sh -c 'stat -L -c %F /proc/self/fd/2' 2> /dev/zero)" = fifo ]
}

@test "a hangup that the caller ignores (nohup) does not reach the command" {
	local client
	begin env --ignore-signal=HUP "$WARDER" --root "$ROOT" -f "$CONF" exec j -- /bin/sh -c 'echo > /tmp/up; exec sleep 321'
	kill -HUP "$client"
	sleep 0.5
	kill -0 "$client"
	kill -TERM "$client"
	run wait "$client"
	gone_in_jail "sleep 321"
}

@test "signals of the caller end the command, and its status is 128 + n" {
	local client sig
	for sig in INT TERM HUP QUIT; do
		begin env --default-signal="$sig" "$WARDER" --root "$ROOT" -f "$CONF" \
			exec j -- /bin/sh -c 'echo > /tmp/up; exec sleep 322'
		kill -"$sig" "$client"
		local status=0
		wait "$client" || status=$?
		[ "$status" -eq $((128 + $(kill -l "$sig"))) ] || { echo "$sig: $status"; return 1; }
	done
	gone_in_jail "sleep 322"
}

@test "a reader that goes away ends a command on a terminal, which is as before then" {
	run timeout 20 script -qec "stty -g > $(printf %q "$DIR/before"); $(command_line exec -t j -- \
		/bin/sh -c 'while :; do echo 323; done') | head -n 1; stty -g > $(printf %q "$DIR/after")" /dev/null < /dev/null
	expect 0 323
	cmp "$DIR/before" "$DIR/after"
	gone_in_jail "echo 323"
}

# Runs warder on a terminal that nobody reads, sends it a signal when that is full, and prints its exit status.
on_stalled_terminal()
{
	python3 -c 'import os, pty, signal, subprocess, sys, time
master, slave = pty.openpty()
p = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
time.sleep(1.5)
p.send_signal(signal.SIGTERM)
try:
    print(p.wait(10))
except subprocess.TimeoutExpired:
    p.kill()
    print("hangs")' "$WARDER" --root "$ROOT" -f "$CONF" "$@"
}

@test "a stalled terminal does not keep a signal from the command" {
	run on_stalled_terminal exec j -- /bin/sh -c 'while :; do echo 324; done'
	expect 0 143
	run on_stalled_terminal exec -t j -- /bin/sh -c 'while :; do echo 325; done'
	expect 0 143
	gone_in_jail "do echo 32"
}

@test "output and input of any length pass whole, with and without a terminal in between" {
	local sum
	head -c 3000000 /dev/urandom | od -v -A n -t x1 > "$DIR/much"
	sum=$(md5sum < "$DIR/much")
	[ "$(warder exec j -- /bin/cat < "$DIR/much" | md5sum)" = "$sum" ]
	[ "$(script -qec "$(command_line exec j -- /bin/cat) < $(printf %q "$DIR/much")" /dev/null < /dev/null |
		tr -d '\r' | md5sum)" = "$sum" ]
}
