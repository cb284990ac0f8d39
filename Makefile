# Builds build/libprofile.so and build/libprofile.a.

CC     = gcc
CXX    = g++
CFLAGS = -O2 -g
PREFIX = /usr/local
SAN    =
BUILD  = build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
comma := ,

WARNINGS  = -Wall -Wextra -Wshadow -Wpedantic -Wstrict-prototypes -Wmissing-prototypes -Wvla
SANITIZE  = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
MACHINE  := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
ARCH     := $(if $(wildcard runtime/arch/$(MACHINE)),$(MACHINE),generic)
COMPILE   = $(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -MMD -MP -I. $(CPPFLAGS) $(CFLAGS)

# The runtime lives in other people's programs: it exports the two hooks alone, and its thread-local storage is reached
# without a call. Sanitizers would need the program to have them too.
RUNTIME_FLAGS = -Iruntime -Iruntime/arch/$(ARCH) -fPIC -fvisibility=hidden -ftls-model=initial-exec \
                -fno-stack-protector -fomit-frame-pointer -O2
RUNTIME_LINK  = -shared -Wl,-soname,libprofile.so -Wl,-z,now -Wl,-z,defs
LIBS          = -ldwarf -lelf -liberty -lpcre2-8 -lz

OBJ       = $(BUILD)/obj

RUNTIME    := $(patsubst %.c,$(OBJ)/%.o,$(wildcard runtime/*.c))

.PHONY: all
all: $(BUILD)/libprofile.so $(BUILD)/libprofile.a

# All objects depend on this file, which changes with the settings they are built with.
$(OBJ)/settings: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE) $(SANITIZE)' | cmp -s - $@ || echo '$(COMPILE) $(SANITIZE)' > $@
FORCE:

$(OBJ)/runtime/%.o: runtime/%.c $(OBJ)/settings
	@mkdir -p $(@D)
	$(COMPILE) $(RUNTIME_FLAGS) -c $< -o $@

$(OBJ)/%.o: %.c $(OBJ)/settings
	@mkdir -p $(@D)
	$(COMPILE) -Iruntime/arch/$(ARCH) $(SANITIZE) -c $< -o $@

$(BUILD)/libprofile.so: $(RUNTIME)
	$(CC) $(CFLAGS) $(RUNTIME_LINK) -o $@ $^ $(LDFLAGS)

# One object, in which all names but the hooks' are local: a program that links it may use them itself.
$(BUILD)/libprofile.a: $(RUNTIME)
	$(LD) -r -o $(OBJ)/libprofile.o $^
	objcopy --localize-hidden $(OBJ)/libprofile.o
	rm -f $@
	$(AR) rcs $@ $(OBJ)/libprofile.o

.PHONY: clean
clean:
	rm -rf $(BUILD)

.SECONDARY:
-include $(RUNTIME:.o=.d)
