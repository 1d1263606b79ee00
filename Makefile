# SPDX-License-Identifier: Apache-2.0
# Builds the four filters into build/, and their tests. `make help` lists the targets.

PREFIX  ?= /usr/local
# Where systemd looks for units; empty installs none.
SYSTEMD_DIR ?= $(PREFIX)/lib/systemd/system
DESTDIR ?=
CXX     ?= g++
VERSION := 0.1.0

# SANITIZE=address,undefined (or thread) builds an instrumented tree beside the plain one; BUILD names another folder.
comma := ,
BUILD ?= build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
# However it is written, it is one name, under which the compiler notes what an object depends on.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))

# V=1 shows the commands.
Q := $(if $(V),,@)

TOOLS := fetch-token fetch-incidents map-stix push-opencti

# A sanitizer slows the compiler more than it slows the tests: those are built for a quick build and for readable traces.
OPTIMISE ?= $(if $(SANITIZE),-Og,-O2)
# GCC 12 takes the temporaries that simdjson's result types pass along for dangling pointers.
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -Wno-dangling-pointer
CPPFLAGS += -I. -DPROJECT_VERSION='"$(VERSION)"'
CXXFLAGS += -std=c++20 $(OPTIMISE) -g1 $(WARNINGS) -fPIE -fstack-protector-strong -pthread
LDFLAGS  += -pie -Wl,-z,relro,-z,now -Wl,--as-needed -pthread
ifdef SANITIZE
  # Instrumented, GCC 12 takes members of libstdc++'s <regex> for uninitialised.
  WARNINGS += -Wno-maybe-uninitialized
  CXXFLAGS += -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
  LDFLAGS  += -fsanitize=$(SANITIZE)
else
  CPPFLAGS += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif

COMMON_SOURCES := $(wildcard common/*.cpp common/*/*.cpp)
sources_of      = $(wildcard tools/$(1)/*.cpp tools/$(1)/*/*.cpp)
objects_of      = $(patsubst %.cpp,$(BUILD)/obj/%.o,$(1))

# One list for every program: --as-needed leaves out what a program does not use, so that map-stix has no libcurl and
# only push-opencti has librabbitmq.
LIBS := -lcurl -lrabbitmq -lsqlite3 -lyaml-cpp -lsimdjson -lssl -lcrypto

# $(call link,MORE)  the recipe of every program: objects and archives are its prerequisites.
define link
@mkdir -p $(@D)
@echo '  LINK  $@'
$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(1) $(LIBS)
endef
# The recipe of every archive.
define archive
@rm -f $@
@echo '  AR    $@'
$(Q)ar rcs $@ $^
endef

STAND_IN_SOURCES := $(wildcard tests/stand-in/*.cpp)
UNIT_SOURCES     := $(wildcard tests/unit/*.cpp tests/unit/*/*.cpp tests/unit/*/*/*.cpp)
TEST_PROGRAMS    := $(patsubst tests/programs/%.cpp,$(BUILD)/tests/%,$(wildcard tests/programs/*.cpp))
FUZZ_TARGETS     := $(patsubst tests/fuzz/%.cpp,%,$(wildcard tests/fuzz/*.cpp))
REPLAY_PROGRAMS  := $(FUZZ_TARGETS:%=$(BUILD)/tests/replay-%)
BENCH_PROGRAMS   := $(BUILD)/tests/generate-incidents $(BUILD)/tests/floor $(BUILD)/tests/measure $(BUILD)/tests/ledger
# cpp-httplib is header-only upstream and a library in Debian; Catch2 brings its own main from version 3 on.
HTTPLIB_LIBS := $(shell pkg-config --libs cpp-httplib 2>/dev/null) -lz
HTTPLIB_FLAGS := $(shell pkg-config --cflags cpp-httplib 2>/dev/null)
CATCH_LIBS   := $(shell pkg-config --libs catch2 2>/dev/null)

.PHONY: all tests bench-programs help check check-fast demo format tidy lint bench fuzz soak install uninstall dist clean deb rpm completions
.DEFAULT_GOAL := all
all: $(TOOLS:%=$(BUILD)/%)  ## the four filters
tests: $(BUILD)/tests/unit $(BUILD)/tests/stand-in $(BENCH_PROGRAMS) $(TEST_PROGRAMS) $(REPLAY_PROGRAMS)  ## the test programs

bench-programs: $(BENCH_PROGRAMS)

help:  ## this list
	@sed -n 's/^\([a-z_.-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

$(BUILD)/obj/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	@echo '  CXX   $<'
	$(Q)$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<

# The one library that cannot be asked for its version, neither when running nor by its headers.
$(BUILD)/obj/common/program/library_versions.o: CPPFLAGS += -DYAML_CPP_VERSION='"$(shell pkg-config --modversion yaml-cpp)"'

$(BUILD)/libcommon.a: $(call objects_of,$(COMMON_SOURCES))
	$(archive)

define tool_rule
$(BUILD)/$(1): $(call objects_of,$(call sources_of,$(1))) $(BUILD)/libcommon.a
	$$(link)
endef
$(foreach tool,$(TOOLS),$(eval $(call tool_rule,$(tool))))

# The unit tests link everything but the main.cpp files.
TOOL_PARTS := $(filter-out %/main.cpp,$(foreach tool,$(TOOLS),$(call sources_of,$(tool))))
$(BUILD)/tests/unit: $(call objects_of,$(UNIT_SOURCES) $(TOOL_PARTS) $(filter-out %/main.cpp,$(STAND_IN_SOURCES))) $(BUILD)/libcommon.a
	$(call link,$(CATCH_LIBS) $(HTTPLIB_LIBS))

$(BUILD)/obj/tests/stand-in/%.o: CPPFLAGS += $(HTTPLIB_FLAGS)
$(BUILD)/tests/stand-in: $(call objects_of,$(STAND_IN_SOURCES)) $(BUILD)/libcommon.a
	$(call link,$(HTTPLIB_LIBS))

$(BUILD)/tests/generate-incidents: $(call objects_of,tests/bench/generate_incidents.cpp tests/bench/evidence_templates.cpp) $(BUILD)/libcommon.a
	$(link)

$(BUILD)/tests/measure: $(call objects_of,tests/bench/measure.cpp)
	$(link)

$(BUILD)/tests/floor: $(call objects_of,tests/bench/floor.cpp) $(BUILD)/libcommon.a
	$(link)

$(BUILD)/tests/%: $(BUILD)/obj/tests/programs/%.o $(BUILD)/libcommon.a
	$(link)

# libFuzzer targets: one a file in tests/fuzz/, built by scripts/fuzz with clang. The tests run the same files without a fuzzer.
$(BUILD)/libtools.a: $(call objects_of,$(TOOL_PARTS))
	$(archive)

$(BUILD)/tests/ledger: $(call objects_of,tests/bench/ledger.cpp) $(BUILD)/libtools.a $(BUILD)/libcommon.a
	$(link)

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/libtools.a $(BUILD)/libcommon.a
	$(call link,-fsanitize=fuzzer)

$(BUILD)/tests/replay-%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/replay/main.o $(BUILD)/libtools.a $(BUILD)/libcommon.a
	$(link)

fuzz-targets: $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)
.PHONY: fuzz-targets

.SECONDARY:
-include $(patsubst %.o,%.d,$(shell [ -d $(BUILD)/obj ] && find $(BUILD)/obj -name '*.o'))

check:  ## install what is missing and run every test
	./scripts/check
check-fast: all tests  ## the unit tests and golden cases: a few seconds
	SKIP_INSTALL=1 ./scripts/check unit golden
demo:  ## run the chain against stand-in services
	./scripts/demo
format:  ## put every source file into the project's format
	git ls-files -z -- '*.cpp' '*.hpp' | xargs -0 clang-format -i
tidy: compile_commands.json  ## clang-tidy over the tools' sources; see .clang-tidy
	printf '%s\n' $(TOOL_PARTS) $(TOOLS:%=tools/%/main.cpp) $(COMMON_SOURCES) | xargs -n 4 -P "$$(nproc)" clang-tidy --quiet -p .
compile_commands.json: Makefile  ## for clangd and other readers of the sources
	@for source in $(TOOL_PARTS) $(TOOLS:%=tools/%/main.cpp) $(COMMON_SOURCES) $(UNIT_SOURCES) $(STAND_IN_SOURCES); do \
	  printf '{"directory":"%s","file":"%s","arguments":["c++","-std=c++20","-I.","-DPROJECT_VERSION=\\"%s\\"","-DYAML_CPP_VERSION=\\"\\"","-c","%s"]}\n' \
	    '$(CURDIR)' "$$source" '$(VERSION)' "$$source"; \
	done | sed -e '1s/^/[/' -e '$$!s/$$/,/' -e '$$s/$$/]/' >$@
lint:  ## static checks of scripts, pages and sources
	./scripts/lint
bench:  ## measure speed and memory
	./scripts/bench
soak: all tests  ## the long seeded tests
	./scripts/soak
fuzz:  ## fuzz the parsers
	./scripts/fuzz

completions: all  ## for bash and zsh, from --help
	BUILD_DIR=$(BUILD) ./scripts/make-completions $(BUILD)/completions

install: completions  ## DESTDIR= PREFIX=
	install -d $(DESTDIR)$(PREFIX)/libexec/sentinel-incidents $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/doc/sentinel-incidents
	install -m 755 $(TOOLS:%=$(BUILD)/%) scripts/sentinel-incidents $(DESTDIR)$(PREFIX)/bin
	install -m 644 scripts/chain/*.sh $(DESTDIR)$(PREFIX)/libexec/sentinel-incidents
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -d $(DESTDIR)$(PREFIX)/share/doc/sentinel-incidents/examples
	install -m 644 examples/cookbook.md examples/*.jq examples/incidents.ndjson examples/config.yml.sample examples/.env.sample $(DESTDIR)$(PREFIX)/share/doc/sentinel-incidents/examples
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 644 $(BUILD)/completions/bash/* $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 644 $(BUILD)/completions/zsh/* $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	$(if $(SYSTEMD_DIR),install -d $(DESTDIR)$(SYSTEMD_DIR))
	$(if $(SYSTEMD_DIR),sed 's|/usr/local/bin|$(PREFIX)/bin|' examples/systemd/sentinel-incidents.service >$(DESTDIR)$(SYSTEMD_DIR)/sentinel-incidents.service)
	$(if $(SYSTEMD_DIR),install -m 644 examples/systemd/sentinel-incidents.timer $(DESTDIR)$(SYSTEMD_DIR))
	install -m 644 README.md LICENSE man/CHANGELOG.md $(DESTDIR)$(PREFIX)/share/doc/sentinel-incidents

uninstall:  ## remove what `install` put there, with the same DESTDIR= and PREFIX=
	rm -f $(TOOLS:%=$(DESTDIR)$(PREFIX)/bin/%) $(DESTDIR)$(PREFIX)/bin/sentinel-incidents
	rm -f $(patsubst man/%,$(DESTDIR)$(PREFIX)/share/man/man1/%,$(wildcard man/*.1)) $(patsubst man/%,$(DESTDIR)$(PREFIX)/share/man/man5/%,$(wildcard man/*.5))
	rm -f $(foreach tool,$(TOOLS) sentinel-incidents,$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$(tool) $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$(tool))
	rm -rf $(DESTDIR)$(PREFIX)/libexec/sentinel-incidents $(DESTDIR)$(PREFIX)/share/doc/sentinel-incidents
	$(if $(SYSTEMD_DIR),rm -f $(DESTDIR)$(SYSTEMD_DIR)/sentinel-incidents.service $(DESTDIR)$(SYSTEMD_DIR)/sentinel-incidents.timer)

dist:  ## the sources of the last commit as build/sentinel-incidents-VERSION.tar.gz
	@mkdir -p $(BUILD)
	git archive --format=tar.gz --prefix=sentinel-incidents-$(VERSION)/ -o $(BUILD)/sentinel-incidents-$(VERSION).tar.gz HEAD
	@echo '$(BUILD)/sentinel-incidents-$(VERSION).tar.gz'

# The packaging files lie in scripts/debian; debhelper wants them in a folder debian/, which is made below build/.
deb: completions  ## a Debian package in build/deb
	rm -rf $(BUILD)/deb
	mkdir -p $(BUILD)/deb/tree
	cp -r scripts/debian $(BUILD)/deb/tree/debian
	cd $(BUILD)/deb/tree && TOP=$(CURDIR) TOP_BUILD=$(BUILD) dpkg-buildpackage --build=binary --no-sign
	ls -l $(BUILD)/deb/*.deb

# What is packaged is what `make install` installs.
rpm: completions  ## an RPM package in build/rpm
	rm -rf $(BUILD)/rpm
	rpmbuild --quiet --define '_topdir $(abspath $(BUILD))/rpm/work' --define '_rpmdir $(abspath $(BUILD))/rpm' \
	  --define 'project_version $(VERSION)' --define 'project_source $(CURDIR)' --define 'project_build $(BUILD)' \
	  -bb scripts/rpm/sentinel-incidents.spec
	ls -l $(BUILD)/rpm/*/*.rpm

clean:  ## remove build/
	rm -rf build
