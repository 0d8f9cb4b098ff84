# warder for FreeBSD 12.1 and later, with the base system's libraries alone, for its make(1) and for GNU make.
#
#	make -f freebsd.mk                                     on FreeBSD: ./freebsd/warder, static
#	make -f freebsd.mk CC=clang SYSROOT=/path TARGET=x86_64-unknown-freebsd12.1
#
# What is compiled is chosen by name (tools/freebsd-sources): all but *_linux.c and what is Linux by its nature.  The
# same list is checked without a FreeBSD by tools/freebsd-syntax.
PREFIX ?= /usr/local
LIBEXECDIR ?= $(PREFIX)/libexec/warder
OUT ?= freebsd
SYSROOT ?=
TARGET ?=
WARDER_VERSION ?= 0.1.0
CFLAGS ?= -O2 -pipe
LDFLAGS ?=
LDLIBS ?= -ljail -lutil -lmd -lpthread
LINKAGE ?= -static

all:
	@OUT='$(OUT)' CC='$(CC)' SYSROOT='$(SYSROOT)' TARGET='$(TARGET)' CFLAGS='$(CFLAGS)' LDFLAGS='$(LINKAGE) $(LDFLAGS)' \
		LDLIBS='$(LDLIBS)' WARDER_VERSION='$(WARDER_VERSION)' LIBEXECDIR='$(LIBEXECDIR)' sh tools/freebsd-build

clean:
	rm -rf '$(OUT)'

.PHONY: all clean
