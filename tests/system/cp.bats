# warder cp: in and out of running and stopped jails; and what a jail can do to it, first to a plain cp(1).
load helpers
DISTURB=$WARDER_BUILD/tools/disturb
DISTURB_IN=/usr/local/libexec/disturb

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		on { exec.service = "/bin/sleep", "1000"; pins = /var/keep/inner; }
		off { }
		foe { exec.service = "/bin/sleep", "1000"; }
		gone { }
	EOT
	make_store cp < "$BATS_FILE_TMPDIR/conf"
	make_jail on off foe gone
	cp "$DISTURB" "$ROOT/s/foe/usr-local/libexec/disturb"
	warder start -q on foe
}
setup()
{
	use_store cp
	umask 022
	WORK=$DIR/work
	mkdir -p "$WORK"
	cd "$WORK"
	mkdir -p site/sub
	echo page > site/index
	echo more > site/sub/more
}
teardown()
{
	cd /
	rm -rf "$WORK"
	rm -rf "$ROOT"/t/on/var/lib/* "$ROOT"/t/on/tmp/*
	! ls "$ROOT"/t | grep '\.in$' || { echo "a stage is left"; return 1; }
}
teardown_file() { use_store cp; remove_store; }

of_host() { stat -c '%u:%g %a' "$1"; }

@test "a file goes in, the jail's root has it, and it comes back the caller's" {
	run warder cp site/index on:/var/lib/page
	expect 0 "copied to on:/var/lib/page"
	[ "$(warder exec on -- /bin/stat -c '%u:%g %a' /var/lib/page)" = "0:0 644" ]
	warder exec on -- /bin/sh -c 'echo from the jail >> /var/lib/page'
	run warder cp on:/var/lib/page back
	expect 0
	[ "$(cat back)" = $'page\nfrom the jail' ]
	[ "$(of_host back)" = "0:0 644" ]
	[ "$(find . -name '.warder-*')" = "" ]
}

@test "a stopped jail takes files too, and one that is no longer declared gives them" {
	warder cp -q site off:/tmp
	[ "$(cat "$ROOT/t/off/tmp/site/sub/more")" = more ]
	grep -v gone "$CONF" > "$DIR/without.conf"
	echo data > "$ROOT/t/gone/var/lib/data"
	run "$WARDER" --root "$ROOT" -f "$DIR/without.conf" cp gone:/var/lib/data rescued
	expect 0
	[ "$(cat rescued)" = data ]
}

@test "--owner is a user of the jail, by name or number" {
	warder cp -q --owner 5:6 site on:/var/lib
	[ "$(warder exec on -- /bin/stat -c '%u:%g' /var/lib/site/sub/more)" = 5:6 ]
	name=$(awk -F: '$3 > 0 { print $1 ":" $3 ":" $4; exit }' "$ROOT/s/on/etc/passwd")
	warder cp -q --owner "${name%%:*}" site/index on:/var/lib/named
	[ "$(warder exec on -- /bin/stat -c '%u:%g' /var/lib/named)" = "${name#*:}" ]
	run warder cp --owner no-such site on:/var/lib
	expect 1 no-such
	run warder cp --owner 65536 site on:/var/lib
	[ "$status" -ne 0 ]
	run warder cp --owner 5 on:/etc/passwd x
	expect 64
}

@test "a directory goes into one that is there, is added to, and takes no file's place" {
	warder cp -q site on:/var/lib
	echo newer > site/index
	mkdir site/third
	warder exec on -- /bin/sh -c 'echo own > /var/lib/site/own; chmod 711 /var/lib/site/sub'
	run warder cp site on:/var/lib/
	expect 0 on:/var/lib/site
	run warder exec on -- /bin/sh -c 'cd /var/lib/site; cat index own sub/more; ls -d third; stat -c %a sub'
	[ "$output" = $'newer\nown\nmore\nthird\n711' ] || { echo "$output"; return 1; }
	warder exec on -- /bin/sh -c 'rm -r /var/lib/site/sub; echo x > /var/lib/site/sub'
	run warder cp site on:/var/lib
	expect 73 site/sub
	run warder cp site on:/var/lib/site/index
	expect 73 "take the place of a file"
	mkdir out out/site
	echo x > out/site/sub
	warder exec on -- /bin/sh -c 'rm /var/lib/site/sub; mkdir /var/lib/site/sub'
	run warder cp on:/var/lib/site out
	expect 73 site/sub
}

@test "out comes what the jail sees: of base, skeleton, state and pins" {
	warder cp -q on:/etc/passwd passwd
	cmp passwd "$ROOT/s/on/etc/passwd"
	warder cp -q on:/bin/busybox busybox
	cmp busybox "$ROOT/j/small/bin/busybox"
	warder cp -q on:/usr/local/libexec local
	cmp local/probe "$PROBE"
	echo '* * * * * true' > "$ROOT/s/on/spool/cron/root"
	warder cp -q on:/var/spool/cron/root cron
	cmp cron "$ROOT/s/on/spool/cron/root"
	rm "$ROOT/s/on/spool/cron/root"
	warder exec on -- /bin/sh -c 'echo 1 > /run/own.pid'
	warder cp -q on:/run .
	[ "$(cat run/own.pid)" = 1 ]
}

@test "the caller's umask holds, and a file that is there is replaced whole" {
	warder exec on -- /bin/sh -c 'echo new > /tmp/f; chmod 1777 /tmp/f; mkdir -m 1777 /tmp/d'
	echo older-and-longer > f
	ln f same
	umask 027
	warder cp -q on:/tmp/f f
	warder cp -q on:/tmp/d .
	[ "$(cat f)" = new ]
	[ "$(cat same)" = older-and-longer ]
	[ "$(of_host f)" = "0:0 750" ]
	[ "$(of_host d)" = "0:0 750" ]
}

@test "skeleton, base and pins are refused with the verb that may" {
	local path
	for path in /etc /etc/x /s/etc/x /usr/local/bin/x /root/x; do
		run warder cp site/index "on:$path"
		expect 77 "warder manage on" || { echo "$path"; return 1; }
	done
	for path in /usr/x /bin/sh / /proc/x; do
		run warder cp site/index "on:$path"
		expect 77 "warder base edit small" || { echo "$path"; return 1; }
	done
	for path in /var/spool/cron /var/spool/cron/root /t/var/spool/cron/x /var/keep/inner/x; do
		run warder cp site/index "on:$path"
		expect 77 pinned || { echo "$path"; return 1; }
	done
	run warder cp site/index on:/t/x
	expect 77
	mkdir -p spool/cron
	echo x > spool/cron/root
	run warder cp spool on:/var
	expect 77 /var/spool/cron
	[ ! -e "$ROOT/t/on/var/spool/cron/root" ]
}

@test "bad operands have their statuses" {
	local words
	while read -r want words; do
		# shellcheck disable=SC2086
		run warder cp $words
		expect "$want" || { echo "cp $words"; return 1; }
	done <<-'EOT'
		1 site nobody:/tmp
		1 on:/no/such/path x
		1 on:/var/lib/none x
		1 none on:/tmp
		1 site on:/var/none/x
		1 site on:/var/none/
		1 on:/etc/passwd none/x
		64 on:/tmp off:/tmp
		64 site other
		64 site on:tmp
		64 on:tmp site
		64 on:/tmp/../etc x
		64 site :/tmp
		64 . on:/tmp
		64 site
	EOT
	run warder cp "$ROOT/t/on/tmp" off:/tmp
	expect 77 store
	(cd "$ROOT/t/on" && "$WARDER" --root "$ROOT" -f "$CONF" cp tmp off:/tmp 2>&1) | grep -q "lies in the store"
	run warder cp -n site on:/var/lib
	expect 0 "would be copied to on:/var/lib/site"
	[ ! -e "$ROOT/t/on/var/lib/site" ]
	echo x > on:x
	run warder cp ./on:x on:/tmp
	expect 0 on:/tmp/on:x
}

@test "set-id bits, capabilities, devices and attributes stay behind" {
	mkdir "$ROOT/t/on/var/lib/odd"
	cp site/index "$ROOT/t/on/var/lib/odd/f"
	chmod 6755 "$ROOT/t/on/var/lib/odd/f"
	! command -v setcap > /dev/null || setcap cap_chown+ep "$ROOT/t/on/var/lib/odd/f"
	mknod "$ROOT/t/on/var/lib/odd/null" c 1 3
	run warder cp on:/var/lib/odd .
	expect 0 "odd/null: left out: a device"
	[ "$(of_host odd/f)" = "0:0 755" ]
	[ -z "$(getcap odd/f 2> /dev/null)" ]
	[ ! -e odd/null ]
	run warder cp on:/var/lib/odd/null .
	expect 1 "a device"
	chmod 6755 site/index
	mknod site/null c 1 3
	run warder cp site on:/var/lib
	expect 0 "site/null: left out: a device"
	[ "$(warder exec on -- /bin/stat -c %a /var/lib/site/index)" = 755 ]
	[ ! -e "$ROOT/t/on/var/lib/site/null" ]
}

@test "R2: nothing is waited for: a FIFO, a socket, a file with a lease" {
	warder exec on -- /bin/sh -c 'mkdir /var/lib/odd; cd /var/lib/odd; mkfifo fifo; echo x > plain; echo x > leased'
	run timeout 2 cat "$ROOT/t/on/var/lib/odd/fifo"
	[ "$status" -eq 124 ]
	"$DISTURB" lease "$ROOT/t/on/var/lib/odd/leased" 20000 > leased-by 3>&- &
	local holder=$!
	for i in $(seq 50); do grep -q leased leased-by && break; sleep 0.1; done
	grep -q leased leased-by
	run timeout 10 "$WARDER" --root "$ROOT" -f "$CONF" cp on:/var/lib/odd .
	expect 0 "odd/fifo: left out: a FIFO"
	[[ "$output" == *"odd/leased: left out: a process holds a lease"* ]]
	[ "$(ls odd)" = plain ]
	run timeout 10 "$WARDER" --root "$ROOT" -f "$CONF" cp on:/var/lib/odd/fifo .
	expect 1 "a FIFO"
	run timeout 10 "$WARDER" --root "$ROOT" -f "$CONF" cp on:/var/lib/odd/leased .
	expect 1 lease
	kill $holder
	wait $holder || :
}

@test "R21: names from a jail cannot steer the terminal" {
	warder exec on -- /bin/sh -c 'mkdir /var/lib/odd; mkfifo "/var/lib/odd/$(printf "a\033]0;title\007b\nc")"'
	ls "$ROOT/t/on/var/lib/odd" | cat | grep -q $'\e'
	run warder cp on:/var/lib/odd .
	expect 0 '\x1B'
	[[ "$output" != *$'\e'* ]]
	[[ "$output" != *$'\a'* ]]
	[ "${#lines[@]}" -eq 2 ]
	run warder cp "on:/var/lib/$(printf 'x\033y')" .
	expect 1
	[[ "$output" != *$'\e'* ]]
}

# ---- a jail that swaps a directory of its own and a link to the host's ----

set_up_foe()
{
	mkdir -p secret
	echo secret > secret/file
	warder exec foe -- /bin/sh -c 'rm -rf /var/lib/*; mkdir -p /var/lib/x/d; echo x > /var/lib/x/d/own; ln -s "$0" /var/lib/x/l' \
		"$WORK/secret"
	"$WARDER" --root "$ROOT" -f "$CONF" exec foe -- "$DISTURB_IN" swap /var/lib/x/d /var/lib/x/l 60000 3>&- &
	FOE=$!
	sleep 0.3
}

end_foe()
{
	kill $FOE
	wait $FOE || :
	warder restart -q --kill foe
}

@test "R1: links of a running jail are not followed, where a plain cp is led out" {
	mkdir secret
	echo secret > secret/file
	warder exec on -- /bin/sh -c 'ln -s "$0" /var/lib/link; ln -s "$0/file" /var/lib/file; mkdir /var/lib/d; ln -s /etc/shadow /var/lib/d/s' \
		"$WORK/secret"
	cp -r "$ROOT/t/on/var/lib/link/." plain
	[ "$(cat plain/file)" = secret ]
	cp site/index "$ROOT/t/on/var/lib/link/planted"
	[ -e secret/planted ]
	rm secret/planted
	run warder cp on:/var/lib/link/file .
	expect 1 "not followed"
	run warder cp site/index on:/var/lib/link/planted
	expect 1 "not followed"
	run warder cp site/index on:/var/lib/link
	expect 1 "not followed"
	run warder cp site/index on:/var/lib/file
	expect 1 "not followed"
	run warder cp site on:/var/lib/link
	expect 1 "not followed"
	warder cp -q on:/var/lib/file link
	[ -L link ]
	warder cp -q on:/var/lib/d .
	[ -L d/s ]
	[ "$(ls secret)" = file ]
	[ "$(cat secret/file)" = secret ]
}

@test "R1: a link swapped in while cp walks out leads it nowhere, where a plain cp -r copies the host's files" {
	local end copied=0
	set_up_foe
	for i in $(seq 2000); do
		cp -r "$ROOT/t/foe/var/lib/x/d/." plain 2> /dev/null || :
		[ ! -e plain/file ] || break
	done
	[ "$(cat plain/file)" = secret ]
	end=$((SECONDS + 10))
	while [ $SECONDS -lt $end ] || [ $copied -le 20 ]; do
		rm -rf out
		! warder cp -q foe:/var/lib/x out 2> /dev/null || copied=$((copied + 1))
		! warder cp -q foe:/var/lib/x/d out/named 2> /dev/null || copied=$((copied + 1))
		[ -z "$(find . -path ./secret -prune -o -path ./plain -prune -o -name file -print)" ]
	done
	end_foe
}

@test "R1: a link swapped in while cp walks in leads it nowhere, where a plain cp writes to the host" {
	local end copied=0
	set_up_foe
	for i in $(seq 2000); do
		cp site/index "$ROOT/t/foe/var/lib/x/d/planted" 2> /dev/null || :
		[ ! -e secret/planted ] || break
	done
	[ -e secret/planted ]
	rm secret/planted
	end=$((SECONDS + 10))
	while [ $SECONDS -lt $end ] || [ $copied -le 20 ]; do
		! warder cp -q site foe:/var/lib/x/d 2> /dev/null || copied=$((copied + 1))
		! warder cp -q site/index foe:/var/lib/x/d/planted 2> /dev/null || copied=$((copied + 1))
		[ "$(ls -A secret)" = file ] || { ls -lA secret; return 1; }
	done
	end_foe
	[ "$(of_host secret/file)" = "0:0 644" ]
}

@test "a pin is not reached by way of a directory that is merged, and stays while cp works beside it" {
	mkdir -p keep/inner
	echo x > keep/inner/planted
	run warder cp keep on:/var
	expect 77 /var/keep/inner
	mkdir keep2
	echo y > keep2/beside
	mv keep keep.away
	mv keep2 keep
	warder cp -q keep on:/var
	[ "$(warder exec on -- /bin/cat /var/keep/beside)" = y ]
	run warder exec on -- /bin/touch /var/keep/inner/x
	[ "$status" -ne 0 ]
}

@test "R23: a cp killed at any moment leaves an old or a new file, and the next one clears its stage" {
	head -c 20000000 /dev/zero | tr '\0' a > big-a
	head -c 20000000 /dev/zero | tr '\0' b > big-b
	warder cp -q big-a on:/var/lib/big
	local i what
	for i in $(seq 20); do
		"$WARDER" --root "$ROOT" -f "$CONF" cp -q big-b on:/var/lib/big > /dev/null 2>&1 &
		sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
		kill -9 $! 2> /dev/null || :
		wait $! 2> /dev/null || :
		what=$(cksum < "$ROOT/t/on/var/lib/big")
		[ "$what" = "$(cksum < big-a)" ] || [ "$what" = "$(cksum < big-b)" ] || { echo "torn"; return 1; }
		warder cp -q big-a on:/var/lib/big
		[ ! -e "$ROOT/t/on.in" ]
	done
}
