/* directives.c - functions with line directives, like those that a parser generator writes. */
static volatile int sink;

#line 500 "grammar/parser.y"
__attribute__((noinline)) int parse(int a)
{
    sink += a;
    return sink;
}
#line 7000 "/absolute/./place/../lexer.l"
__attribute__((noinline)) int lex(int a)
{
    sink += a;
    return sink;
}
#line 20 "directives.c"
int main(int count, char **arguments)
{
    (void)arguments;
    return parse(count) + lex(count) == 12345;
}
