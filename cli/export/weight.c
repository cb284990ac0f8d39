/*
 * weight.c - the one figure of a context. See weight.h.
 */
#include "cli/export/weight.h"

int weight_check(const struct export *export, struct message *message)
{
    if (export->weight == EXPORT_WAITTIME && !export->table->waits)
        return message_set(
            message, "it is not known how long functions waited (profile --timer=wall,cpu): choose another "
                     "--weight");
    if (export->weight == EXPORT_TOTTIME && export->contexts->total == 0 && export->table->calls > 0)
        return message_set(message, "the calls took no time: --weight=calls writes their numbers");
    return 0;
}
