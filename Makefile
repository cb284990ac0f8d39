# Builds build/profile, build/stats, build/libprofile.so and build/libprofile.a, and tests them.
#
#   make                     build                       make test          the whole test suite
#   make deps                install what make needs     make deps test     install what the tests need too, and test
#   make demo                profile samples/primes.c    make bench         cost, as ratios in one run
#   make check-real          Lua and SQLite against callgrind, builds of Debian's packages, exports in their viewers
#   make torture             kills, signals and threads   make clean
#   make accuracy            times, against what is known of kernels and of real programs
#   make errors              whether times scatter by no more than their standard errors
#   make tsan                the runtime's unit tests under ThreadSanitizer
#   make memcheck            the suite, with the commands and what they profile, under valgrind's memcheck
#   make install PREFIX=...  (DESTDIR is honoured)       make lint          what .ci/run checks beside the tests
#   make fuzz                libFuzzer on the loaders, for FUZZ_SECONDS (60)
#
# CC=clang and SAN=address,undefined work with each. CC, CFLAGS, CPPFLAGS and LDFLAGS may also come from the environment.
# Objects are built anew when these settings change. V=1 prints whole commands.

ifeq ($(origin CC),default)
CC  = gcc
endif
ifeq ($(origin CXX),default)
CXX = g++
endif
CFLAGS ?= -O2 -g
PREFIX = /usr/local
SAN    =
BUILD  = build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
comma := ,

WARNINGS  = -Wall -Wextra -Wshadow -Wpedantic -Wstrict-prototypes -Wmissing-prototypes -Wvla
SANITIZE  = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
MACHINE   = $(eval MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)) unknown))$(MACHINE)
ARCH      = $(if $(wildcard runtime/arch/$(MACHINE)),$(MACHINE),generic)
# The flags that the code needs come after the user's, so that they win.
COMPILE   = $(CC) $(WARNINGS) -I. $(CPPFLAGS) $(CFLAGS) -std=gnu11 -D_GNU_SOURCE -MMD -MP

# The runtime lives in other people's programs. It exports little but the hooks, and reaches its thread-local storage
# without a call. It has no sanitizers, for the program would need them too.
RUNTIME_FLAGS = -Iruntime/arch/$(ARCH) -fPIC -fvisibility=hidden -ftls-model=initial-exec \
                -fno-stack-protector -fomit-frame-pointer -fno-lto -O2
RUNTIME_LINK  = -shared -Wl,-soname,$(@F) -Wl,-z,now -Wl,-z,defs -Wl,-Bsymbolic-functions
LIBS          = -ldwarf -lelf -liberty -lpcre2-8 -lz -llzma -ledit -ldl -lpthread -lm

OBJ       = $(BUILD)/obj

# A recipe prints one short line for each file, or its whole commands with V=1. With -s it prints nothing.
Q   = $(if $(filter-out 0,$(V)),,@)
say = $(if $(Q),$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,@echo $1))

# $(call compile,FLAGS) makes the object $@ from the source $<.
define compile
	@mkdir -p $(@D)
	$(call say,CC $<)
	$(Q)$(COMPILE) $1 -c $< -o $@
endef

# $(call link,FLAGS,LIBRARIES) makes the program $@ from its objects.
define link
	@mkdir -p $(@D)
	$(call say,LD $@)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) $1 $(LDFLAGS) -o $@ $(filter %.o,$^) $2 $(LIBS)
endef

# runtime/interpose replaces functions of other libraries. That needs a dynamic loader, so it is not in libprofile.a.
# Only libprofile-alloc.so replaces malloc.
ALLOC      := runtime/interpose/alloc.c
STAND_INS  := $(filter-out $(ALLOC),$(wildcard runtime/interpose/*.c))
RUNTIME_C  := $(filter-out $(ALLOC),$(wildcard runtime/*/*.c))
RUNTIME    := $(RUNTIME_C:%.c=$(OBJ)/%.o)
LINKED     := $(filter-out $(STAND_INS:%.c=$(OBJ)/%.o),$(RUNTIME))
SYMBOLIZER := $(patsubst %.c,$(OBJ)/%.o,$(wildcard symbolizer/*.c))
MAINS      := $(OBJ)/cli/commands/profile.o $(OBJ)/cli/commands/stats.o
CLI        := $(filter-out $(MAINS),$(patsubst %.c,$(OBJ)/%.o,$(wildcard cli/*/*.c))) $(OBJ)/cli/html/page.o

.PHONY: all
all: $(addprefix $(BUILD)/,profile profile-cc profile-c++ stats libprofile.so libprofile-alloc.so libprofile.a) plugins

# All objects depend on this file, which changes with the settings they are built with. `make deps` comes first, as it
# may install the compiler that the settings ask about.
DEPS     = $(filter deps,$(MAKECMDGOALS))
SETTINGS = $(COMPILE) $(RUNTIME_FLAGS) $(SANITIZE) $(LDFLAGS)
$(OBJ)/settings: FORCE | $(DEPS)
	@mkdir -p $(@D)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' > $@
.PHONY: FORCE
FORCE:

# The cost of the hooks is measured on a function that has them.
$(OBJ)/runtime/hooks/specimen.o $(OBJ)/settable/runtime/hooks/specimen.o: RUNTIME_FLAGS += -finstrument-functions

$(OBJ)/runtime/%.o: runtime/%.c $(OBJ)/settings
	$(call compile,$(RUNTIME_FLAGS))

$(OBJ)/%.o: %.c $(OBJ)/settings
	$(call compile,-Iruntime/arch/$(ARCH) $(SANITIZE))

# The page of `stats -o FILE.html` is embedded in the command.
$(OBJ)/cli/html/page.o: cli/html/page.S $(wildcard cli/html/*.html cli/html/*.css cli/html/*.js) $(OBJ)/settings
	$(call compile)

$(BUILD)/libprofile-alloc.so: $(ALLOC:%.c=$(OBJ)/%.o)
$(BUILD)/libprofile.so $(BUILD)/libprofile-alloc.so: $(RUNTIME)
	$(call say,LD $@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(RUNTIME_LINK) -o $@ $^

# One object, whose only global names are the hooks and the table of profile.h. A program that links it may use all other
# names itself.
$(BUILD)/libprofile.a: $(LINKED)
	$(call say,AR $@)
	$(Q)$(LD) -r -o $(OBJ)/libprofile.o $^
	$(Q)objcopy --localize-hidden $(OBJ)/libprofile.o
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(OBJ)/libprofile.o

$(BUILD)/profile $(BUILD)/stats: $(BUILD)/%: $(OBJ)/cli/commands/%.o $(CLI) $(SYMBOLIZER)
	$(call link)

# `profile` looks at the name that it is called by.
$(BUILD)/profile-cc $(BUILD)/profile-c++: $(BUILD)/profile
	$(Q)ln -sf profile $@

# The plugin for gcc, for each gcc that is installed with the headers that it needs. Nothing is asked of a compiler before
# the recipe runs.
PLUGIN_GCC = $(shell for gcc in gcc $$(ls /usr/bin /usr/local/bin 2>/dev/null | grep -x 'gcc-[0-9]*'); do \
                 test -f "$$($$gcc -print-file-name=plugin)/include/gcc-plugin.h" && $$gcc -dumpversion; done | sort -u)
.PHONY: plugins these-plugins
plugins: | $(DEPS)
	$(Q)$(MAKE) --no-print-directory these-plugins PLUGINS='$(PLUGIN_GCC:%=$(BUILD)/gcc-%/programs)'
these-plugins: $(PLUGINS)
	$(Q)$(if $(PLUGINS),:,echo 'gcc_plugin: not built, for no gcc has its gcc-VERSION-plugin-dev')

# $(call gcc-of,VERSION): the command of that gcc.
gcc-of = $(shell command -v gcc-$1 || echo gcc)

# A plugin works with one build of gcc. This file changes when another build is installed.
$(BUILD)/gcc-%/compiler: FORCE
	@mkdir -p $(@D)
	@$(call gcc-of,$*) -v 2>&1 | cmp -s - $@ || $(call gcc-of,$*) -v 2> $@

# Symbols of gcc that another gcc lacks are weak, so that the plugin can be loaded there and say that it is the wrong one.
$(BUILD)/gcc-%/profile_gcc.so: cli/build/gcc_plugin.cc $(BUILD)/gcc-%/compiler
	$(call say,LD $@)
	$(Q)$(or $(shell command -v g++-$*),g++) -std=gnu++11 -Wall -Wextra -O2 -fno-rtti -fPIC \
	    -isystem "$$($(call gcc-of,$*) -print-file-name=plugin)/include" -c $< -o $(@D)/profile_gcc.o
	$(Q)objcopy --weaken $(@D)/profile_gcc.o
	$(Q)$(or $(shell command -v g++-$*),g++) -shared $(@D)/profile_gcc.o -o $@

# The programs of the compiler that the plugin is for: `profile cc` knows them by size, time and path (cli/build/plugin.c).
$(BUILD)/gcc-%/programs: $(BUILD)/gcc-%/profile_gcc.so
	$(Q)for gcc in gcc-$* g++-$* gfortran-$* gcc g++ gfortran; do \
	    test "$$($$gcc -dumpversion 2>/dev/null)" = $* && readlink -f "$$(command -v $$gcc)"; \
	done | sort -u | while read -r program; do stat -c '%s %Y %n' "$$program"; done > $@

# --- tests -----------------------------------------------------------------------------------------------------------

# Unit tests are linked with everything but the mains, and those of the runtime with a runtime whose clock they set.
# stats_of_model reads made-up profiles, so that its reports can be compared with Python's.
TEST_BIN     = $(OBJ)/tests
UNIT_TESTS  := $(patsubst %.c,$(OBJ)/%,$(wildcard $(addprefix tests/,symbolizer/*_test.c runtime/*_test.c cli/*/*_test.c)))
RUNTIME_TESTS := $(filter $(OBJ)/tests/runtime/%,$(UNIT_TESTS))
SHELL_TESTS := $(wildcard tests/*/*_test.sh)
# ThreadSanitizer calls functions with stand-ins before it is ready to see what these do: it goes without them.
UNSEEN       = $(if $(filter thread,$(SAN)),$(addprefix runtime/interpose/,profiling_signal.c sanitizer.c seccomp.c))
SETTABLE    := $(patsubst %.c,$(OBJ)/settable/%.o,$(filter-out $(UNSEEN),$(RUNTIME_C)))
FUZZERS     := image prof
TEST_OBJ    := $(UNIT_TESTS:=.o) $(addprefix $(TEST_BIN)/,lib/model_load.o lib/inspect.o lib/tree_profile.o bench/big_profile.o) \
               $(addprefix $(TEST_BIN)/fuzz/,use.o driver.o $(FUZZERS:%=%_target.o))

# ThreadSanitizer does not see assembly, and takes part in a thread's end. Some headers are replaced for it.
SEE_THREADS  = $(if $(filter thread,$(SAN)),$(SANITIZE) -Itests/tsan)

$(OBJ)/settable/%.o: %.c $(OBJ)/settings
	$(call compile,-Itests/settable $(SEE_THREADS) $(RUNTIME_FLAGS))

$(RUNTIME_TESTS) $(TEST_BIN)/profilee: $(SETTABLE)
$(TEST_BIN)/runtime/concurrency_test: | $(TEST_BIN)/plugin.so

$(TEST_BIN)/plugin.so: tests/programs/plugin.c
	@mkdir -p $(@D)
	$(call say,LD $@)
	$(Q)$(CC) -shared -fPIC -o $@ $<

$(UNIT_TESTS): %: %.o $(CLI) $(SYMBOLIZER)
	$(call link,,-lcmocka)

$(TEST_BIN)/stats_of_model: $(TEST_BIN)/lib/model_load.o $(OBJ)/cli/commands/stats.o $(filter-out %/load.o,$(CLI)) $(SYMBOLIZER)
	$(call link)

# The fuzz targets are run by our own driver, or by libFuzzer, for which tests/tools/fuzz.sh sets other flags.
$(addprefix $(TEST_BIN)/,$(FUZZERS:%=%_driver)): $(TEST_BIN)/%_driver: $(OBJ)/tests/fuzz/driver.o
$(addprefix $(TEST_BIN)/,$(FUZZERS:%=%_driver) $(FUZZERS:%=%_fuzzer)): $(OBJ)/tests/fuzz/use.o $(CLI) $(SYMBOLIZER)
$(TEST_BIN)/%_driver: $(OBJ)/tests/fuzz/%_target.o
	$(call link)
$(TEST_BIN)/%_fuzzer: $(OBJ)/tests/fuzz/%_target.o
	$(call link,-fsanitize=fuzzer)

$(TEST_BIN)/inspect $(TEST_BIN)/tree_profile: $(TEST_BIN)/%: $(TEST_BIN)/lib/%.o $(CLI) $(SYMBOLIZER)
	$(call link)

# CPython's profilee.py in C. Its profile is known to the last tick.
$(TEST_BIN)/profilee: tests/runtime/profilee.c
	@mkdir -p $(@D)
	$(call say,LD $@)
	$(Q)$(CC) -g -O0 -I. -finstrument-functions -o $@ $< $(SETTABLE) $(LDFLAGS)

.PHONY: test memcheck
test memcheck: all $(UNIT_TESTS) $(addprefix $(TEST_BIN)/,stats_of_model profilee inspect tree_profile $(FUZZERS:%=%_driver))
	$(Q)BUILD='$(abspath $(BUILD))' TEST_BIN='$(abspath $(TEST_BIN))' CC='$(CC)' CXX='$(CXX)' \
	MODEL_STATS='$(abspath $(TEST_BIN))/stats_of_model' RUNTIME_TESTS='$(abspath $(RUNTIME_TESTS))' \
	SYMBOLIZER_FIXTURES='$(abspath tests/symbolizer)' \
	    sh tests/$(if $(filter memcheck,$@),tools/memcheck,lib/run).sh $(abspath $(UNIT_TESTS)) $(SHELL_TESTS)

# The runtime and its unit tests under ThreadSanitizer, which fails on some kernels if addresses are random.
.PHONY: tsan test-runtime
tsan:
	$(Q)$(MAKE) --no-print-directory test-runtime SAN=thread

# sandbox_test lets filters kill the only thread of a process. The sanitizer has one more, which would live on.
TESTS_HERE = $(if $(filter thread,$(SAN)),$(filter-out %/sandbox_test,$(RUNTIME_TESTS)),$(RUNTIME_TESTS))
test-runtime: $(TESTS_HERE)
	$(Q)TEST_BIN='$(abspath $(TEST_BIN))' TSAN_OPTIONS='halt_on_error=1 second_deadlock_stack=1' \
	    $$(setarch -R true 2>/dev/null && echo setarch -R) sh tests/lib/run.sh $(abspath $^)

.PHONY: check-real accuracy errors bench fuzz lint torture
check-real: all $(TEST_BIN)/tree_profile
	$(Q)BUILD='$(abspath $(BUILD))' TEST_BIN='$(abspath $(TEST_BIN))' CC='$(CC)' CXX='$(CXX)' TEST_TIMEOUT=3600 \
	    sh tests/lib/run.sh tests/tools/check-real.sh tests/tools/check-builds.sh tests/tools/check-exports.sh

# Tests of the suite, with larger counts.
torture: all $(addprefix $(TEST_BIN)/,inspect)
	$(Q)BUILD='$(abspath $(BUILD))' TEST_BIN='$(abspath $(TEST_BIN))' CC='$(CC)' CXX='$(CXX)' TEST_TIMEOUT=3600 \
	KILLS=1000 SIGNALS=10000 THREAD_PAIRS=50000 sh tests/lib/run.sh tests/recording/deaths_test.sh tests/recording/signals_test.sh \
	    tests/recording/depth_test.sh tests/recording/threads_test.sh

accuracy: all
	$(Q)BUILD='$(abspath $(BUILD))' CC='$(CC)' sh tests/tools/accuracy.sh

errors: all
	$(Q)BUILD='$(abspath $(BUILD))' CC='$(CC)' sh tests/tools/errors.sh

bench: all $(TEST_BIN)/big_profile
	$(Q)BUILD='$(abspath $(BUILD))' CC='$(CC)' BIG_PROFILE='$(abspath $(TEST_BIN))/big_profile' sh tests/tools/bench.sh

$(TEST_BIN)/big_profile: $(OBJ)/tests/bench/big_profile.o $(CLI) $(SYMBOLIZER)
	$(call link)

fuzz: | $(DEPS)
	$(Q)CC='$(CC)' MAKE='$(MAKE)' sh tests/tools/fuzz.sh

lint: | $(DEPS)
	$(Q)sh tests/tools/lint.sh

# --- for users -------------------------------------------------------------------------------------------------------

.PHONY: deps demo install uninstall clean
# The tests' packages are many, so they are only installed where another goal needs them: `make deps lint`.
NEED_TESTS = test memcheck tsan check-real torture accuracy errors bench fuzz lint
deps:
	$(Q)sh tests/tools/install-deps.sh $(if $(filter $(NEED_TESTS),$(MAKECMDGOALS)),test)

DEMO = $(BUILD)/demo
demo: all
	@mkdir -p $(DEMO)
	$(BUILD)/profile cc -Og samples/primes.c -o $(DEMO)/primes
	$(BUILD)/profile -o $(DEMO)/primes.prof $(DEMO)/primes
	$(BUILD)/stats $(DEMO)/primes.prof --sort cumulative --no-pager
	@echo 'To see who called whom:        $(BUILD)/stats $(DEMO)/primes.prof --tree'
	@echo 'To profile your own program:   $(BUILD)/profile cc -O2 prog.c -o prog'
	@echo '                               $(BUILD)/profile -o out.prof ./prog'
	@echo '                               $(BUILD)/stats out.prof'
	@echo 'To install both commands:      make install'

# The commands print these from their own tables of options.
COMPLETIONS := $(addprefix $(BUILD)/completion/,profile.bash stats.bash profile.zsh stats.zsh)
$(COMPLETIONS): $(BUILD)/completion/%: $(BUILD)/profile $(BUILD)/stats
	@mkdir -p $(@D)
	$(call say,GEN $@)
	$(Q)$(BUILD)/$(basename $*) --completion $(subst .,,$(suffix $*)) > $@

VERSION = $(eval VERSION := $(shell sed -n 's/.*PROFILE_VERSION "\(.*\)"/\1/p' cli/ui/version.h))$(VERSION)

# All files that `make install` makes below PREFIX.
INSTALLED = bin/profile bin/profile-cc bin/profile-c++ bin/stats lib/libprofile.so lib/libprofile-alloc.so lib/libprofile.a lib/pkgconfig/profile.pc \
            lib/cmake/Profile/ProfileConfig.cmake lib/cmake/Profile/ProfileConfigVersion.cmake \
            share/man/man1/profile.1 share/man/man1/stats.1 share/man/man5/prof.5 \
            share/man/man5/profile-json.5 share/profile/profile-json.schema.json \
            share/bash-completion/completions/profile share/bash-completion/completions/stats \
            share/zsh/site-functions/_profile share/zsh/site-functions/_stats \
            include/profile.h share/man/man3/profile.3

TO = '$(DESTDIR)$(PREFIX)'
FILL_IN = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|'

# $(call put,MODE,FILES,FOLDER) installs FILES.
define put
	$(call say,INSTALL $(TO)/$3)
	$(Q)install -d $(TO)/$3
	$(Q)install -m $1 $2 $(TO)/$3
endef

# $(call fill-in,TEMPLATE,FILE) installs a file that names PREFIX or the version.
define fill-in
	$(call say,INSTALL $(TO)/$2)
	$(Q)install -d $(TO)/$(dir $2)
	$(Q)$(FILL_IN) $1 > $(TO)/$2
endef

install: all $(COMPLETIONS)
	$(call put,755,$(BUILD)/profile $(BUILD)/stats,bin)
	$(Q)for name in profile-cc profile-c++; do ln -sf profile $(TO)/bin/$$name || exit; done
	$(call put,644,$(addprefix $(BUILD)/,libprofile.so libprofile-alloc.so libprofile.a),lib)
	$(call put,644,runtime/api/profile.h,include)
	$(call put,644,man/profile.1 man/stats.1,share/man/man1)
	$(call put,644,man/profile.3,share/man/man3)
	$(call put,644,man/prof.5 man/profile-json.5,share/man/man5)
	$(call put,644,man/profile-json.schema.json,share/profile)
	$(call fill-in,runtime/package/profile.pc.in,lib/pkgconfig/profile.pc)
	$(call fill-in,runtime/package/ProfileConfigVersion.cmake.in,lib/cmake/Profile/ProfileConfigVersion.cmake)
	$(call put,644,runtime/package/ProfileConfig.cmake,lib/cmake/Profile)
	$(call say,INSTALL $(TO)/share/bash-completion/completions)
	$(call say,INSTALL $(TO)/share/zsh/site-functions)
	$(Q)install -d $(TO)/share/bash-completion/completions $(TO)/share/zsh/site-functions
	$(Q)for command in profile stats; do \
	    install -m 644 $(BUILD)/completion/$$command.bash $(TO)/share/bash-completion/completions/$$command && \
	    install -m 644 $(BUILD)/completion/$$command.zsh $(TO)/share/zsh/site-functions/_$$command || exit; \
	done
	$(Q)for plugin in $(PLUGIN_GCC); do \
	    install -d $(TO)/lib/profile/gcc-$$plugin && \
	    install -m 644 $(BUILD)/gcc-$$plugin/profile_gcc.so $(BUILD)/gcc-$$plugin/programs \
	        $(TO)/lib/profile/gcc-$$plugin || exit; \
	done
	$(if $(DESTDIR),,$(Q)sh runtime/package/find-library.sh '$(PREFIX)/lib')

uninstall:
	$(call say,UNINSTALL $(TO))
	$(Q)for file in $(INSTALLED); do rm -f $(TO)/$$file; done
	$(Q)rm -f $(TO)/lib/profile/gcc-*/profile_gcc.so $(TO)/lib/profile/gcc-*/programs
	$(Q)rmdir $(TO)/lib/profile/gcc-* $(TO)/lib/profile $(TO)/lib/cmake/Profile $(TO)/share/profile 2>/dev/null || :

clean:
	$(call say,RM $(BUILD))
	$(Q)rm -rf $(BUILD)

.SECONDARY:
-include $(patsubst %.o,%.d,$(RUNTIME) $(ALLOC:%.c=$(OBJ)/%.o) $(SYMBOLIZER) $(MAINS) $(CLI) $(SETTABLE) $(TEST_OBJ))
