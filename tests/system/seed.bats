# The proposal's three jails with their real services, on a real Debian base.
load helpers

setup_file()
{
	use_store seed
	sed -e "s|exec.allow = \"/usr/sbin/named\"|&, \"$PROBE_IN\"|" \
		${WARDER_SEED_TAR:+-e "s|debian:bookworm|tar:$WARDER_SEED_TAR|" -e '/^\tpackages/d' -e '/^\tdebconf/,/;$/d'} \
		"$WARDER_SOURCE/examples/seed/warder.conf" > "$BATS_FILE_TMPDIR/seed.conf"
	{ echo 'bridge = wdrtest0;'; cat "$BATS_FILE_TMPDIR/seed.conf"; } > "$BATS_FILE_TMPDIR/conf"
	make_store seed < "$BATS_FILE_TMPDIR/conf"
	local status=0
	warder base create -q mroot || status=$?
	if [ $status -eq 69 ]; then
		echo "no Debian mirror in reach" > "$DIR/skip"
		return 0
	fi
	[ $status -eq 0 ]
	for j in bind heimdal ldap; do
		make_jail $j
		tar -C "$WARDER_SOURCE/examples/seed/$j/skel" -cf - . | warder manage -q -y $j -- tar -xof - -C /s
	done
	warder start -q bind heimdal ldap
}
setup() { use_store seed; [ ! -e "$DIR/skip" ] || skip "$(cat "$DIR/skip")"; }
teardown_file() { use_store seed; remove_store; }

patiently() { local i; for i in $(seq 60); do "$@" > "$DIR/answer" 2>&1 && [ -s "$DIR/answer" ] && break; sleep 0.2; done; cat "$DIR/answer"; }

@test "bind answers for its zone" {
	[ "$(patiently dig +short +time=1 +tries=1 @10.66.0.2 ldap.example.org A)" = 10.66.0.4 ]
}

@test "ldap finds an entry" {
	run patiently ldapsearch -LLL -x -o nettimeout=2 -H ldap://10.66.0.4 -b dc=example,dc=org uid=alice mail
	[[ "$output" == *alice@example.org* ]]
}

@test "heimdal gives a ticket for the right password and none for a wrong one" {
	export KRB5_CONFIG=$DIR/krb5.conf KRB5CCNAME=FILE:$DIR/ticket
	printf '[libdefaults]\ndefault_realm = EXAMPLE.ORG\n[realms]\nEXAMPLE.ORG = {\nkdc = 10.66.0.3\n}\n' > "$KRB5_CONFIG"
	echo correct-horse > "$DIR/good"
	echo wrong > "$DIR/bad"
	ticket() { timeout 10 kinit --password-file="$DIR/good" alice@EXAMPLE.ORG && klist; }
	run patiently ticket
	[[ "$output" == *krbtgt/EXAMPLE.ORG* ]]
	run timeout 10 kinit --password-file="$DIR/bad" alice@EXAMPLE.ORG
	[ "$status" -ne 0 ]
}

@test "in all three exactly /var and /tmp can be written, and nothing that was written can be executed" {
	for j in bind heimdal ldap; do
		run warder exec $j -- "$PROBE_IN" surface
		echo "$j: $output"
		[ "$(echo "$output" | grep '^writable' | sort)" = $'writable /tmp\nwritable /var' ]
		[ -z "$(echo "$output" | grep '^executable' || :)" ]
	done
}

@test "no attack of the probe succeeds in any of the three" {
	for j in bind heimdal ldap; do
		run warder exec $j -- "$PROBE_IN" attacks
		offers "wx = deny" || output=$(echo "$output" | sed 's/^write memory, then execute it: SUCCEEDED/not asked for/')
		[ -z "$(echo "$output" | grep 'SUCCEEDED$' || :)" ] || { echo "$j: $output" | grep SUCCEEDED; return 1; }
		[ "${#lines[@]}" -ge 60 ]
	done
}

@test "package databases and cron tables are pinned: not writable, not movable" {
	refused ldap "create in a pin (/var/lib/dpkg)" "rename the parent of a pin"
	run warder exec ldap -- /bin/sh -c 'for d in /var/lib/dpkg /var/lib/apt /var/cache/apt /var/cache/debconf /var/backups; do
		[ ! -d $d ] || ! touch $d/x 2> /dev/null || echo "wrote $d"; done'
	[ -z "$output" ]
}

@test "named alone can be executed in bind: no shell" {
	run warder exec bind -- /bin/sh -c 'echo ran'
	[ "$status" -ne 0 ]
	[[ "$output" != *ran* ]]
}

@test "data outlives a restart" {
	warder restart -q ldap
	run patiently ldapsearch -LLL -x -o nettimeout=2 -H ldap://10.66.0.4 -b dc=example,dc=org uid=alice mail
	[[ "$output" == *alice@example.org* ]]
}

@test "after stop nothing is left" {
	warder stop -q --all
	nothing_left
}

# The code blocks of one section of the README, one command a line.
readme_commands() { awk -v s="## $1" '/^## / { on = $0 == s } on && /^    / { sub(/^    /, ""); print }' "$WARDER_SOURCE/README.md"; }

@test "the README's section on changing a jail can be followed word by word" {
	[ -z "${WARDER_EMULATED:-}" ] || skip "copies of a whole Debian base take minutes in an emulated machine"
	dig_until() { [ "$(patiently dig +short +time=1 +tries=1 @10.66.0.2 new.example.org)" = 10.66.0.9 ]; }
	local line n=0
	warder start -q --all
	while read -r line; do
		case $line in
		dig*) dig_until || { cat "$DIR/answer"; return 1; } ;;
		"warder install"*) # needs a mirror
			[ -z "${WARDER_SEED_TAR:-}" ] || line=${line/install -y mroot tree/base edit -y mroot -- touch \/usr\/bin\/tree}
			eval "$line" || { echo "failed: $line"; return 1; } ;;
		*) eval "$line" || { echo "failed: $line"; return 1; } ;;
		esac
		n=$((n + 1))
	done < <(readme_commands "Changing a jail")
	[ $n -ge 9 ]
	[ "$(warder exec ldap -- /bin/ls /usr/bin/tree 2>&1 | grep -c 'No such')" -eq 1 ]
	warder journal --check
}

@test "in a view of a base apt is set up as the host's, but for what names files or programs; nothing of it stays" {
	[ -z "${WARDER_EMULATED:-}" ] || skip "copies of a whole Debian base take minutes in an emulated machine"
	mkdir -p "$DIR/apt.conf.d"
	printf '%s\n' 'Acquire::Retries "7";' 'Acquire::http::Proxy-Auto-Detect "/bin/false";' 'Acquire::http::Timeout "9";' \
		> "$DIR/apt.conf.d/host"
	unshare -m --propagation private /bin/sh -c 'mount --bind "$1" /etc/apt/apt.conf.d && shift && exec "$@"' sh \
		"$DIR/apt.conf.d" "$WARDER" --root "$ROOT" -f "$CONF" base edit -q -y mroot -- /bin/sh -c \
		'apt-config dump Acquire > /usr/share/seen' > "$DIR/out"
	local tree
	tree=$(realpath "$ROOT/j/mroot/..")
	grep -qF 'Acquire::Retries "7";' "$tree/root/usr/share/seen"
	grep -qF 'Acquire::http::Timeout "9";' "$tree/root/usr/share/seen"
	run grep -F Auto-Detect "$tree/root/usr/share/seen"
	[ "$status" -ne 0 ]
	[ -d "$tree/skel/s/etc/apt/apt.conf.d" ] && [ ! -e "$tree/skel/s/etc/apt/apt.conf.d/00warder-host" ]
	warder base rollback -q mroot
}
