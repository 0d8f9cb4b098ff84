# A thin front to meson, so that a fresh clone needs nothing but `make`.  Everything that is made lies in $(BUILD).

BUILD   = build
JOBS    = $(shell nproc)
prefix  = /usr/local
DESTDIR =
# Options for meson setup, e.g. MESON="-Dtests=false".
MESON   =

all: $(BUILD)/build.ninja
	@ninja -j$(JOBS) -C $(BUILD) --quiet

$(BUILD)/build.ninja:
	@meson setup --prefix=$(prefix) $(MESON) $(BUILD) . > /dev/null || { cat $(BUILD)/meson-logs/meson-log.txt >&2; exit 1; }

# What each target needs, as groups of packages.txt.  Only the demo goes on when they cannot be installed: with no mirror
# in reach it does the same with less, and says what it lacks.
DEPS = @tools/deps packages.txt

demo:
	$(DEPS) build run demo || [ $$? -eq 69 ]
	@$(MAKE) --no-print-directory all
	@tools/demo $(if $(KEEP),--keep) $(BUILD)

# Ends what `make demo KEEP=yes` left running.
demo-end:
	@tools/demo --end $(BUILD)

test:
	$(DEPS) build run demo test $(if $(filter true,$(CI)),vm pages)
	@$(MAKE) --no-print-directory all
	@tests/run $(TESTFLAGS) $(BUILD)

test-vm:
	$(DEPS) build run demo vm
	@$(MAKE) --no-print-directory all
	@tools/test-vm $(BUILD)

lint:
	$(DEPS) build test
	@$(MAKE) --no-print-directory all
	@tests/run --lint --tidy $(BUILD)

bench:
	$(DEPS) build run bench
	@$(MAKE) --no-print-directory all
	@bench/start $(BUILD)
	@bench/verify $(BUILD)

# The parsers of configuration and manifests under libFuzzer; RUNS inputs each, about a quarter of an hour for as many as this.
RUNS = 10000000
fuzz:
	$(DEPS) build test
	@tests/fuzz/run $(BUILD)-fuzz $(RUNS)

# The prefix is fixed by meson setup; installing under another one configures again.
install: all
	@meson configure $(BUILD) -Dprefix=$(prefix)
	@ninja -j$(JOBS) -C $(BUILD) --quiet
	@DESTDIR="$(DESTDIR)" meson install -C $(BUILD) --no-rebuild --quiet

clean:
	@tools/clean $(BUILD)

.PHONY: all demo demo-end test test-vm lint bench fuzz install clean
