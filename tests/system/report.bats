# One page, one object: everything that is known of all jails; and nothing in it is more than text.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		good { exec.service = "/bin/sleep", "1000"; wx = deny; }
		open {
			exec.service = "/bin/sleep", "1000";
			exec.prestart = "true '<script>alert(1)</script>' & true \"<img src=x onerror=alert(2)>\"";
			capabilities.force = sys_time;
			capabilities = chown, net_bind_service;
			sysvshm = new;
			shm = 1M;
			limits = best-effort;
		}
		stopped { }
		never { }
	EOT
	make_store report < "$BATS_FILE_TMPDIR/conf"
	for j in good open stopped; do warder create -q $j; done
	warder manage -q -y open -- /bin/sh -c 'echo x > /etc/x'
	warder start -q good open
}
setup() { use_store report; }
teardown_file() { use_store report; remove_store; }

report() { run warder report "$@"; }
json() { warder report --json || [ $? -eq 2 ] || [ $? -eq 1 ]; }

@test "a line for each jail" {
	report
	expect 0 "never"
	[ "${#lines[@]}" -eq 5 ]
	[[ "$output" == *"good "*running*"as published"*"as declared"* ]]
}

@test "the open exceptions, with the line that made each" {
	local line
	json > "$DIR/json"
	for key in exec.prestart capabilities.force sysvshm shm limits; do
		line=$(grep -n "^	*$key " "$CONF" | cut -d: -f1)
		[ "$(jq -r --arg k $key '.jails[] | select(.name == "open") | .exceptions[] | select(.key == $k) | "\(.file):\(.line)"' "$DIR/json")" = "$CONF:$line" ]
	done
	[ "$(jq -c '.jails[] | select(.name == "good") | .exceptions' "$DIR/json")" = "[]" ]
}

@test "planes, surface, verification, generations and drift of each" {
	json > "$DIR/json"
	jq -e '.version == 1 and .verdict == "fine" and .journal == null and ([.jails[].name] | sort) == ["good", "never", "open", "stopped"]' "$DIR/json"
	local third=kept
	offers "wx = deny" || third=given
	jq -e --arg third $third '.jails[] | select(.name == "good") |
		.surface.levels == {"L1": "kept", "L2": "kept", "L3": $third}
		and .skeleton_check.state == "fine" and .base_check.state == "fine" and .drift == []
		and any(.planes[]; .target == "/t/var" and .plane == "state")' "$DIR/json"
	jq -e '.jails[] | select(.name == "open") | .surface.levels.L3 == "given" and .skeleton.generations == [1, 2]
		and ([.history[].action] | index("manage")) != null' "$DIR/json"
	jq -e '.jails[] | select(.name == "never") | .drift == ["it is declared, and was not created"] and .skeleton_check == null' "$DIR/json"
	jq -e '.jails[] | select(.name == "stopped") | .surface == null' "$DIR/json"
}

@test "the page has every jail, is one file and asks for nothing from elsewhere" {
	report --html "$DIR/page.html"
	expect 0
	for j in good open stopped never; do grep -q "<h2>$j</h2>" "$DIR/page.html"; done
	! grep -qiE '<script|<link|<img|<iframe|@import|url\(|src=|href=|https?:| on[a-z]+="' "$DIR/page.html"
	grep -q "default-src 'none'" "$DIR/page.html"
	grep -qF "$CONF:" "$DIR/page.html"
}

# A file that the host's root put beside the sealed ones, under a name that is made to do harm.
@test "names and values with markup, quotes, controls and bidirectional overrides are text" {
	local name=$'<script>alert("1")</script>\033[31m\n\342\200\256\377&amp;\'x' page=$DIR/page.html
	name=${name//\//-}
	touch "$ROOT/.warder/skel/good/1/etc/$name"
	report --html "$page"
	rm -f "$ROOT/.warder/skel/good/1/etc/$name"
	expect 2
	grep -qF '&lt;script&gt;alert(&quot;1&quot;)&lt;-script&gt;' "$page"
	grep -qF '&lt;img src=x onerror=alert(2)&gt;' "$page"
	grep -qF '&amp;amp;&#39;x' "$page"
	! grep -qi '<script' "$page" && ! grep -qi '<img' "$page"
	! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae|\xff' "$page"
	iconv -f UTF-8 -t UTF-8 "$page" > /dev/null
	python3 - "$page" <<-'EOT'
		import html.parser, sys
		allowed = set("html head meta title style body h1 h2 h3 p span section div table thead tbody tr th td code ul li strong".split())
		class P(html.parser.HTMLParser):
		    def handle_starttag(self, tag, attrs):
		        assert tag in allowed, tag
		        assert all(k in ("class", "data-h", "lang", "charset", "http-equiv", "content", "name") for k, _ in attrs), attrs
		P().feed(open(sys.argv[1]).read())
	EOT
	json | jq -e ".verdict == \"fine\""
}

@test "the page replaces an old one whole, through no link, and leaves the old one where it fails" {
	mkdir -p "$DIR/out"
	echo other > "$DIR/other"
	ln -sf ../other "$DIR/out/page.html"
	report --html "$DIR/out/page.html"
	expect 0
	[ ! -L "$DIR/out/page.html" ] && [ "$(cat "$DIR/other")" = other ]
	report --html "$DIR/none/page.html"
	[ "$status" -ne 0 ]
	echo old > "$DIR/out/page.html"
	run bash -c 'ulimit -f 1; trap "" XFSZ; exec "$@"' sh "$WARDER" --root "$ROOT" -f "$CONF" report --html "$DIR/out/page.html"
	[ "$status" -ne 0 ]
	[ "$(cat "$DIR/out/page.html")" = old ] && [ "$(ls -A "$DIR/out")" = page.html ]
}

@test "what is wider, changed or edited is what a report exits with 2 for" {
	echo changed >> "$ROOT/.warder/skel/stopped/1/etc/hosts"
	report
	expect 2 CHANGED
	json > "$DIR/json"
	jq -e '.verdict == "wrong" and (.jails[] | select(.name == "stopped") | .verdict == "wrong" and .skeleton_check.changes[0].path == "etc/hosts")' "$DIR/json" ||
		{ jq '.jails[] | select(.name == "stopped").skeleton_check' "$DIR/json"; return 1; }
	report --html "$DIR/x" --json
	[ "$status" -eq 64 ]
}
