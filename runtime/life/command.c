/*
 * command.c - reads the command line from /proc. See command.h.
 */
#include "runtime/life/command.h"

#include "runtime/system/memory.h"
#include "runtime/system/system.h"

/* Without /proc, what was noted before stays. */
void command_note(struct image_header *header)
{
    char *text = memory_private(IMAGE_COMMAND_MAX); /* the stack may be small */
    long size;

    if (text == NULL)
        return;
    size = system_read_file("/proc/self/cmdline", text, IMAGE_COMMAND_MAX);
    if (size > 0) {
        memcpy(header->command, text, (size_t)size);
        header->command_size = (uint32_t)size;
    }
    memory_private_free(text, IMAGE_COMMAND_MAX);
}
