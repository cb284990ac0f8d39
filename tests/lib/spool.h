/*
 * spool.h - tells a program of the tests where its spool is. `environ` does not have the settings of profile.
 */
#include <stdio.h>
#include <string.h>

__attribute__((no_instrument_function, unused)) static const char *spool(void)
{
    static const char name[] = "PROFILE_SPOOL=";
    static char text[1 << 16];
    FILE *file = fopen("/proc/self/environ", "r");
    size_t size = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;

    if (file != NULL)
        fclose(file);
    for (size_t i = 0; i < size; i += strlen(text + i) + 1)
        if (strncmp(text + i, name, sizeof name - 1) == 0)
            return text + i + sizeof name - 1;
    return "";
}
