# Jails on one bridge: reached from the host, not from each other, and no address but their own.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		exec.service = "/bin/busybox", "httpd", "-f", "-p", "80", "-h", "/etc";
		one { ip4.addr = 10.213.9.2/24; }
		two { ip4.addr = 10.213.9.3/24; }
		three { ip4.addr = 10.213.9.4/24; peers = one; ip6.addr = "fd66:9::4/64"; }
		alone { exec.service = "/bin/sleep", "1000"; }
	EOT
	make_store network < "$BATS_FILE_TMPDIR/conf"
	make_jail one two three alone
	warder start -q one two three alone
	local i
	for i in $(seq 50); do fetch 10.213.9.2 && fetch 10.213.9.3 && fetch 10.213.9.4 && break; sleep 0.1; done > /dev/null 2>&1
}
setup() { use_store network; }
teardown_file() { use_store network; remove_store; }

fetch() { timeout 3 busybox wget -q -O - "http://$1/hostname"; }
fetch_in() { warder exec "$1" -- /bin/busybox timeout 3 /bin/busybox wget -q -O - "http://$2/hostname"; }

@test "the host reaches each jail's low port, opened without any capability" {
	[ "$(fetch 10.213.9.2)" = one ]
	[ "$(fetch 10.213.9.3)" = two ]
	[ "$(fetch 10.213.9.4)" = three ]
}

@test "IPv6 works as IPv4 does" {
	for i in $(seq 30); do fetch '[fd66:9::4]' > /dev/null 2>&1 && break; sleep 0.1; done
	[ "$(fetch '[fd66:9::4]')" = three ]
}

@test "jails cannot talk to each other" {
	run fetch_in one 10.213.9.3
	[ "$status" -ne 0 ]
	run fetch_in two 10.213.9.2
	[ "$status" -ne 0 ]
	run fetch_in two 10.213.9.4
	[ "$status" -ne 0 ]
}

@test "peers can" {
	[ "$(fetch_in one 10.213.9.4)" = three ]
	[ "$(fetch_in three 10.213.9.2)" = one ]
}

@test "a jail without an address has a loopback interface and nothing else" {
	run warder exec alone -- /bin/busybox ip -o link
	[[ "$output" == *lo:* ]] && [ "${#lines[@]}" -eq 1 ]
}

@test "a jail cannot change its addresses" {
	run warder exec one -- /bin/busybox ip addr add 10.213.9.99/24 dev eth0
	[ "$status" -ne 0 ]
}

@test "an address that is not the jail's own is dropped by the bridge, even if it gets one" {
	local pid dev
	pid=$(pid_of two)
	dev=$(nsenter -t "$pid" -n ip -o link | awk -F'[:@] *' '$2 != "lo" { print $2; exit }')
	run nsenter -t "$pid" -n timeout 3 busybox nc -w 1 10.213.9.1 1
	nsenter -t "$pid" -n ip addr add 10.213.9.77/24 dev "$dev"
	timeout 3 busybox nc -l -p 7777 > "$DIR/got" & local listener=$!
	sleep 0.2
	echo spoofed | nsenter -t "$pid" -n timeout 2 busybox nc -s 10.213.9.77 -w 1 10.213.9.1 7777 || :
	wait $listener || :
	nsenter -t "$pid" -n ip addr del 10.213.9.77/24 dev "$dev"
	[ ! -s "$DIR/got" ]
	echo honest > "$DIR/sent"
	timeout 3 busybox nc -l -p 7777 > "$DIR/got" & listener=$!
	sleep 0.2
	nsenter -t "$pid" -n timeout 2 busybox nc -w 1 10.213.9.1 7777 < "$DIR/sent" || :
	wait $listener || :
	[ "$(cat "$DIR/got")" = honest ]
}

@test "interfaces, bridge and filter go with the last jail" {
	warder stop -q --all
	nothing_left
	run ip link show wdrtest0
	[ "$status" -ne 0 ]
	[ -z "$(nft list tables 2> /dev/null | grep wdrtest0 || :)" ]
}
