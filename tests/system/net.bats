#!/usr/bin/env bats
# warder-net between scratch network namespaces: what a jail reaches, what it cannot send, what is left afterwards.

load net_helpers
setup() { net_setup; }
teardown() { net_teardown; }

# The addresses that frames are made of; $1: the bridge.
keys()
{
	echo m=$A_MAC "gm=$(mac_of "$HOST" "$1")" a=10.66.0.4 g=10.66.0.1 b=10.66.0.5 a6=fd66::4 g6=fd66::1 b6=fd66::5 bm=$B_MAC
}

kinds() { $PYTHON "$PROBE" kinds "$1"; }

@test "a jail and the host reach each other by IPv4 and IPv6 as soon as up returns" {
	up_a
	can "$HOST" 10.66.0.4 "$A"
	can "$HOST" fd66::4 "$A"
	can "$A" 10.66.0.1 "$HOST"
	can "$A" fd66::1 "$HOST"
}

@test "the first connection after up does not wait" {
	probe_in_background "$HOST" "$BATS_TEST_TMPDIR/l" listen 0.0.0.0 7000
	up_a
	local before=${EPOCHREALTIME/./}
	in_ns "$A" $PYTHON "$PROBE" connect 10.66.0.1 7000
	# In the emulated machine everything takes longer; what must not be waited for, a forward delay, takes 15 s.
	local most=500000
	[ -z "${WARDER_EMULATED:-}" ] || most=5000000
	[ $((${EPOCHREALTIME/./} - before)) -lt $most ]
}

@test "two jails that are no peers cannot talk; as peers they can" {
	up_a
	up_b
	run can "$A" 10.66.0.5 "$B"
	[ "$status" -ne 0 ]
	run can "$A" fd66::5 "$B"
	[ "$status" -ne 0 ]
	up_a --peer $B_VETH
	up_b --peer $A_VETH
	can "$A" 10.66.0.5 "$B"
	can "$A" fd66::5 "$B"
	can "$B" 10.66.0.4 "$A"
	can "$B" fd66::4 "$A"
}

@test "a pair is open when only one names the other, before or after the other came up" {
	up_a --peer $B_VETH
	up_b
	can "$B" 10.66.0.4 "$A"
	up_a
	run can "$A" 10.66.0.5 "$B"
	[ "$status" -ne 0 ]
	up_b --peer $A_VETH
	can "$A" 10.66.0.5 "$B"
}

@test "a peer opens no way to a third jail" {
	keep_namespace C
	up_a --peer $B_VETH
	up_b --peer $A_VETH
	up_to "$C" wdrcccccccccccc 02:00:00:00:00:06 6
	run can "$A" 10.66.0.6 "$C"
	[ "$status" -ne 0 ]
	run can "$C" 10.66.0.5 "$B"
	[ "$status" -ne 0 ]
}

@test "a neighbour that is no peer sees none of a jail's frames, broadcast and multicast included" {
	plain_bridge
	diff <(kinds NEIGHBOUR) <(seen_by "$B" watch eth0 -- "$A" eth0 NEIGHBOUR $(keys plain0))
	in_ns "$HOST" ip link del plain-a
	in_ns "$HOST" ip link del plain-b
	in_ns "$HOST" ip link del plain0
	up_a
	up_b
	[ -z "$(seen_by "$B" watch eth0 -- "$A" eth0 NEIGHBOUR $(keys warder0))" ]
}

@test "forged frames pass a plain bridge, and from a jail none passes; honest ones do" {
	plain_bridge
	diff <(kinds FRAMES) <(seen_by "$HOST" watch plain0 -- "$A" eth0 FRAMES $(keys plain0))
	in_ns "$HOST" ip link del plain-a
	in_ns "$HOST" ip link del plain-b
	in_ns "$HOST" ip link del plain0
	up_a
	up_b
	diff <(kinds FRAMES | grep ^honest-) <(seen_by "$HOST" watch warder0 -- "$A" eth0 FRAMES $(keys warder0))
}

@test "forged frames reach no peer either" {
	up_a --peer $B_VETH
	up_b --peer $A_VETH
	local k=$(keys warder0)
	diff <(kinds FRAMES | grep ^honest-) <(seen_by "$B" watch eth0 -- "$A" eth0 FRAMES ${k/gm=*a=/gm=$B_MAC a=})
}

@test "frames to reserved bridge addresses reach the host's sockets from a plain bridge, and none from a jail" {
	plain_bridge
	in_ns "$HOST" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.plain-a.rp_filter=0
	[ -n "$(seen_by "$HOST" udp 7777 -- "$A" eth0 RESERVED $(keys plain0))" ]
	in_ns "$HOST" ip link del plain-a
	in_ns "$HOST" ip link del plain-b
	in_ns "$HOST" ip link del plain0
	up_a
	up_b
	in_ns "$HOST" sysctl -qw net.ipv4.conf.$A_VETH.rp_filter=0
	[ -z "$(seen_by "$HOST" udp 7777 -- "$A" eth0 RESERVED $(keys warder0))" ]
}

@test "a host that routes does not lead from jail to jail" {
	up_a
	up_b
	in_ns "$HOST" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	[ -z "$(seen_by "$B" watch eth0 -- "$A" eth0 ROUTED $(keys warder0))" ]
	in_ns "$HOST" nft delete table inet warder-warder0
	diff <(kinds ROUTED) <(seen_by "$B" watch eth0 -- "$A" eth0 ROUTED $(keys warder0))
}

@test "peers can talk where the host routes and bridged frames pass its firewall" {
	[ "$(in_ns "$HOST" cat /proc/sys/net/bridge/bridge-nf-call-iptables 2> /dev/null)" = 1 ] || skip "no br_netfilter here"
	in_ns "$HOST" sysctl -qw net.ipv4.ip_forward=1
	up_a --peer $B_VETH
	up_b --peer $A_VETH
	can "$A" 10.66.0.5 "$B"
}

@test "a jail cannot move another's address in the bridge's forwarding table" {
	up_a
	up_b
	local before=$(in_ns "$HOST" bridge fdb show br warder0 | sort)
	seen_by "$HOST" watch warder0 -- "$A" eth0 FRAMES $(keys warder0)
	[ "$before" = "$(in_ns "$HOST" bridge fdb show br warder0 | sort)" ]
	can "$HOST" 10.66.0.5 "$B"
}

@test "a jail has no other IPv6 address than its own, nor have the bridge and its port" {
	up_a
	[ "$(in_ns "$A" ip -6 -o addr show eth0 | wc -l)" = 1 ]
	[ "$(in_ns "$HOST" ip -6 -o addr show warder0 | wc -l)" = 1 ]
	[ -z "$(in_ns "$HOST" ip -6 -o addr show $A_VETH)" ]
	[ "$(in_ns "$A" cat /proc/sys/net/ipv6/conf/eth0/accept_ra)" = 0 ]
}

@test "the last down, and no earlier one, removes bridge and tables" {
	local before=$(host_state)
	up_a
	up_b
	down_a
	can "$HOST" 10.66.0.5 "$B"
	[[ $(in_ns "$HOST" nft list ruleset) != *$A_VETH* ]]
	down_b
	unchanged_since "$before"
}

@test "down is done when nothing is there" {
	local before=$(host_state)
	down_a
	unchanged_since "$before"
	up_b
	before=$(host_state)
	down_a
	unchanged_since "$before"
}

@test "up replaces what a killed run left under the same name, in another namespace" {
	up_a --peer $B_VETH
	up_to "$B" $A_VETH $B_MAC 5
	can "$HOST" 10.66.0.5 "$B"
	[ "$(in_ns "$HOST" nft list chain bridge warder-warder0 from-$A_VETH | grep -c 'ether saddr')" = 1 ]
	[[ $(in_ns "$HOST" nft list ruleset) != *$A_MAC* ]]
	run in_ns "$A" ip link show eth0
	[ "$status" -ne 0 ]
}

@test "an address that was another jail's is the new one's at once" {
	up_b
	up_a
	can "$HOST" 10.66.0.4 "$A"
	down_a
	keep_namespace C
	up_to "$C" wdrcccccccccccc 02:00:00:00:00:06 4
	can "$HOST" 10.66.0.4 "$C"
}

@test "a bridge, or an interface of the port's name, that is not warder's is an error that names it, and untouched" {
	in_ns "$HOST" ip link add warder0 type bridge
	local before=$(host_state)
	run up_a
	[ "$status" -eq 73 ]
	[[ $output == *warder0* ]]
	unchanged_since "$before"
	down_a
	unchanged_since "$before"
	in_ns "$HOST" ip link del warder0
	in_ns "$HOST" ip link add $A_VETH type veth peer name other
	before=$(host_state)
	run up_a
	[ "$status" -eq 73 ]
	[[ $output == *$A_VETH* ]]
	run down_a
	[ "$status" -eq 73 ]
	unchanged_since "$before"
}

@test "another warder's bridge is refused and named" {
	up_b
	local before=$(host_state)
	run in_ns "$HOST" bash -c "exec $NET up --netns 9 --host $A_VETH --mac $A_MAC --bridge warder0 --owner /other 9< /proc/$A/ns/net"
	[ "$status" -eq 73 ]
	[[ $output == *'belongs to another warder: "/test"'* ]]
	in_ns "$HOST" "$NET" down --host $A_VETH --bridge warder0 --owner /other
	unchanged_since "$before"
}

@test "a bridge that a killed run made and had not marked is used" {
	in_ns "$HOST" ip link add warder0 group 2002874980 type bridge
	up_a
	can "$HOST" 10.66.0.4 "$A"
	down_a
	[[ $(host_state) != *warder* ]]
}

@test "a network that another interface of the host has is refused, naming it" {
	in_ns "$HOST" ip link add lan0 type veth peer name lan1
	in_ns "$HOST" ip link set lan0 up
	for net in 10.66.0.200/25 10.66.3.1/16 fd66::9/48; do
		in_ns "$HOST" ip addr add $net dev lan0
		local before=$(host_state)
		run up_a
		[ "$status" -eq 78 ]
		[[ $output == *lan0* ]]
		unchanged_since "$before"
		in_ns "$HOST" ip addr flush dev lan0
	done
	in_ns "$HOST" ip addr add 172.16.0.1/24 dev lan0
	in_ns "$HOST" ip route add 10.66.0.0/24 via 172.16.0.2
	run up_a
	[ "$status" -eq 78 ]
	[[ $output == *lan0* ]]
	in_ns "$HOST" ip route del 10.66.0.0/24
	in_ns "$HOST" ip route add default via 172.16.0.2
	in_ns "$HOST" ip route add 10.0.0.0/8 via 172.16.0.2
	up_a
}

@test "what cannot be finished is undone" {
	local before=$(host_state)
	in_ns "$A" ip link add eth0 type veth peer name other
	run up_a
	[ "$status" -ne 0 ]
	unchanged_since "$before"
	up_b
	before=$(host_state)
	run up_a
	[ "$status" -ne 0 ]
	unchanged_since "$before"
	can "$HOST" 10.66.0.5 "$B"
}

@test "the host's own namespace is refused as a jail's" {
	run up_to "$HOST" $A_VETH $A_MAC 4
	[ "$status" -eq 64 ]
	[[ $output == *"host's own"* ]]
	run net up --netns 9 --host $A_VETH --mac $A_MAC --bridge warder0 9< /dev/null
	[ "$status" -eq 64 ]
}

@test "rules that somebody flushed stop the next jail, with a way out" {
	up_b
	in_ns "$HOST" nft flush ruleset
	run up_a
	[ "$status" -eq 1 ]
	[[ $output == *warder-warder0* && $output == *flushed* ]]
	down_b
	up_a
	can "$HOST" 10.66.0.4 "$A"
}

@test "50 times up and down leave nothing" {
	local before=$(host_state)
	for _ in $(seq 50); do
		up_a
		down_a
	done
	unchanged_since "$before"
	[[ $(in_ns "$A" ip -o link) != *eth0* ]]
}

@test "ten jails at once come up and go, and nothing is left" {
	local before=$(host_state) pids=() p
	for i in $(seq 10 19); do
		keep_namespace J$i
	done
	for i in $(seq 10 19); do
		p=J$i
		(up_to "${!p}" wdr$i 02:00:00:00:01:$i $i && net down --host wdr$i --bridge warder0) &
		pids+=($!)
	done
	for p in "${pids[@]}"; do
		wait "$p"
	done
	unchanged_since "$before"
}

@test "killed at any request to the kernel, up leaves what the next up uses and down removes" {
	command -v strace > /dev/null || skip "strace is missing"
	local before=$(host_state) n=0 call
	for call in sendto sendmsg unlink; do
		for n in $(seq 60); do
			run up_a_killed $call "$n"
			[ "$status" -eq 0 ] && break
			if [ $((n % 2)) = 0 ]; then
				up_a
				can "$HOST" 10.66.0.4 "$A"
			fi
			down_a
			unchanged_since "$before"
		done
		[ "$n" -lt 60 ]
		[ "$n" -gt 1 ]
		down_a
	done
}

up_a_killed()
{
	NET_UNDER="env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=$1 -e inject=$1:signal=KILL:when=$2" up_a
}

@test "an error goes whole to the caller's pipe on descriptor 3, else to standard error" {
	local size=$BATS_TEST_TMPDIR/size said status=0
	said=$("$NET" add 2>&1 3> >(wc -c > "$size")) || status=$?
	[ "$status" -eq 64 ]
	[ -z "$said" ]
	until [ -s "$size" ]; do sleep 0.01; done
	[ "$(cat "$size")" = 512 ]
	said=$("$NET" add 2>&1 3>&-) || status=$?
	[ "$status" -eq 64 ] && [[ $said == *add* ]]
}

@test "check says nothing where all is well" {
	run net_check
	[ "$status" -eq 0 ] && [ -z "$output" ]
}

net_check() { in_ns "$HOST" "$NET" check; }
