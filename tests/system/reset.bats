# warder reset: a jail's state becomes pristine, and a hostile one cannot turn that against the host.
load helpers
DISTURB=$WARDER_BUILD/tools/disturb
BATS_TEST_TIMEOUT=600

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		one { exec.service = "/bin/sleep", "1000"; pins = /var/keep/inner; }
		two { }
	EOT
	make_store reset < "$BATS_FILE_TMPDIR/conf"
	make_jail one two
}
setup()
{
	use_store reset
	warder start -q one
	warder exec one -- /bin/sh -c 'mkdir -p /var/lib/app; echo rows > /var/lib/app/table; echo x > /tmp/x; rm -rf /var/log'
}
teardown() { warder stop -q --kill --all || :; }
teardown_file() { use_store reset; remove_store; }

# The state of $1 as names, types, modes and owners, as the jail sees them.
state_of()
{
	local first
	first=$(awk -v j="$1" '$1 == j { print $2 }' "$ROOT/.warder/ids")
	find "$ROOT/t/$1" -mindepth 1 -printf '%P %y %m %U %G\n' |
		awk -v f="$first" '{ print $1, $2, $3, $4 < f ? "host" : $4 - f, $5 < f ? "host" : $5 - f }' | sort
}

@test "a running jail is refused, and nobody is asked without a terminal" {
	run warder reset -y one
	expect 75 "warder stop one"
	warder stop -q one
	run warder reset one
	expect 64 "-y"
	[ -e "$ROOT/t/one/var/lib/app/table" ]
}

@test "a reset state is what create makes, the jail starts with it, and the journal has it" {
	warder stop -q one
	run warder reset -y one
	expect 0 "reset, lost:"
	diff <(state_of two) <(state_of one | grep -v '^var/keep')
	[ "$(state_of one | grep '^var/keep')" = $'var/keep d 755 0 0\nvar/keep/inner d 755 host host' ]
	[ ! -e "$ROOT/t/one.tmp" ]
	warder start -q one
	run warder exec one -- /bin/touch /var/keep/inner/x
	[ "$status" -ne 0 ]
	[ "$(warder journal --json one | jq -r '.entries[-1].action')" = reset ]
	warder journal --check
}

@test "--keep leaves a path as it is, with its owners" {
	warder exec one -- /bin/sh -c 'mkdir -p /var/lib/deep/er/kept; echo x > /var/lib/deep/er/kept/f; chown -R 5:6 /var/lib/deep; chmod 750 /var/lib/deep/er/kept; echo y > /tmp/y'
	warder stop -q one
	run warder reset -y one --keep /var/lib/deep/er/kept --keep=/tmp/y
	expect 0 "kept: /var/lib/deep/er/kept, /tmp/y"
	warder start -q one
	run warder exec one -- /bin/sh -c 'cd /var/lib/deep; stat -c "%u:%g %a" . er/kept er/kept/f; ls /var/lib; ls /tmp/'
	[ "$output" = $'5:6 755\n5:6 750\n5:6 644\ndeep\ny' ] || { echo "$output"; return 1; }
	[ "$(warder exec one -- /bin/cat /var/lib/deep/er/kept/f /tmp/y)" = $'x\ny' ]
}

@test "what cannot be kept is refused, and nothing is lost" {
	warder stop -q one
	local path
	for path in /etc /var/../etc /var/spool/cron /var/keep/inner/x relative; do
		run warder reset -y one --keep "$path"
		expect 64 keep || { echo "$path"; return 1; }
	done
	run warder reset -y one --keep /var/lib/typo
	expect 1 typo
	run warder reset -y nobody
	expect 78
	run warder reset -y --all
	expect 64
	run warder reset -n one
	expect 0 "would be lost"
	[ -e "$ROOT/t/one/var/lib/app/table" ]
}

@test "what is lost is named, and no means no" {
	command -v script > /dev/null || skip "script(1) is not installed"
	warder stop -q one
	run script -qec "'$WARDER' --root '$ROOT' -f '$CONF' reset one --keep /tmp/x" /dev/null < <(sleep 0.5; echo n)
	[ "$status" -ne 0 ]
	[[ "$output" =~ losing\ [0-9]+\ entries,\ [0-9.]+\ KiB\;\ kept:\ /tmp/x ]]
	[ -e "$ROOT/t/one/var/lib/app/table" ]
	run script -qec "'$WARDER' --root '$ROOT' -f '$CONF' reset one" /dev/null < <(sleep 0.5; echo y)
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
	[ ! -e "$ROOT/t/one/var/lib/app/table" ]
}

@test "R1: links in a state lead a reset nowhere, where a plain copy of what is kept takes the host's files" {
	mkdir -p "$DIR/secret/inner"
	echo secret > "$DIR/secret/inner/file"
	warder exec one -- /bin/sh -c 'rm -rf /var/lib/app; ln -s "$0" /var/lib/app; ln -s "$0" /var/log; mkdir /var/lib/d; ln -s "$0" /var/lib/d/l' \
		"$DIR/secret"
	warder stop -q one
	cp -r "$ROOT/t/one/var/lib/app/inner" "$DIR/plain"
	[ "$(cat "$DIR/plain/file")" = secret ]
	rm -r "$DIR/plain"
	run warder reset -y one --keep /var/lib/app/inner
	expect 1
	run warder reset -y one --keep /var/lib/app --keep /var/lib/d
	expect 0
	[ "$(readlink "$ROOT/t/one/var/lib/app")" = "$DIR/secret" ]
	[ "$(readlink "$ROOT/t/one/var/lib/d/l")" = "$DIR/secret" ]
	[ -d "$ROOT/t/one/var/log" ]
	[ ! -L "$ROOT/t/one/var/log" ]
	[ "$(cat "$DIR/secret/inner/file")" = secret ]
	[ "$(stat -c '%u %h' "$DIR/secret/inner/file")" = "0 1" ]
	rm -r "$DIR/secret"
}

@test "what would hold others up holds no reset up: FIFOs, sockets, devices, a lease, a set-id file" {
	warder exec one -- /bin/sh -c 'mkdir /var/lib/odd; cd /var/lib/odd; mkfifo fifo; echo x > leased; echo x > setid'
	mknod "$ROOT/t/one/var/lib/odd/null" c 1 3
	chmod 6755 "$ROOT/t/one/var/lib/odd/setid"
	warder stop -q one
	"$DISTURB" lease "$ROOT/t/one/var/lib/odd/leased" 20000 > "$DIR/leased-by" 3>&- &
	local holder=$!
	for i in $(seq 50); do grep -q leased "$DIR/leased-by" && break; sleep 0.1; done
	run timeout 15 "$WARDER" --root "$ROOT" -f "$CONF" reset -y one --keep /var/lib/odd
	kill $holder
	wait $holder || :
	expect 0
	[ -p "$ROOT/t/one/var/lib/odd/fifo" ]
	[ "$(cat "$ROOT/t/one/var/lib/odd/leased")" = x ]
	run timeout 15 "$WARDER" --root "$ROOT" -f "$CONF" reset -y one
	expect 0
	[ ! -e "$ROOT/t/one/var/lib/odd" ]
}

# In memory: what a disk takes for so many directories is not what is tested.
# WARDER_DEEP: less where all is slow.
@test "a directory 100,000 deep is copied out and in, kept, reset and destroyed; nothing is left of it" {
	cat > "$DIR/deep.sh" <<-'EOT'
		set -e
		W="$WARDER --root $DIR/deep -f $CONF"
		mount -t tmpfs -o mode=755 none "$DIR/deep"
		mkdir -p "$DIR/deep/host"
		$W init -q
		$W base create -q small
		$W create -q two
		t=$DIR/deep/t/two/var/lib
		"$1" deep "$t" "${WARDER_DEEP:-100000}"
		$W cp two:/var/lib "$DIR/deep/host/out"
		[ "$(find "$DIR/deep/host/out" | wc -l)" -eq $((${WARDER_DEEP:-100000} + 1)) ]
		$W cp "$DIR/deep/host/out" two:/var/lib/in
		$W reset -y two --keep /var/lib/in
		[ "$(find "$t/in" | wc -l)" -eq $((${WARDER_DEEP:-100000} + 1)) ]
		$W destroy -y two
		[ "$(ls "$DIR/deep/t")" = "" ]
	EOT
	mkdir "$DIR/deep"
	run unshare -m bash "$DIR/deep.sh" "$DISTURB"
	rmdir "$DIR/deep"
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
	[[ "$output" == *"lost: $((${WARDER_DEEP:-100000} / 1000)),00"* ]]
}

@test "R23: a reset killed at any moment leaves the old state or the new one, with all that is kept" {
	local i us began
	warder exec one -- /bin/sh -c 'cd /var/lib/app; for i in $(seq 300); do echo $i > f$i; done; mkdir /var/lib/lost; for i in $(seq 300); do echo $i > /var/lib/lost/f$i; done'
	warder stop -q one
	cp -a "$ROOT/t/one" "$DIR/saved"
	began=$EPOCHREALTIME
	warder reset -q -y one --keep /var/lib/app
	us=$((${EPOCHREALTIME/./} - ${began/./}))
	for i in $(seq $((${WARDER_KILLS:-48} / 4))); do
		rm -rf "$ROOT/t/one"
		cp -a "$DIR/saved" "$ROOT/t/one"
		"$WARDER" --root "$ROOT" -f "$CONF" reset -q -y one --keep /var/lib/app > /dev/null 2>&1 &
		sleep "$(awk -v us=$us -v r=$RANDOM 'BEGIN { printf "%.6f", us / 1e6 * r / 32768 }')"
		kill -9 $! 2> /dev/null || :
		wait $! 2> /dev/null || :
		diff -r "$DIR/saved/var/lib/app" "$ROOT/t/one/var/lib/app" || { echo "after kill $i"; return 1; }
		if [ -e "$ROOT/t/one/var/lib/lost" ]; then
			diff -r "$DIR/saved" "$ROOT/t/one" || { echo "neither old nor new after kill $i"; return 1; }
		else
			[ -d "$ROOT/t/one/var/log" ]
		fi
		warder reset -q -y one --keep /var/lib/app
		[ ! -e "$ROOT/t/one.tmp" ]
	done
	rm -rf "$DIR/saved"
}

@test "what a killed reset left goes with the jail" {
	warder stop -q --all
	mkdir -p "$ROOT/t/two.tmp/var/left" "$ROOT/t/two.in/left"
	warder destroy -q -y two
	[ "$(ls "$ROOT/t")" = one ]
	warder create -q two
}
