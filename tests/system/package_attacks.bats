# A compromised jail plants in /var what a package tool parses or runs, and waits for the administrator to install
# something.  Each attack first works in the proposal's layout: the tool run as host's root in a view with base, s and t
# writable.  Then the same package is installed the two ways that warder has, with the same things planted: by the jail,
# where it can, and, as if pins had come later, in the files of its state.
load helpers
load plain

PLANTED="prerm postinst trigger statoverride diversion alternatives debconf"

setup_file()
{
	cat <<-EOT2 > "$BATS_FILE_TMPDIR/conf"
		base deb { from = "${WARDER_SEED_TAR:+tar:$WARDER_SEED_TAR}"; }
		base = deb;
		a { exec.service = "/bin/sleep", "1000"; }
	EOT2
	[ -n "${WARDER_SEED_TAR:-}" ] || sed -i 's/from = ""/from = "debian:bookworm"/' "$BATS_FILE_TMPDIR/conf"
	make_store package_attacks < "$BATS_FILE_TMPDIR/conf"
	local status=0
	if [ -n "${WARDER_EMULATED:-}" ]; then
		echo "minutes of dpkg in an emulated machine: seen on the host's kernel" > "$DIR/skip"
		return 0
	fi
	warder base create -q deb || status=$?
	if [ $status -eq 69 ]; then
		echo "no Debian mirror in reach" > "$DIR/skip"
		return 0
	fi
	[ $status -eq 0 ]
	make_package 1
	make_package 2
	write_plant > "$DIR/plant"
	write_found > "$DIR/found"
	warder base edit -q -y deb -- /bin/sh -c "$INSTALL" < "$DIR/wtest_1.deb" > "$DIR/first" 2>&1
	warder create -q a
	on_plain
	on_warder
}
setup() { use_store package_attacks; [ ! -e "$DIR/skip" ] || skip "$(cat "$DIR/skip")"; }
teardown_file() { use_store package_attacks; remove_store; }

INSTALL='cat > /tmp/x.deb && DEBIAN_FRONTEND=noninteractive dpkg -i /tmp/x.deb'

# A package as others are: a program, an alternative, a question, a log, a directory of its own in /var, a trigger.
make_package()
{
	local d=$DIR/wtest
	rm -rf "$d" && mkdir -p "$d"/{DEBIAN,usr/bin,usr/share/wtest}
	printf 'Package: wtest\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: none\n' \
		"$1" > "$d/DEBIAN/control"
	printf 'Template: wtest/command\nType: string\nDefault: true\nDescription: what to run\n' > "$d/DEBIAN/templates"
	echo "activate-noawait ldconfig" > "$d/DEBIAN/triggers"
	cat > "$d/DEBIAN/config" <<-'EOT2'
		#!/bin/sh
		. /usr/share/debconf/confmodule
		db_input low wtest/command || :
		db_go || :
	EOT2
	cat > "$d/DEBIAN/postinst" <<-'EOT2'
		#!/bin/sh
		set -e
		. /usr/share/debconf/confmodule
		db_get wtest/command
		echo "command=$RET" > /etc/wtest.conf
		update-alternatives --install /usr/bin/wpick wpick /usr/bin/wtool 10 >&2
		echo "configured: $1 $2" >> /var/log/wtest.log
		mkdir -p /var/lib/wtest
		echo state > /var/lib/wtest/state
	EOT2
	printf '#!/bin/sh\necho tool\n' | tee "$d/usr/bin/wtool" "$d/usr/bin/wdiverted" > "$d/usr/bin/woverride"
	echo "$1" > "$d/usr/share/wtest/version"
	chmod 755 "$d"/DEBIAN/{config,postinst} "$d"/usr/bin/*
	dpkg-deb --root-owner-group -b "$d" "$DIR/wtest_$1.deb" > /dev/null
}

# What the attacker runs, $1 is /var: one line for each thing that could be planted.
write_plant()
{
	cat <<-'EOT2'
		var=$1 d=$1/lib/dpkg
		script() { printf '#!/bin/sh\ntouch /usr/lib/pwned-%s\n' "$1" > "$2" && chmod 755 "$2"; }
		planted() { "planted_$1" 2> /dev/null && echo "$1"; }
		planted_prerm() { script prerm $d/info/wtest.prerm; }
		planted_postinst() { script postinst $d/info/libc-bin.postinst; }
		planted_trigger()
		{
			script trigger $d/info/tar.postinst && echo "interest /usr/share/wtest" > $d/info/tar.triggers &&
				echo "/usr/share/wtest tar" >> $d/triggers/File
		}
		planted_statoverride() { echo "root root 4755 /usr/bin/woverride" >> $d/statoverride; }
		planted_diversion() { printf '%s\n' /usr/bin/wdiverted /usr/sbin/diverted : >> $d/diversions; }
		planted_alternatives()
		{
			printf '%s\n' auto /usr/bin/wpick '' /usr/bin/wtool 10 /var/tmp/evil 999 '' > $d/alternatives/wpick
		}
		planted_debconf()
		{
			sed -i '/^Name: wtest.command/,/^$/s/^Value:.*/Value: pwned/' $var/cache/debconf/config.dat
		}
		planted_link() { rm -f $var/log/wtest.log && ln -s /usr/lib/pwned-link $var/log/wtest.log; }
		planted_directory() { rm -rf $var/lib/wtest && ln -s /etc/alternatives $var/lib/wtest; }
		echo evil > $var/tmp/evil
		chmod 755 $var/tmp/evil
		for w in prerm postinst trigger statoverride diversion alternatives debconf link directory; do planted $w; done
	EOT2
}

# What the administrator has got: one line for each attack that worked.
write_found()
{
	cat <<-'EOT2'
		cat /usr/share/wtest/version
		for w in prerm postinst trigger link; do [ ! -e /usr/lib/pwned-$w ] || echo $w; done
		[ ! -u /usr/bin/woverride ] || echo statoverride
		[ ! -e /usr/sbin/diverted ] || echo diversion
		[ "$(readlink /etc/alternatives/wpick)" != /var/tmp/evil ] || echo alternatives
		! grep -q pwned /etc/wtest.conf || echo debconf
		[ ! -e /etc/alternatives/state ] || echo directory
	EOT2
}

on_plain()
{
	cat > "$DIR/on_plain" <<-EOT2
		cp "$DIR/plant" "$DIR/found" "\$P/t/tmp/"
		jail /bin/sh /tmp/plant /var > "$DIR/plain.planted"
		manager /bin/sh -c '$INSTALL' < "$DIR/wtest_2.deb" > "$DIR/plain.log" 2>&1
		manager /bin/sh /tmp/found > "$DIR/plain.found"
	EOT2
	PLAIN_BASE=deb PLAIN_JAIL=a plain_run "$DIR/on_plain"
}

on_warder()
{
	local t=$ROOT/t/a
	warder start -q a
	warder exec a -- /bin/sh -s /var < "$DIR/plant" > "$DIR/jail.planted" || :
	warder stop -q a
	cp -a "$ROOT/.warder/base/deb/2/pins/var" "$t/"
	sh "$DIR/plant" "$t/var" > "$DIR/state.planted"
	warder start -q a
	warder base edit -q -y deb -- /bin/sh -c "$INSTALL" < "$DIR/wtest_2.deb" > "$DIR/edit.log" 2>&1
	warder base edit -q --discard deb -- /bin/sh -s < "$DIR/found" > "$DIR/edit.found"
	warder manage --base -q -y a -- /bin/sh -c "$INSTALL" < "$DIR/wtest_2.deb" > "$DIR/manage.log" 2>&1
	warder manage --base -q --discard a -- /bin/sh -s < "$DIR/found" > "$DIR/manage.found"
}

has() { grep -qx "$1" "$DIR/$2"; }

# The attack $1 works in the plain layout, by what the jail planted, and in neither of warder's views.
works_only_on_plain()
{
	has "$1" plain.planted || { echo "the control could not be planted"; return 1; }
	has "$1" plain.found || { echo "the control failed: $(cat "$DIR/plain.log")"; return 1; }
	has "$1" state.planted
	! has "$1" edit.found || { echo "in base edit: $(cat "$DIR/edit.log")"; return 1; }
	! has "$1" manage.found || { echo "in manage --base: $(cat "$DIR/manage.log")"; return 1; }
}

@test "the package was upgraded in all three, so its scripts ran" {
	for where in plain edit manage; do has 2 $where.found; done
	grep -q "Setting up wtest (2)" "$DIR/edit.log"
	grep -q "Setting up wtest (2)" "$DIR/manage.log"
}

@test "a running jail can plant nothing in the package database" {
	for w in $PLANTED; do ! has $w jail.planted || { echo "planted: $w"; return 1; }; done
}

@test "a planted prerm of the package that is upgraded does not run" { works_only_on_plain prerm; }
@test "a planted postinst of another package, that a trigger runs, does not run" { works_only_on_plain postinst; }
@test "a planted trigger runs no script" { works_only_on_plain trigger; }
@test "a planted statoverride makes no set-uid program" { works_only_on_plain statoverride; }
@test "a planted diversion moves no program away" { works_only_on_plain diversion; }
@test "a planted alternative puts no program of the jail's in place" { works_only_on_plain alternatives; }
@test "a planted answer in the debconf database is not used" { works_only_on_plain debconf; }
@test "a link in /var where a package's script writes leads it nowhere" { works_only_on_plain link; }
@test "a directory in /var that is a link leads a package's script nowhere" { works_only_on_plain directory; }

@test "the jail's state is as it left it: nothing of the installation came there, no link was followed or replaced" {
	[ "$(readlink "$ROOT/t/a/var/log/wtest.log")" = /usr/lib/pwned-link ]
	[ "$(readlink "$ROOT/t/a/var/lib/wtest")" = /etc/alternatives ]
	[ "$(cat "$ROOT/t/a/var/tmp/evil")" = evil ]
}
