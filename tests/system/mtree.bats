# Manifests of mtree(8) and bsdtar: what they say is compared with a generation, and nothing else.
load helpers

setup_file()
{
	use_store mtree
	busybox_conf <<< 'a { } b { }' > "$BATS_FILE_TMPDIR/conf"
	make_store mtree < "$BATS_FILE_TMPDIR/conf"
	warder create -q a
	warder manage -q -y a -- /bin/sh -c "$(odd_tree)"
}
setup()
{
	use_store mtree
	TREE=$(readlink -f "$ROOT/s/a") M=$BATS_TEST_TMPDIR/manifest
	cd "$TREE"
}
teardown_file() { use_store mtree; remove_store; }

# Names that a reader may take for something else, and each type that a shell can make.  No name fits another as a
# pattern: mtree(8) merges those itself.
odd_tree()
{
	cat <<-'EOT'
		set -e
		mkdir -p /usr/local/odd/sub
		cd /usr/local/odd
		for n in "$(printf 'new\nline')" "$(printf 'tab\there')" 'sp ace' '#hash' 'ha#sh' 'st*ar' '[x]' 'back\slash' \
			'\141' "$(printf '\377\376')" 'a=b' -dash ..x "$(printf '\001')" "$(printf '\303\251')" 'end\' optional \
			"$(printf '%0255d' 0)" sub/file sub-more; do
			printf %s "$n" > "$n"
		done
		ln -s "$(printf 'to\n#\\ x')" link
		mkfifo fifo
		chmod 4755 a=b
		chown 5:6 sub-more
	EOT
}

need() { command -v "$1" > /dev/null || skip "$1 is not installed"; }

# by PROGRAM: its manifest of the tree.
by()
{
	case $1 in
	mtree) mtree -c -K sha256digest -p . ;;
	mtree-all) mtree -c -K all -p . ;;
	mtree-flat) mtree -C -K all -f <(mtree -c -K all -p .) ;;
	bsdtar) bsdtar -c -f - --format=mtree --options='mtree:sha256,mtree:nlink' . ;;
	bsdtar-all) bsdtar -c -f - --format=mtree --options='mtree:all' . ;;
	bsdtar-set) bsdtar -c -f - --format=mtree --options='mtree:sha256,use-set,indent' . ;;
	bsdtar-classic) bsdtar -c -f - --format=mtree-classic --options='mtree:sha256,nlink' . ;;
	warder) cat "$TREE.mtree" ;;
	esac
}
WITH_IDS="mtree bsdtar bsdtar-all bsdtar-set bsdtar-classic warder"
FORMS="$WITH_IDS mtree-all mtree-flat"

@test "a manifest of mtree(8), of bsdtar in each of its forms, and warder's own are as the tree is" {
	need mtree
	need bsdtar
	local form n
	n=$(find . -printf x | wc -c)
	for form in $FORMS; do
		by "$form" > "$M"
		[ -s "$M" ]
		run warder verify a --manifest "$M"
		expect 0 "$n entries as the manifest says" || { echo "$form"; cat "$M"; false; }
		[[ $output != *"not compared, the manifest has no sha256"* ]]
	done
	by mtree | "$WARDER" --root "$ROOT" -f "$CONF" verify a --manifest -
}

@test "each tampering is found by each of them" {
	need mtree
	need bsdtar
	local form change line
	for form in $WITH_IDS; do # -K all has names of users and groups in their place
		while IFS=@ read -r change line; do
			cp -a . "$BATS_TEST_TMPDIR/aside"
			by "$form" > "$M"
			eval "$change"
			run warder verify a --manifest "$M"
			cd /
			rm -rf "$TREE"
			mv "$BATS_TEST_TMPDIR/aside" "$TREE"
			cd "$TREE"
			expect 2 "$line" || { echo "$form: $change"; false; }
			[ "$(grep -cE '^[-+~m] ' <<< "$output")" -eq 1 ] || { echo "$form: $change: $output"; false; }
		done <<-'EOT'
			printf x > etc/new@+ etc/new
			rm "usr-local/odd/sp ace"@- usr-local/odd/sp ace
			printf Y | dd of=usr-local/odd/sub/file conv=notrunc status=none@~ usr-local/odd/sub/file
			printf more >> "usr-local/odd/#hash"@~ usr-local/odd/#hash
			chmod 644 usr-local/odd/a=b@m usr-local/odd/a=b  04755 -> 0644
			chown 7 usr-local/odd/sub-more@m usr-local/odd/sub-more  5:6 -> 7:6
			ln -sfn elsewhere usr-local/odd/link@~ usr-local/odd/link  to\n#\\ x -> elsewhere
			rm usr-local/odd/fifo; : > usr-local/odd/fifo@~ usr-local/odd/fifo  fifo -> file
			chmod 700 usr-local/odd/sub@m usr-local/odd/sub/  0755 -> 0700
		EOT
	done
}

@test "what the manifest does not say is not compared, and that is said" {
	need mtree
	mtree -c -k type,size,time,flags,cksum -p . > "$M"
	chown 9 etc
	run warder verify a --manifest "$M"
	local plain=$output code=$status
	run warder verify a --json --manifest "$M"
	chown 0 etc
	[ "$code" -eq 0 ]
	[[ $plain == *"content not compared, the manifest has no sha256: "*" files"* && $plain == *"keywords not compared: "*"cksum ("*"time ("* ]]
	echo "$output" | jq -e '.checked[0] | .match and .manifest.without_sha256 > 10 and
		([.manifest.not_compared[].keyword] | contains(["cksum", "time"])) and .changes == []'
	sed 's/size=/frob=/' "$M" > "$M.x"
	run warder verify a --manifest "$M.x"
	expect 1 "line " "an unknown keyword: frob"
}

@test "a base, without what lies beside its trees, on either side" {
	need mtree
	cd "$ROOT/.warder/base/small/1"
	mtree -c -K sha256digest -p . > "$M"
	grep -q meta.json "$M"
	warder verify --base small --manifest "$M"
	cp seal "$M"
	warder verify --base small --manifest "$M"
	: > root/bin/extra
	run warder verify --base small --manifest "$M"
	rm root/bin/extra
	expect 2 "+ root/bin/extra"
}

@test "our seals are taken by mtree(8) and by bsdtar, which gives them back" {
	need mtree
	need bsdtar
	run mtree -f "$TREE.mtree" -p .
	expect 0
	[ -z "$output" ] || { echo "$output"; false; }
	bsdtar -c -f "$M" --format=mtree --options='mtree:sha256' "@$TREE.mtree"
	warder verify a --manifest "$M"
}

@test "optional, ignore and nochange are as in mtree(5); a later entry takes the place of an earlier one" {
	mkdir sealed-not
	: > sealed-not/x
	{
		cat "$TREE.mtree"
		echo './absent type=dir optional'
		echo './absent/file type=file size=1'
		echo './sealed-not type=dir ignore'
		echo './usr-local/odd/a=b type=file mode=01 nochange'
		echo './usr-local/odd/-dash type=file mode=01'
		echo './usr-local/odd/-dash type=file # once more'
	} > "$M"
	run warder verify a --manifest "$M"
	rm -r sealed-not
	expect 0 "as the manifest says"
	echo './etc type=file' >> "$M"
	run warder verify a --manifest "$M"
	expect 1 "it was named before, with another type"
}

@test "what leads out of the tree, is endless or no manifest is refused with its line" {
	local text
	for text in './../x type=file' '/etc/passwd type=file' './a/../../b type=file' '\056\056/x type=file' 'x type=file' \
		'..' '. type=file' './a type=dir\nb' './a\0b type=file' './a type=file mode=u=rw' './a/b type=file' 'a#b/c type=file'; do
		printf '#mtree\n%b\n' "${text//\\0/\\\\0}" > "$M"
		run warder verify a --manifest "$M"
		expect 1 "manifest: line 2: " || expect 1 "manifest: line 3: " || { echo "$text"; false; }
	done
	head -c 1000000 /dev/zero | tr '\0' a > "$M"
	run warder verify a --manifest "$M"
	expect 1 "line 1: a line is too long"
	: > "$M"
	run warder verify a --manifest "$M"
	expect 1 "an empty manifest"
	run warder verify a --manifest "$M.absent"
	expect 1 "No such file"
	run warder verify a --manifest "$DIR"
	[ "$status" -eq 1 ]
}

@test "a manifest is of one skeleton or one base" {
	cp "$TREE.mtree" "$M"
	run warder verify --manifest "$M"
	expect 64
	run warder verify --manifest "$M" a --base small
	expect 64 "one jail's skeleton or one base"
	run warder verify --manifest "$M" --all
	expect 64
	run warder verify --manifest "$M" --quick a
	expect 64
	run warder verify --manifest "$M" nojail
	expect 1 "no such jail"
	run warder verify --manifest "$M" b
	expect 1
	cd /
	nothing_left
}
