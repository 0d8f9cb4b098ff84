# Signed manifests: signify(1) takes them, and verify takes only them.
load helpers

setup_file()
{
	use_store key
	mkdir -p "$DIR/keys"
	chmod 755 "$DIR" "$DIR/keys"
	{ echo "seal.key = \"$DIR/keys/seal.pub\";"; busybox_conf; echo 'a { exec.service = "/bin/sleep", "1000"; verify.before_start = quick; }'; } |
		sed 's/^base small/# &/' > "$BATS_FILE_TMPDIR/conf"
	make_store key < "$BATS_FILE_TMPDIR/conf"
	sed -i 's/^# base small/base small/' "$CONF"
	warder key generate
	warder base create -q small
	warder create -q a
}
setup() { use_store key; SKEL=$ROOT/.warder/skel/a BASE=$ROOT/.warder/base/small KEYS=$DIR/keys; }
teardown() { warder stop -q --kill --all || :; }
teardown_file() { use_store key; remove_store; }

# signed MANIFEST [SIGNATURE]: signify says that it is.
signed()
{
	command -v signify-openbsd > /dev/null || skip "signify-openbsd is not installed"
	(cd "$ROOT/.warder" && signify-openbsd -C -q -p "$KEYS/seal.pub" -x "${2:-$1.sig}" "${1#"$ROOT/.warder/"}")
}

@test "the secret key is root's alone, and neither is made twice" {
	[ "$(stat -c '%a %u %g' "$KEYS/seal.sec")" = "600 0 0" ]
	[ "$(stat -c '%a %u %g' "$KEYS/seal.pub")" = "644 0 0" ]
	cp -p "$KEYS"/seal.* "$BATS_TEST_TMPDIR"
	run warder key generate
	expect 73 "seal.sec" "it is there already"
	mv "$KEYS/seal.sec" "$BATS_TEST_TMPDIR/away"
	run warder key generate
	mv "$BATS_TEST_TMPDIR/away" "$KEYS/seal.sec"
	expect 73 "seal.pub" "it is there already"
	cmp "$KEYS/seal.sec" "$BATS_TEST_TMPDIR/seal.sec"
	[ "$(ls -A "$KEYS")" = $'seal.pub\nseal.sec' ]
	! grep -rqF "$(tail -n 1 "$KEYS/seal.sec")" "$ROOT" || false
}

@test "signify takes the signatures of bases and skeletons, of each new generation, too" {
	signed "$BASE/1/seal"
	signed "$SKEL/1.mtree"
	warder manage -q -y a -- /bin/sh -c 'echo x > /etc/x'
	signed "$SKEL/2.mtree"
	run signed "$SKEL/2.mtree" "$SKEL/1.mtree.sig"
	[ "$status" -ne 0 ]
	warder base edit -q -y small -- /bin/sh -c 'mkdir -p /usr/share; echo x > /usr/share/x'
	signed "$BASE/2/seal"
	run warder verify --all
	expect 0 "as published"
}

@test "keys of signify are taken; signatures of signify, too" {
	command -v signify-openbsd > /dev/null || skip "signify-openbsd is not installed"
	local sig=$SKEL/$(basename "$(readlink "$ROOT/s/a")").mtree.sig
	cp -p "$sig" "$DIR/own"
	rm "$sig"
	# of the whole manifest: it says of no place
	signify-openbsd -S -s "$KEYS/seal.sec" -m "${sig%.sig}"
	run warder verify a
	expect 2 "! its signature is malformed"
	(cd "$ROOT/.warder" && sha256sum --tag "${sig:$((${#ROOT} + 9)):-4}") > "$DIR/list"
	signify-openbsd -S -e -s "$KEYS/seal.sec" -m "$DIR/list" -x "$sig"
	warder verify a
	sed 's/SHA256 (/&x/' "$DIR/list" > "$DIR/list2"
	signify-openbsd -S -e -s "$KEYS/seal.sec" -m "$DIR/list2" -x "$sig"
	run warder verify a
	expect 2 "! its signature is of another manifest"
	cat "$DIR/list" "$DIR/list" > "$DIR/list2"
	signify-openbsd -S -e -s "$KEYS/seal.sec" -m "$DIR/list2" -x "$sig"
	run warder verify a
	expect 2 "! its signature is of another manifest"
	rm "$DIR/list" "$DIR/list2"
	mv "$DIR/own" "$sig"
	mkdir "$DIR/other"
	mv "$KEYS"/seal.* "$DIR/other"
	signify-openbsd -G -n -p "$KEYS/seal.pub" -s "$KEYS/seal.sec"
	run warder verify a
	local was=$output
	warder manage -q -y a -- /bin/sh -c 'date > /etc/x'
	signed "$SKEL/$(basename "$(readlink "$ROOT/s/a")").mtree"
	mv "$DIR/other"/seal.* "$KEYS"
	rmdir "$DIR/other"
	[[ $was == *"! its signature is of another key"* ]] || { echo "$was"; false; }
	run warder verify a
	expect 2 "! its signature is of another key"
	warder rollback -q a
	warder verify a
}

@test "a signature that is missing, malformed or of another manifest is found, and such a jail not started" {
	local sig=$SKEL/$(basename "$(readlink "$ROOT/s/a")").mtree.sig
	cp -p "$sig" "$BATS_TEST_TMPDIR/sig"
	rm "$sig"
	run warder verify a
	expect 2 "! it has no signature"
	run warder start a
	expect 1 "! it has no signature" "is not as it was published"
	head -c 80 "$BATS_TEST_TMPDIR/sig" > "$sig"
	run warder verify --quick a
	expect 2 "! its signature is malformed"
	head -n 2 "$BATS_TEST_TMPDIR/sig" > "$sig"
	run warder verify a
	expect 2 "! its signature is"
	sed '3s/ = ./ = /' "$BATS_TEST_TMPDIR/sig" > "$sig"
	run warder verify a
	expect 2 "! its signature is of another manifest"
	rm "$sig"
	mkfifo "$sig"
	run timeout 10 "$WARDER" --root "$ROOT" -f "$CONF" verify a
	expect 2 "! its signature is malformed"
	rm "$sig"
	cp "$BASE/1/seal.sig" "$sig"
	run warder verify a
	expect 2 "! its signature is of another manifest"
	cp -p "$BATS_TEST_TMPDIR/sig" "$sig"
	warder start -q a
	sed -i 's/^seal.key/# &/' "$CONF"
	mv "$sig" "$BATS_TEST_TMPDIR/sig"
	warder verify a
	mv "$BATS_TEST_TMPDIR/sig" "$sig"
	sed -i 's/^# seal.key/seal.key/' "$CONF"
}

@test "a manifest and its journal entry made anew do not get a signature" {
	local g seal journal=$ROOT/.warder/journal
	g=$(basename "$(readlink "$ROOT/s/a")")
	seal=$SKEL/$g.mtree
	cp -a "$journal" "$BATS_TEST_TMPDIR/journal"
	cp -p "$seal" "$BATS_TEST_TMPDIR/seal"
	sed -i '/etc\/passwd /s/mode=[0-7]*/mode=0666/' "$seal"
	chmod 666 "$SKEL/$g/etc/passwd"
	forge_journal "$(sha256sum < "$BATS_TEST_TMPDIR/seal" | cut -d' ' -f1)" "$(sha256sum < "$seal" | cut -d' ' -f1)"
	run warder journal --check
	local chain=$status
	run warder verify a
	chmod 644 "$SKEL/$g/etc/passwd"
	cp -p "$BATS_TEST_TMPDIR/seal" "$seal"
	cp -a "$BATS_TEST_TMPDIR/journal/." "$journal/"
	[ "$chain" -eq 0 ]
	expect 2 "! its signature is of another manifest"
	[[ $output != *"+"* && $output != *"~ "* ]]
	warder verify a
}

# What root can do who knows how: every hash of the chain is made again.
forge_journal()
{
	python3 - "$ROOT/.warder/journal" "$1" "$2" <<-'EOT'
		import hashlib, re, sys
		at, old, new = sys.argv[1:]
		last, out = "0" * 64, []
		for line in open(at + "/journal"):
		    line = re.sub('"previous":"[0-9a-f]{64}"', '"previous":"%s"' % last, line).replace(old, new)
		    last = hashlib.sha256(line.encode()).hexdigest()
		    out.append(line)
		open(at + "/journal", "w").write("".join(out))
		open(at + "/head", "w").write("number %d\nhash %s\n" % (len(out), last))
	EOT
}

@test "without the secret key, or with one that others can read, nothing is published" {
	mv "$KEYS/seal.sec" "$BATS_TEST_TMPDIR/early"
	run warder manage -y a -- /bin/sh -c "echo the command ran"
	expect 78 "seal.sec" "hint: warder key generate"
	[[ $output != *"the command ran"* ]]
	run warder base edit -y small -- /bin/sh -c "echo the command ran"
	expect 78 "seal.sec"
	[[ $output != *"the command ran"* ]]
	run warder base create small
	expect 78 "seal.sec"
	mv "$BATS_TEST_TMPDIR/early" "$KEYS/seal.sec"
	local before
	before=$(readlink "$ROOT/s/a")
	chmod 640 "$KEYS/seal.sec"
	run warder manage -q -y a -- /bin/sh -c 'echo y > /etc/y'
	chmod 600 "$KEYS/seal.sec"
	[ "$(readlink "$ROOT/s/a")" = "$before" ]
	expect 77 "seal.sec: it must belong to root, with mode 0600"
	mv "$KEYS/seal.sec" "$BATS_TEST_TMPDIR/"
	run warder manage -q -y a -- /bin/sh -c 'echo y > /etc/y'
	mv "$BATS_TEST_TMPDIR/seal.sec" "$KEYS/"
	[ "$(readlink "$ROOT/s/a")" = "$before" ]
	[ "$status" -ne 0 ]
	[[ $output == *seal.sec* ]]
	[ ! -e "$SKEL/draft" ]
}

@test "a key in the store, by a link or a mount, and one that others could swap are refused" {
	local conf=$BATS_TEST_TMPDIR/conf
	mkdir -p "$ROOT/s/keys"
	ln -s "$ROOT/s/keys" "$DIR/link"
	mkdir "$DIR/mounted" "$DIR/open"
	chmod 777 "$DIR/open"
	mount --bind "$ROOT" "$DIR/mounted"
	for where in "$ROOT/s/keys" "$DIR/link" "$DIR/mounted/s/keys" "$DIR/open"; do
		sed "s|^seal.key = .*|seal.key = \"$where/seal.pub\";|" "$CONF" > "$conf"
		run "$WARDER" --root "$ROOT" -f "$conf" key generate
		[ "$status" -ne 0 ] || break
		[ -z "$(find "$ROOT/s/keys" "$DIR/open" -name 'seal*')" ]
	done
	umount "$DIR/mounted"
	rm -r "$ROOT/s/keys" "$DIR/link" "$DIR/open"
	rmdir "$DIR/mounted"
	[ "$status" -ne 0 ]
}

@test "start and exec read no key" {
	command -v strace > /dev/null || skip "strace is not installed"
	sed -i 's/ verify.before_start = quick;//' "$CONF"
	strace -o "$BATS_TEST_TMPDIR/trace" "$WARDER" --root "$ROOT" -f "$CONF" start -q a
	[ -s "$BATS_TEST_TMPDIR/trace" ]
	! grep -q 'seal\.\(pub\|sec\)"' "$BATS_TEST_TMPDIR/trace" || false
	warder stop -q a
	strace -o "$BATS_TEST_TMPDIR/trace" "$WARDER" --root "$ROOT" -f "$CONF" verify -q a
	grep -q '"seal\.pub"' "$BATS_TEST_TMPDIR/trace"
}

@test "another generation in the place of this one, with its own signature, is found by the signature" {
	warder manage -q -y a -- /bin/sh -c 'date > /etc/y'
	local one=$SKEL/$(basename "$(readlink "$ROOT/s/a")") kept=$BATS_TEST_TMPDIR
	warder manage -q -y a -- /bin/sh -c 'echo y > /etc/y'
	local two=$SKEL/$(basename "$(readlink "$ROOT/s/a")")
	warder rollback -q a
	warder verify -q a
	cp -p "$one.mtree" "$one.mtree.sig" "$kept"
	cp -p "$two.mtree" "$one.mtree"
	cp -p "$two.mtree.sig" "$one.mtree.sig"
	run warder verify a
	cp -p "$kept/${one##*/}.mtree" "$kept/${one##*/}.mtree.sig" "$SKEL"
	expect 2 "! its signature is of another manifest"
	warder verify -q a
}

@test "a signature goes with its generation" {
	local g
	g=$(basename "$(readlink "$ROOT/s/a")")
	sed -i 's/^a { /&generations.keep = 1; /' "$CONF"
	for i in 1 2 3 4; do warder manage -q -y a -- /bin/sh -c "echo $i > /etc/n"; done
	[ -e "$SKEL/$g.mtree.sig" ]
	warder gc -q a
	[ ! -e "$SKEL/$g" ]
	[ ! -e "$SKEL/$g.mtree.sig" ]
	nothing_left
}

@test "a manifest larger than the memory there is can be checked" {
	local seal memory=$((6 << 20))
	warder manage -q -y a -- /bin/sh -c 'mkdir /usr/local/many; cd /usr/local/many; n=$(printf %0200d 0)
		d=0; while [ $d -lt 20 ]; do mkdir $d; i=0; while [ $i -lt 1000 ]; do : > $d/$n$i; i=$((i + 1)); done; d=$((d + 1)); done'
	seal=$SKEL/$(basename "$(readlink "$ROOT/s/a")").mtree
	[ "$(stat -c %s "$seal")" -gt "$memory" ]
	prlimit --as="$memory" "$WARDER" --root "$ROOT" -f "$CONF" verify -j 1 a
	prlimit --as="$memory" "$WARDER" --root "$ROOT" -f "$CONF" verify -j 1 --quick a
	nothing_left
}
