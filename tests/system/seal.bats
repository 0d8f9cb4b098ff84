# Seals: what is published has a manifest, and other programs read it and find what was changed.
load helpers

setup_file()
{
	use_store seal
	mkdir -p "$DIR/odd/bin" "$DIR/odd/etc" "$DIR/odd/usr/share"
	cp "$(command -v busybox)" "$DIR/odd/bin/sh"
	odd_files "$DIR/odd/usr/share"
	{ busybox_conf; echo "base odd { from = \"dir:$DIR/odd\"; }"; echo 'plain { }'; } > "$BATS_FILE_TMPDIR/conf"
	make_store seal < "$BATS_FILE_TMPDIR/conf"
	warder base create -q odd
	warder create -q plain
}
setup() { use_store seal; BASE=$ROOT/.warder/base SKEL=$ROOT/.warder/skel; }
teardown_file() { use_store seal; remove_store; }

# Names that a careless reader takes for a pattern, a comment, an escape or an end; a set-uid file, a FIFO, links.  No
# pattern fits another of them: mtree(8) takes every name for one, also in a manifest that it wrote itself.
odd_files()
{
	local n
	for n in $'new\nline' $'tab\there' 'sp ace' '#hash' 'ha#sh' 'st*ar' 'q?m' '[x]' 'back\slash' '\141' $'\xff\xfe' \
		'a=b' -dash ..x $'\x01' é a-b "$(printf '%0255d' 0)"; do
		printf %s "$n" > "$1/$n"
	done
	mkdir "$1/a" "$1/"$'dir\n#*'
	echo x > "$1/"$'dir\n#*/ '
	ln "$1/a-b" "$1/a/b"
	ln -s $'to\n#*\\' "$1/link"
	mkfifo "$1/fifo"
	chmod 4755 "$1/a=b"
}

need_mtree() { command -v mtree > /dev/null || skip "mtree-netbsd is not installed"; }

# mtree_check MANIFEST TREE: NetBSD's mtree(8) compares; what lies beside a base's trees is no part of them.
mtree_check()
{
	mtree -f "$1" -p "$2" | grep -vx -e 'extra: meta.json' -e 'extra: seal' || :
}

@test "mtree(8) finds a new base and a new skeleton as their manifests say" {
	need_mtree
	for b in small odd; do
		[ -s "$BASE/$b/1/seal" ]
		run mtree_check "$BASE/$b/1/seal" "$BASE/$b/1"
		expect 0
		[ -z "$output" ] || { echo "$output"; false; }
	done
	run mtree_check "$SKEL/plain/1.mtree" "$SKEL/plain/1"
	expect 0
	[ -z "$output" ] || { echo "$output"; false; }
}

@test "mtree(8) finds a byte, a mode, an owner, a file more and a file less" {
	need_mtree
	cp -a "$BASE/odd/1" "$DIR/copy"
	local u=$DIR/copy/root/usr/share
	printf x | dd of="$u/sp ace" conv=notrunc status=none
	chmod 0755 "$u/a=b"
	chown 5 "$u/back\\slash"
	rm "$u/fifo"
	: > "$u/more"
	run mtree_check "$BASE/odd/1/seal" "$DIR/copy"
	expect 0 'sp ace'
	[[ $output == *sha256* && $output == *permissions*04755*0755* && $output == *user*0*5* ]]
	[[ $output == *"missing: ./root/usr/share/fifo"* && $output == *"extra: root/usr/share/more"* ]]
	rm -rf "$DIR/copy"
}

@test "libarchive reads every name, type, size and target of a manifest" {
	command -v bsdtar > /dev/null || skip "bsdtar is not installed"
	for b in small odd; do
		(cd "$BASE/$b/1" && bsdtar -cf "$DIR/from.tar" --format=pax @seal)
		python3 - "$DIR/from.tar" "$BASE/$b/1" <<-'EOT'
			import os, sys, tarfile
			top = os.fsencode(sys.argv[2])
			want = {b".": os.lstat(top)}
			for at, dirs, files in os.walk(top):
			    for n in dirs + files:
			        p = os.path.join(at, n)
			        want[os.path.relpath(p, top)] = os.lstat(p)
			for n in (b"meta.json", b"seal"):
			    del want[n]
			got = {}
			for m in tarfile.open(sys.argv[1], encoding="utf-8", errors="surrogateescape"):
			    name = os.fsencode(m.name)
			    got[os.path.normpath(name)] = m
			assert set(got) == set(want), set(got) ^ set(want)
			for n, m in got.items():
			    st = want[n]
			    assert m.mode & 0o7777 == st.st_mode & 0o7777 and (m.uid, m.gid) == (st.st_uid, st.st_gid), n
			    if m.issym():
			        assert os.fsencode(m.linkname) == os.readlink(os.path.join(top, n)), n
			    elif m.isreg():
			        assert m.size == st.st_size, n
			print(len(got), "entries")
		EOT
	done
}

@test "a seal is for root alone" {
	[ "$(stat -c %a "$BASE/small/1/seal" "$SKEL/plain/1.mtree" | sort -u)" = 600 ]
}

@test "a new generation of an unchanged source has the same seal" {
	warder base create -q small
	cmp "$BASE/small/1/seal" "$BASE/small/2/seal"
}
