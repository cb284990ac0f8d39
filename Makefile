# Builds build/profile, build/stats, build/libprofile.so and build/libprofile.a, and tests them.
#
#   make                     build                       make test          the whole test suite
#   make deps                install what is missing     make check-real    Lua and SQLite against callgrind
#   make demo                profile samples/primes.c    make bench         cost, as ratios in one run
#   make torture             kills, signals and threads   make clean
#   make accuracy            times, against what is known of kernels and of real programs
#   make tsan                the runtime's unit tests under ThreadSanitizer
#   make memcheck            the suite, with the commands and what they profile, under valgrind's memcheck
#   make install PREFIX=...  (DESTDIR is honoured)       make lint          what .ci/run checks beside the tests
#   make fuzz                libFuzzer on the loaders, for FUZZ_SECONDS (60)
#
# CC=clang, SAN=address,undefined and CFLAGS=... work with each; objects of other settings are never mixed in.

CC     = gcc
CXX    = g++
CFLAGS = -O2 -g
PREFIX = /usr/local
SAN    =
BUILD  = build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
comma := ,

WARNINGS  = -Wall -Wextra -Wshadow -Wpedantic -Wstrict-prototypes -Wmissing-prototypes -Wvla
SANITIZE  = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
MACHINE   = $(eval MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)) unknown))$(MACHINE)
ARCH      = $(if $(wildcard runtime/arch/$(MACHINE)),$(MACHINE),generic)
COMPILE   = $(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -MMD -MP -I. $(CPPFLAGS) $(CFLAGS)

# The runtime lives in other people's programs: it exports the hooks, and little else; its thread-local storage is reached
# without a call. Sanitizers would need the program to have them too.
RUNTIME_FLAGS = -Iruntime/arch/$(ARCH) -fPIC -fvisibility=hidden -ftls-model=initial-exec \
                -fno-stack-protector -fomit-frame-pointer -O2
RUNTIME_LINK  = -shared -Wl,-soname,$(@F) -Wl,-z,now -Wl,-z,defs -Wl,-Bsymbolic-functions
LIBS          = -ldwarf -lelf -liberty -lpcre2-8 -lz -ledit -lm

OBJ       = $(BUILD)/obj

# What stands in for functions of other libraries needs a dynamic loader, so it is not in libprofile.a.
# Only libprofile-alloc.so has a say in malloc.
ALLOC      := runtime/interpose/alloc.c
STAND_INS  := $(filter-out $(ALLOC),$(wildcard runtime/interpose/*.c))
RUNTIME_C  := $(filter-out $(ALLOC),$(wildcard runtime/*/*.c))
RUNTIME    := $(RUNTIME_C:%.c=$(OBJ)/%.o)
LINKED     := $(filter-out $(STAND_INS:%.c=$(OBJ)/%.o),$(RUNTIME))
SYMBOLIZER := $(patsubst %.c,$(OBJ)/%.o,$(wildcard symbolizer/*.c))
MAINS      := $(OBJ)/cli/commands/profile.o $(OBJ)/cli/commands/stats.o
CLI        := $(filter-out $(MAINS),$(patsubst %.c,$(OBJ)/%.o,$(wildcard cli/*/*.c)))

.PHONY: all
all: $(addprefix $(BUILD)/,profile stats libprofile.so libprofile-alloc.so libprofile.a)

# All objects depend on this file, which changes with the settings they are built with. Nothing is asked of the compiler
# before `make deps` has installed it.
$(OBJ)/settings: FORCE | $(filter deps,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	@echo '$(COMPILE) $(SANITIZE)' | cmp -s - $@ || echo '$(COMPILE) $(SANITIZE)' > $@
.PHONY: FORCE
FORCE:

# What the hooks cost is measured on a function that has them.
$(OBJ)/runtime/hooks/specimen.o $(OBJ)/settable/runtime/hooks/specimen.o: RUNTIME_FLAGS += -finstrument-functions

$(OBJ)/runtime/%.o: runtime/%.c $(OBJ)/settings
	@mkdir -p $(@D)
	$(COMPILE) $(RUNTIME_FLAGS) -c $< -o $@

$(OBJ)/%.o: %.c $(OBJ)/settings
	@mkdir -p $(@D)
	$(COMPILE) -Iruntime/arch/$(ARCH) $(SANITIZE) -c $< -o $@

$(BUILD)/libprofile-alloc.so: $(ALLOC:%.c=$(OBJ)/%.o)
$(BUILD)/libprofile.so $(BUILD)/libprofile-alloc.so: $(RUNTIME)
	$(CC) $(CFLAGS) $(RUNTIME_LINK) -o $@ $^ $(LDFLAGS)

# One object, in which all names but the hooks' and that of profile.h's table are local: a program that links it may use
# them itself.
$(BUILD)/libprofile.a: $(LINKED)
	$(LD) -r -o $(OBJ)/libprofile.o $^
	objcopy --localize-hidden $(OBJ)/libprofile.o
	rm -f $@
	$(AR) rcs $@ $(OBJ)/libprofile.o

$(BUILD)/profile $(BUILD)/stats: $(BUILD)/%: $(OBJ)/cli/commands/%.o $(CLI) $(SYMBOLIZER)
	$(CC) $(CFLAGS) $(SANITIZE) -o $@ $^ $(LDFLAGS) $(LIBS)


# --- tests -----------------------------------------------------------------------------------------------------------

# Unit tests see everything but the mains. Some bring the runtime too, with a clock that they set; and the reports are
# compared with Python's through a stats that reads made-up profiles.
TEST_BIN     = $(OBJ)/tests
UNIT_TESTS  := $(patsubst %.c,$(OBJ)/%,$(wildcard $(addprefix tests/,symbolizer/*_test.c runtime/*_test.c cli/*/*_test.c)))
RUNTIME_TESTS := $(filter $(OBJ)/tests/runtime/%,$(UNIT_TESTS))
SHELL_TESTS := $(wildcard tests/*/*_test.sh)
SETTABLE    := $(RUNTIME_C:%.c=$(OBJ)/settable/%.o)
FUZZERS     := image prof
TEST_OBJ    := $(UNIT_TESTS:=.o) $(addprefix $(TEST_BIN)/,lib/model_load.o lib/inspect.o bench/big_profile.o) \
               $(addprefix $(TEST_BIN)/fuzz/,use.o driver.o $(FUZZERS:%=%_target.o))

# ThreadSanitizer sees no assembly, and has a say in a thread's end: it has headers of its own.
SEE_THREADS  = $(if $(filter thread,$(SAN)),$(SANITIZE) -Itests/tsan)

$(OBJ)/settable/%.o: %.c $(OBJ)/settings
	@mkdir -p $(@D)
	$(COMPILE) -Itests/settable $(SEE_THREADS) $(RUNTIME_FLAGS) -c $< -o $@

$(RUNTIME_TESTS) $(TEST_BIN)/profilee: $(SETTABLE)
$(TEST_BIN)/runtime/concurrency_test: | $(TEST_BIN)/plugin.so

$(TEST_BIN)/plugin.so: tests/programs/plugin.c
	@mkdir -p $(@D)
	$(CC) -shared -fPIC -o $@ $<

$(UNIT_TESTS): %: %.o $(CLI) $(SYMBOLIZER)
	$(CC) $(CFLAGS) $(SANITIZE) -o $@ $(filter %.o,$^) $(LDFLAGS) -lcmocka $(LIBS)

$(TEST_BIN)/stats_of_model: $(TEST_BIN)/lib/model_load.o $(OBJ)/cli/commands/stats.o $(filter-out %/load.o,$(CLI)) $(SYMBOLIZER)
	$(CC) $(CFLAGS) $(SANITIZE) -o $@ $^ $(LDFLAGS) $(LIBS)

# The fuzz targets, run by a driver of our own; or by libFuzzer, which tests/tools/fuzz.sh builds with flags of its own.
$(addprefix $(TEST_BIN)/,$(FUZZERS:%=%_driver)): $(TEST_BIN)/%_driver: $(OBJ)/tests/fuzz/driver.o
$(addprefix $(TEST_BIN)/,$(FUZZERS:%=%_driver) $(FUZZERS:%=%_fuzzer)): $(OBJ)/tests/fuzz/use.o $(CLI) $(SYMBOLIZER)
$(TEST_BIN)/%_driver: $(OBJ)/tests/fuzz/%_target.o
	$(CC) $(CFLAGS) $(SANITIZE) -o $@ $^ $(LDFLAGS) $(LIBS)
$(TEST_BIN)/%_fuzzer: $(OBJ)/tests/fuzz/%_target.o
	$(CC) $(CFLAGS) $(SANITIZE) -fsanitize=fuzzer -o $@ $^ $(LDFLAGS) $(LIBS)

$(TEST_BIN)/inspect: $(TEST_BIN)/lib/inspect.o $(CLI) $(SYMBOLIZER)
	$(CC) $(CFLAGS) $(SANITIZE) -o $@ $^ $(LDFLAGS) $(LIBS)

# CPython's profilee.py in C: what is recorded of it is known to the last tick.
$(TEST_BIN)/profilee: tests/runtime/profilee.c
	@mkdir -p $(@D)
	$(CC) -g -O0 -I. -finstrument-functions -o $@ $< $(SETTABLE) $(LDFLAGS)

.PHONY: test memcheck
test memcheck: all $(UNIT_TESTS) $(addprefix $(TEST_BIN)/,stats_of_model profilee inspect $(FUZZERS:%=%_driver))
	BUILD='$(abspath $(BUILD))' TEST_BIN='$(abspath $(TEST_BIN))' CC='$(CC)' CXX='$(CXX)' \
	MODEL_STATS='$(abspath $(TEST_BIN))/stats_of_model' RUNTIME_TESTS='$(abspath $(RUNTIME_TESTS))' \
	SYMBOLIZER_FIXTURES='$(abspath tests/symbolizer)' \
	    sh tests/$(if $(filter memcheck,$@),tools/memcheck,lib/run).sh $(abspath $(UNIT_TESTS)) $(SHELL_TESTS)

# The runtime and its unit tests under ThreadSanitizer, which with some kernels wants its addresses not to be random.
.PHONY: tsan test-runtime
tsan:
	$(MAKE) test-runtime SAN=thread

test-runtime: $(RUNTIME_TESTS)
	TEST_BIN='$(abspath $(TEST_BIN))' TSAN_OPTIONS='halt_on_error=1 second_deadlock_stack=1' \
	    $$(setarch -R true 2>/dev/null && echo setarch -R) sh tests/lib/run.sh $(abspath $^)

.PHONY: check-real accuracy bench fuzz lint torture
check-real: all
	BUILD='$(abspath $(BUILD))' CC='$(CC)' TEST_TIMEOUT=3600 sh tests/lib/run.sh tests/tools/check-real.sh

# The same as in the suite, for longer.
torture: all $(addprefix $(TEST_BIN)/,inspect)
	BUILD='$(abspath $(BUILD))' TEST_BIN='$(abspath $(TEST_BIN))' CC='$(CC)' CXX='$(CXX)' TEST_TIMEOUT=3600 \
	KILLS=1000 SIGNALS=10000 THREAD_PAIRS=50000 sh tests/lib/run.sh tests/recording/deaths_test.sh tests/recording/signals_test.sh \
	    tests/recording/depth_test.sh tests/recording/threads_test.sh

accuracy: all
	BUILD='$(abspath $(BUILD))' CC='$(CC)' sh tests/tools/accuracy.sh

bench: all $(TEST_BIN)/big_profile
	BUILD='$(abspath $(BUILD))' CC='$(CC)' BIG_PROFILE='$(abspath $(TEST_BIN))/big_profile' sh tests/tools/bench.sh

$(TEST_BIN)/big_profile: $(OBJ)/tests/bench/big_profile.o $(CLI) $(SYMBOLIZER)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SANITIZE) -o $@ $^ $(LDFLAGS) $(LIBS)

fuzz:
	CC='$(CC)' MAKE='$(MAKE)' sh tests/tools/fuzz.sh

lint:
	sh tests/tools/lint.sh

# --- for users -------------------------------------------------------------------------------------------------------

.PHONY: deps demo install uninstall clean
deps:
	sh tests/tools/install-deps.sh

DEMO = $(BUILD)/demo
demo: all
	@mkdir -p $(DEMO)
	$(CC) -O2 -g -finstrument-functions samples/primes.c -o $(DEMO)/primes
	$(BUILD)/profile -o $(DEMO)/primes.prof $(DEMO)/primes
	$(BUILD)/stats $(DEMO)/primes.prof --sort cumulative --no-pager

# Made from the commands' own tables of options.
COMPLETIONS := $(addprefix $(BUILD)/completion/,profile.bash stats.bash profile.zsh stats.zsh)
$(COMPLETIONS): $(BUILD)/completion/%: $(BUILD)/profile $(BUILD)/stats
	@mkdir -p $(@D)
	$(BUILD)/$(basename $*) --completion $(subst .,,$(suffix $*)) > $@

VERSION = $(eval VERSION := $(shell sed -n 's/.*PROFILE_VERSION "\(.*\)"/\1/p' cli/ui/version.h))$(VERSION)

# All that is installed, below PREFIX.
INSTALLED = bin/profile bin/stats lib/libprofile.so lib/libprofile-alloc.so lib/libprofile.a lib/pkgconfig/profile.pc \
            lib/cmake/Profile/ProfileConfig.cmake lib/cmake/Profile/ProfileConfigVersion.cmake \
            share/man/man1/profile.1 share/man/man1/stats.1 share/man/man5/prof.5 \
            share/bash-completion/completions/profile share/bash-completion/completions/stats \
            share/zsh/site-functions/_profile share/zsh/site-functions/_stats \
            include/profile.h share/man/man3/profile.3

TO = '$(DESTDIR)$(PREFIX)'
FILL_IN = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|'
install: all $(COMPLETIONS)
	for directory in $(sort $(dir $(INSTALLED))); do install -d $(TO)/$$directory || exit; done
	install $(BUILD)/profile $(BUILD)/stats $(TO)/bin
	install -m 644 $(BUILD)/libprofile.so $(BUILD)/libprofile-alloc.so $(BUILD)/libprofile.a $(TO)/lib
	install -m 644 runtime/api/profile.h $(TO)/include
	install -m 644 man/profile.1 man/stats.1 $(TO)/share/man/man1
	install -m 644 man/profile.3 $(TO)/share/man/man3
	install -m 644 man/prof.5 $(TO)/share/man/man5
	$(FILL_IN) runtime/package/profile.pc.in > $(TO)/lib/pkgconfig/profile.pc
	$(FILL_IN) runtime/package/ProfileConfigVersion.cmake.in > $(TO)/lib/cmake/Profile/ProfileConfigVersion.cmake
	install -m 644 runtime/package/ProfileConfig.cmake $(TO)/lib/cmake/Profile
	for command in profile stats; do \
	    install -m 644 $(BUILD)/completion/$$command.bash $(TO)/share/bash-completion/completions/$$command && \
	    install -m 644 $(BUILD)/completion/$$command.zsh $(TO)/share/zsh/site-functions/_$$command || exit; \
	done

uninstall:
	for file in $(INSTALLED); do rm -f $(TO)/$$file; done
	-rmdir $(TO)/lib/cmake/Profile

clean:
	rm -rf $(BUILD)

.SECONDARY:
-include $(patsubst %.o,%.d,$(RUNTIME) $(ALLOC:%.c=$(OBJ)/%.o) $(SYMBOLIZER) $(MAINS) $(CLI) $(SETTABLE) $(TEST_OBJ))
