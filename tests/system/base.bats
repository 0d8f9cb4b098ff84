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
