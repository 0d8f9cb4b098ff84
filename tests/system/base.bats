# What is said of a base that cannot be had, is gone, or is still needed.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		user { }
	EOT
	make_store base < "$BATS_FILE_TMPDIR/conf"
	make_jail user
}
setup() { use_store base; }
teardown()
{
	[ -z "${server:-}" ] || kill "$server"
	warder stop -q --kill --all || :
}
teardown_file() { use_store base; remove_store; }

# A server on the loopback interface that answers everything with status $1; $port is its port.
answer_all_with()
{
	python3 -c 'import http.server, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[1]))
        self.end_headers()
    def log_message(self, *args): pass
s = http.server.HTTPServer(("127.0.0.1", 0), H)
open(sys.argv[2], "w").write("%d\n" % s.server_port)
s.serve_forever()' "$1" "$DIR/port" &
	server=$!
	for i in $(seq 50); do [ ! -s "$DIR/port" ] || break; sleep 0.1; done
	read -r port < "$DIR/port"
}

@test "a mirror that answers with an error is 69, as one that does not answer, and nothing is left" {
	command -v mmdebstrap > /dev/null || skip "mmdebstrap is not installed"
	for code in 403 404 503; do
		rm -f "$DIR/port"
		answer_all_with $code
		cat > "$DIR/mirror.conf" <<-EOT
			base far { from = "debian:bookworm"; mirror = "http://127.0.0.1:$port"; apt.options = 'Acquire::http::Proxy "false"'; }
		EOT
		run "$WARDER" --root "$ROOT" -f "$DIR/mirror.conf" base create -q far
		kill "$server"
		server=
		expect 69 "reach http://127.0.0.1:$port: "
		[[ "$output" == *"$code"* || "$output" == *"Release file"* ]]
		[ ! -e "$ROOT/.warder/base/far" ]
	done
	nothing_left
}

@test "a base that is lost under a jail is named, with the way to have it again" {
	warder base create -q --from busybox lost
	printf 'base lost { from = busybox; }\nloser { base = lost; }\n' >> "$CONF"
	warder create -q loser
	mv "$ROOT/.warder/base/lost/1" "$DIR/1"
	for words in "start loser" "plan loser" "base list"; do
		run warder $words
		expect 1 "use base lost: its generation 1 is gone"
		[[ "$output" == *"hint: make it again with: warder base create lost"* ]]
	done
	run warder base create -q lost
	expect 0
	run warder start loser
	expect 0
	warder stop -q loser
	warder destroy -q -y loser
	rm -rf --one-file-system "$ROOT/.warder/base/lost/2"
	run warder base remove -y lost
	expect 0 "base lost: removed"
	rm -rf --one-file-system "$DIR/1"
}

@test "a base that is not there is said to be so, with the nearest name" {
	run warder base remove -y smal
	expect 1 "base remove smal: there is no such base"
	[[ "$output" == *"did you mean small?"* ]]
	run warder base remove -y quite-another
	expect 1 "hint: warder base list"
}

@test "base remove --dry-run says what the real one would" {
	for option in --dry-run --yes; do
		run warder base remove $option small
		expect 75 "in use by user"
	done
	warder base create -q --from busybox unused
	run warder base remove --dry-run unused
	expect 0 "would remove base unused"
	warder base remove -q -y unused
}

@test "a jail whose base was never made, or whose link is gone, is told so at create and at start" {
	printf 'base later { from = busybox; }\nearly { base = later; }\n' >> "$CONF"
	run warder create early
	expect 1 "use base later: there is no such base"
	[[ "$output" == *"warder base create later"* ]]
	[ ! -e "$ROOT/s/early" ]
	[ ! -e "$ROOT/t/early" ]
	warder base create -q later
	warder create -q early
	mv "$ROOT/j/later" "$DIR/link"
	for words in "start early" "plan early"; do
		run warder $words
		expect 1 "use base later: there is no such base"
	done
	[ "$(warder list --json early | jq -r '.jails[0] | .state, .base, .base_generation' | xargs)" = "stopped later null" ]
	mv "$DIR/link" "$ROOT/j/later"
	warder start -q early
	warder stop -q early
	warder destroy -q -y early
	warder base remove -q -y later
	nothing_left
}

@test "a source without any program is no base" {
	mkdir -p "$DIR/data/etc" "$DIR/data/bin"
	echo text > "$DIR/data/etc/motd"
	run warder base create --from "dir:$DIR/data" data
	expect 1 "fetch dir:$DIR/data: there is no program in it"
	[ ! -e "$ROOT/.warder/base/data" ]
	cp "$PROBE" "$DIR/data/bin/"
	run warder base create -q --from "dir:$DIR/data" data
	expect 0
	warder base remove -q -y data
}

@test "a disk that is full in the middle of base create is 73, and nothing of it is left" {
	# In a mount namespace of its own: the file system goes with it.
	mkdir -p "$DIR/tiny"
	run unshare -m bash -euc 'mount -t tmpfs -o mode=755,size=1200k none "$2"
		"$1" --root "$2" init -q
		status=0
		"$1" --root "$2" base create -q --from busybox full || status=$?
		[ ! -e "$2/.warder/base/full" ]
		[ ! -L "$2/j/full" ]
		[ -z "$(find "$2" -name "*.tmp")" ]
		"$1" --root "$2" base list -q
		exit $status' bash "$WARDER" "$DIR/tiny"
	expect 73 "make room"
	[[ "$output" != *$'\n'full* ]]
}
