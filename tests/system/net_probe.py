#!/usr/bin/env python3
"""Sends and watches frames, and talks TCP, inside the network namespace that it is started in.

  watch IF                     until SIGTERM, then prints the names of the frames of `attack` that arrived at IF
  udp PORT                     the same for datagrams that reached a socket
  attack IF SET KEY=VALUE...   sends one frame of each kind of the set from IF
  kinds SET                    the names of a set, sorted
  listen ADDR PORT             answers every connection until killed
  connect ADDR PORT            exit 0 if the listener answers within a second
"""
import re
import signal
import socket
import struct
import sys

MARK = re.compile(rb"mark:([a-z0-9-]+):")


def mac(text):
    return bytes(int(x, 16) for x in text.split(":"))


def ip(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def ether(dst, src, kind, payload):
    return mac(dst) + mac(src) + struct.pack("!H", kind) + payload


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp(sport, name):
    text = mark(name)
    return struct.pack("!HHHH", sport, 7777, 8 + len(text), 0) + text


def ip4(src, dst, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, 17, 0, ip(src), ip(dst))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ip6(src, dst, proto, payload):
    return struct.pack("!IHBB16s16s", 6 << 28, len(payload), proto, 255, ip(src), ip(dst)) + payload


def icmp6(src, dst, kind, body, name):
    """The mark is an option that nobody knows: br_netfilter cuts off what lies behind the packet."""
    text = struct.pack("!BBH", kind, 0, 0) + body + b"\xfd\7" + mark(name).ljust(54, b"\0")
    pseudo = ip(src) + ip(dst) + struct.pack("!II", len(text), 58)
    return text[:2] + struct.pack("!H", checksum(pseudo + text)) + text[4:]


def arp(op, sha, spa, tpa):
    return struct.pack("!HHBBH6s4s6s4s", 1, 0x800, 6, 4, op, mac(sha), ip(spa), b"\0" * 6, ip(tpa))


def mark(name):
    return ("mark:%s:" % name).encode()


BROADCAST = "ff:ff:ff:ff:ff:ff"

# name: frame of the keys m mac, gm the bridge's mac, a ip4, g the bridge's ip4, b the neighbour's ip4, a6 g6 b6, bm.
# "honest-" frames are allowed everywhere; all others are attacks.
FRAMES = {
    "honest-ip4": lambda k, n: ether(k.gm, k.m, 0x800, ip4(k.a, k.g, udp(1000, n))),
    "honest-ip6": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6(k.a6, k.g6, 17, udp(1000, n))),
    "honest-arp": lambda k, n: ether(BROADCAST, k.m, 0x806, arp(1, k.m, k.a, k.g) + mark(n)),
    "honest-na": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6(k.a6, k.g6, 58, icmp6(
        k.a6, k.g6, 136, b"\x60\0\0\0" + ip(k.a6) + b"\2\1" + mac(k.m), n))),
    "mac": lambda k, n: ether(k.gm, "02:de:ad:00:00:01", 0x800, ip4(k.a, k.g, udp(1000, n))),
    "mac-of-neighbour": lambda k, n: ether(k.gm, k.bm, 0x800, ip4(k.a, k.g, udp(1000, n))),
    "ip4": lambda k, n: ether(k.gm, k.m, 0x800, ip4("192.0.2.1", k.g, udp(1000, n))),
    "ip4-of-neighbour": lambda k, n: ether(k.gm, k.m, 0x800, ip4(k.b, k.g, udp(1000, n))),
    "ip4-unspecified": lambda k, n: ether(BROADCAST, k.m, 0x800, ip4("0.0.0.0", "255.255.255.255", udp(68, n))),
    "ip6": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6("2001:db8::1", k.g6, 17, udp(1000, n))),
    "ip6-of-neighbour": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6(k.b6, k.g6, 17, udp(1000, n))),
    "ip6-link-local": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6("fe80::1", k.g6, 17, udp(1000, n))),
    "ip6-unspecified": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6("::", k.g6, 17, udp(1000, n))),
    "arp-ip-of-neighbour": lambda k, n: ether(BROADCAST, k.m, 0x806, arp(2, k.m, k.b, k.g) + mark(n)),
    "arp-ip-of-host": lambda k, n: ether(BROADCAST, k.m, 0x806, arp(2, k.m, k.g, k.b) + mark(n)),
    "arp-mac": lambda k, n: ether(BROADCAST, k.m, 0x806, arp(2, k.bm, k.a, k.g) + mark(n)),
    "na-of-neighbour": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6(k.a6, k.g6, 58, icmp6(
        k.a6, k.g6, 136, b"\x60\0\0\0" + ip(k.b6) + b"\2\1" + mac(k.m), n))),
    "na-of-neighbour-behind-options": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6(k.a6, k.g6, 60, (
        b"\x3a\0\1\4\0\0\0\0" + icmp6(k.a6, k.g6, 136, b"\x60\0\0\0" + ip(k.b6) + b"\2\1" + mac(k.m), n)))),
    "ns-of-neighbour": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6(k.b6, k.g6, 58, icmp6(
        k.b6, k.g6, 135, b"\0\0\0\0" + ip(k.g6) + b"\1\1" + mac(k.m), n))),
    "ra": lambda k, n: ether("33:33:00:00:00:01", k.m, 0x86dd, ip6(k.a6, "ff02::1", 58, icmp6(
        k.a6, "ff02::1", 134, b"\x40\0\7\x08" + b"\0" * 8, n))),
    "ra-link-local": lambda k, n: ether("33:33:00:00:00:01", k.m, 0x86dd, ip6("fe80::1", "ff02::1", 58, icmp6(
        "fe80::1", "ff02::1", 134, b"\x40\0\7\x08" + b"\0" * 8, n))),
    "redirect": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6(k.a6, k.g6, 58, icmp6(
        k.a6, k.g6, 137, b"\0" * 36, n))),
    "dhcp-server": lambda k, n: ether(BROADCAST, k.m, 0x800, ip4(k.a, "255.255.255.255", udp(67, n))),
    "dhcp6-server": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6(k.a6, k.g6, 17, udp(547, n))),
    "vlan": lambda k, n: ether(k.gm, k.m, 0x8100, struct.pack("!HH", 5, 0x800) + ip4(k.a, k.g, udp(1000, n))),
    "vlan-priority": lambda k, n: ether(k.gm, k.m, 0x8100, struct.pack("!HH", 0, 0x800) + ip4(k.b, k.g, udp(1000, n))),
    "vlan-service": lambda k, n: ether(k.gm, k.m, 0x88a8, struct.pack("!HH", 5, 0x800) + ip4(k.a, k.g, udp(1000, n))),
    "vlan-twice": lambda k, n: ether(k.gm, k.m, 0x8100, struct.pack("!HHHH", 5, 0x8100, 6, 0x800) +
                                     ip4(k.a, k.g, udp(1000, n))),
    "ethertype": lambda k, n: ether(k.gm, k.m, 0x88b5, mark(n)),
    "snap": lambda k, n: ether(k.gm, k.m, 60, b"\xaa\xaa\3\0\0\0\x08\0" + ip4(k.b, k.g, udp(1000, n))),
}
# To 01:80:c2:00:00:0X: the bridge gives it to the port itself, so it is looked for with a socket.
RESERVED = {
    "reserved-%d" % i: (lambda i: lambda k, n: ether("01:80:c2:00:00:0" + "%x" % i, k.m, 0x800,
                                                     ip4(k.b, k.g, udp(1000, n))))(i) for i in range(16)
}
# From one jail to another.
NEIGHBOUR = {
    "to-neighbour": lambda k, n: ether(k.bm, k.m, 0x800, ip4(k.a, k.b, udp(1000, n))),
    "to-neighbour6": lambda k, n: ether(k.bm, k.m, 0x86dd, ip6(k.a6, k.b6, 17, udp(1000, n))),
    "broadcast": lambda k, n: ether(BROADCAST, k.m, 0x800, ip4(k.a, "255.255.255.255", udp(1000, n))),
    "broadcast-arp": lambda k, n: ether(BROADCAST, k.m, 0x806, arp(1, k.m, k.a, k.b) + mark(n)),
    "multicast-ns": lambda k, n: ether("33:33:ff:00:00:05", k.m, 0x86dd, ip6(k.a6, "ff02::1:ff00:5", 58, icmp6(
        k.a6, "ff02::1:ff00:5", 135, b"\0\0\0\0" + ip(k.b6) + b"\1\1" + mac(k.m), n))),
}
# By the host as a router.
ROUTED = {
    "routed": lambda k, n: ether(k.gm, k.m, 0x800, ip4(k.a, k.b, udp(1000, n))),
    "routed6": lambda k, n: ether(k.gm, k.m, 0x86dd, ip6(k.a6, k.b6, 17, udp(1000, n))),
}
SETS = {"FRAMES": FRAMES, "RESERVED": RESERVED, "NEIGHBOUR": NEIGHBOUR, "ROUTED": ROUTED}


class Keys:
    def __init__(self, words):
        for word in words:
            key, value = word.split("=", 1)
            setattr(self, key, value)


def attack(ifname, which, *words):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((ifname, 0))
    keys = Keys(words)
    for name, make in SETS[which].items():
        s.send(make(keys, name).ljust(60, b"\0"))


def collect(s):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    print("ready", file=sys.stderr, flush=True)
    seen, quiet = set(), False
    s.settimeout(0.2)
    while not (stopped and quiet):
        try:
            data, quiet = s.recv(2048), False
        except TimeoutError:
            data, quiet = b"", True
        seen.update(m.decode() for m in MARK.findall(data))
    print("".join(name + "\n" for name in sorted(seen)), end="")


def watch(ifname):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind((ifname, 3))
    collect(s)


def udp_watch(port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("0.0.0.0", int(port)))
    collect(s)


def family(addr):
    return socket.AF_INET6 if ":" in addr else socket.AF_INET


def listen(addr, port):
    s = socket.socket(family(addr), socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((addr, int(port)))
    s.listen(16)
    print("ready", file=sys.stderr, flush=True)
    while True:
        c, _ = s.accept()
        c.sendall(b"hello")
        c.close()


def connect(addr, port):
    s = socket.socket(family(addr), socket.SOCK_STREAM)
    s.settimeout(1)
    try:
        s.connect((addr, int(port)))
        sys.exit(0 if s.recv(5) == b"hello" else 1)
    except OSError as e:
        sys.exit("%s: %s" % (addr, e))


def kinds(which):
    print("\n".join(sorted(SETS[which])))


COMMANDS = {"watch": watch, "udp": udp_watch, "attack": attack, "listen": listen, "connect": connect, "kinds": kinds}
COMMANDS[sys.argv[1]](*sys.argv[2:])
