/*
 * plugin.c - a library to load and unload: what the hooks are told about is its functions' addresses.
 */
int plugin_function(int number);
int plugin_function(int number)
{
    return number + 1;
}
