/*
 * completion.c - scripts for bash and zsh. See completion.h.
 *
 * bash splits words at "=", so the value of --option=value stands two words behind the option. The script for
 * bash works without the package bash-completion. With it, the words of the program that `profile` runs are
 * completed.
 */
#include "cli/ui/completion.h"

#include <string.h>

static int takes_files(const char *values)
{
    return values != NULL && strcmp(values, OPTIONS_FILE) == 0;
}

static int has_optional_value(const struct option_spec *option)
{
    return option->argument != NULL && *option->argument == '[';
}

static int has_own_word(const struct option_spec *option)
{
    return option->argument != NULL && *option->argument != '[';
}

/* Returns 1 if the value is a list, as KEY[,KEY...]. */
static int takes_list(const struct option_spec *option)
{
    return option->argument != NULL && strchr(option->argument, ',') != NULL;
}

/* ---- bash ---- */

static void bash_print_files(FILE *stream, int indent, const char *kinds)
{
    fprintf(stream,
            "%*scompopt -o filenames 2>/dev/null\n"
            "%*smapfile -t COMPREPLY < <(compgen %s -- \"$word\")\n",
            indent, "", indent, "", kinds);
}

/* Prints the line that offers WORDS. WORD is what the user has typed of the value; PREFIX is an option of
 * compgen for the text before it. Both are bash's words. */
static void bash_print_words(FILE *stream, const char *words, const char *prefix, const char *word)
{
    fprintf(stream, "        mapfile -t COMPREPLY < <(compgen %s-W '%s' -- %s)\n", prefix, words, word);
}

/* Prints a pattern for the words in front of a value of OPTION. */
static void bash_print_pattern(FILE *stream, const struct option_spec *option)
{
    fprintf(stream, "    --%s=", option->name);
    if (has_own_word(option))
        fprintf(stream, " | --%s", option->name);
    if (has_own_word(option) && option->letter != 0)
        fprintf(stream, " | -%c", option->letter);
    fputs(")\n", stream);
}

static void bash_print_value(FILE *stream, const struct option_spec *option)
{
    bash_print_pattern(stream, option);
    if (takes_files(option->values))
        bash_print_files(stream, 8, "-f");
    else if (option->values != NULL && takes_list(option))
        bash_print_words(stream, option->values, "-P \"${word%\"${word##*,}\"}\" ", "\"${word##*,}\"");
    else if (option->values != NULL)
        bash_print_words(stream, option->values, "", "\"$word\"");
    fputs("        return ;;\n", stream);
}

static void bash_print_option_names(FILE *stream, const struct command *command)
{
    fputs("    if [[ $word == -* ]]; then\n        mapfile -t COMPREPLY < <(compgen -W '", stream);
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].help != NULL)
            fprintf(stream, "%s--%s", i > 0 ? " " : "", command->options[i].name);
    fputs("' -- \"$word\")\n        return\n    fi\n", stream);
}

/* Prints the lines that find the program to run, and complete a word behind it as that program's. */
static void bash_print_program(FILE *stream, const struct command *command)
{
    fputs("    local i\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n"
          "        --) ((i++)) && break ;;\n",
          stream);
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_spec *option = &command->options[i];

        if (!has_own_word(option))
            continue;
        fprintf(stream, "        --%s", option->name);
        if (option->letter != 0)
            fprintf(stream, " | -%c", option->letter);
        fputs(") [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++)); ((i++)) ;;\n", stream);
    }
    fputs("        -*) [[ ${COMP_WORDS[i + 1]} == = ]] && ((i += 2)) ;;\n"
          "        *) break ;;\n"
          "        esac\n"
          "    done\n"
          "    if ((i < COMP_CWORD)); then\n"
          "        if declare -F _command_offset >/dev/null; then\n"
          "            _command_offset \"$i\"\n"
          "            return\n"
          "        fi\n",
          stream);
    bash_print_files(stream, 8, "-f");
    fputs("        return\n    fi\n", stream);
}

void completion_print_bash(const struct command *command, FILE *stream)
{
    fprintf(stream,
            "# bash completion for %s, made by %s --completion bash\n"
            "_complete_%s()\n"
            "{\n"
            "    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}\n"
            "    COMPREPLY=()\n",
            command->name, command->name, command->name);
    if (command->stop_at_operand)
        bash_print_program(stream, command);
    fputs("    if [[ $word == = ]]; then\n"
          "        word=''\n"
          "        option+='='\n"
          "    elif [[ $option == = ]]; then\n"
          "        option=${COMP_WORDS[COMP_CWORD - 2]}=\n"
          "    fi\n"
          "    case $option in\n",
          stream);
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].argument != NULL && command->options[i].help != NULL)
            bash_print_value(stream, &command->options[i]);
    fputs("    esac\n", stream);
    bash_print_option_names(stream, command);
    if (command->first_words != NULL)
        fprintf(stream, "    mapfile -t COMPREPLY < <(compgen -W '%s' -c -f -- \"$word\")\n",
                command->first_words);
    else
        bash_print_files(stream, 4, takes_files(command->operand_kind) ? "-f" : "-c -f");
    fprintf(stream, "}\ncomplete -F _complete_%s %s\n", command->name, command->name);
}

/* ---- zsh ---- */

/* Prints LENGTH bytes of TEXT, quoted for a specification of _arguments in single quotes. */
static void zsh_print_text(FILE *stream, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\'')
            fputs("'\\''", stream);
        else
            fprintf(stream, strchr("[]:\\", text[i]) != NULL ? "\\%c" : "%c", text[i]);
}

/* Prints the name and the possible words of the value. */
static void zsh_print_value(FILE *stream, const struct option_spec *option)
{
    const char *label = option->argument + (has_optional_value(option) ? strlen("[=") : 0);

    fputs(has_optional_value(option) ? "::" : ":", stream);
    zsh_print_text(stream, label, strcspn(label, "[]"));
    if (option->values == NULL)
        fputs(": ", stream);
    else if (takes_files(option->values))
        fputs(":_files", stream);
    else if (takes_list(option))
        fprintf(stream, ":_values -s , value %s", option->values);
    else
        fprintf(stream, ":(%s)", option->values);
}

/* Returns the length of the first phrase of HELP. */
static size_t zsh_help_length(const char *help)
{
    size_t length = strcspn(help, ":;\n(");

    while (length > 0 && help[length - 1] == ' ')
        length--;
    return length;
}

/* The * lets the shell offer an option again after it was used: some may be repeated. */
static void zsh_print_option(FILE *stream, const struct option_spec *option)
{
    const char *own_word = has_own_word(option) ? "=" : has_optional_value(option) ? "=-" : "";

    fputs(" \\\n    '*'", stream);
    if (option->letter != 0)
        fprintf(stream, "{-%c%s,--%s%s}'[", option->letter, has_own_word(option) ? "+" : "", option->name,
                own_word);
    else
        fprintf(stream, "'--%s%s[", option->name, own_word);
    zsh_print_text(stream, option->help, zsh_help_length(option->help));
    fputc(']', stream);
    if (option->argument != NULL)
        zsh_print_value(stream, option);
    fputc('\'', stream);
}

void completion_print_zsh(const struct command *command, FILE *stream)
{
    fprintf(stream,
            "#compdef %s\n# zsh completion for %s, made by %s --completion zsh\n"
            "_arguments -s -S%s",
            command->name, command->name, command->name, command->stop_at_operand ? " -A '-*'" : "");
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].help != NULL)
            zsh_print_option(stream, &command->options[i]);
    if (takes_files(command->operand_kind))
        fputs(" \\\n    '*:file:_files'\n", stream);
    else
        fprintf(
            stream,
            " \\\n    '(-)1:program:{ compadd -- %s; _command_names -e }' \\\n    '*::arguments:_normal'\n",
            command->first_words != NULL ? command->first_words : "");
}
