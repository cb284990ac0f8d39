/*
 * plugin.c - a library for tests to load and unload. They pass the address of its function to the hooks.
 */
int plugin_function(int number);
int plugin_function(int number)
{
    return number + 1;
}
