/*
 * gcc_plugin.cc - a plugin for gcc that calls the two hooks of -finstrument-functions after inlining.
 *
 *     gcc -O2 -g -fplugin=.../profile_gcc.so prog.c
 *
 * -finstrument-functions puts its hooks into functions before gcc optimizes them, so a function that gcc
 * inlines keeps them and costs more than a call. This plugin adds a pass behind the interprocedural ones, at
 * each level of optimization. Each function that is then left calls __cyg_profile_func_enter(FUNCTION,
 * CALL_SITE) when it is entered, and __cyg_profile_func_exit(FUNCTION, CALL_SITE) before each return. A call
 * before a return is no tail call any more: the exit comes behind it. An exception passes through a function
 * without an exit, as in programs of clang; the runtime sees that (runtime/interpose/unwind.c).
 *
 * Functions of equal code stay apart, as if -fno-ipa-icf was given. Else one name would stand for all of
 * them.
 *
 * Left out are functions with the attribute no_instrument_function or naked, those that the lists of
 * -finstrument-functions-exclude-function-list and -exclude-file-list name, and by the plugin's own
 * arguments:
 *
 *     -fplugin-arg-profile_gcc-exclude=PATTERN[,PATTERN...]   functions that match a PATTERN
 *     -fplugin-arg-profile_gcc-min-statements=N               functions of fewer than N statements
 *     -fplugin-arg-profile_gcc-no-system-headers              functions that headers of the system define
 *
 * PATTERN is a shell's pattern, and matches the whole of one of a function's names:
 *
 *     ns::set<int>::get        as stats prints it; ns::set<int>::get(long) with its parameters
 *     get                      without its classes and namespaces
 *     _ZN2ns3setIiE3getEl      as the linker knows it
 *     src/set.cc:get           of functions in this file alone
 *     src/set.cc               all functions in this file
 *
 * A file without a function has a slash. It is matched with the absolute path of the source file and with the
 * path that gcc was given, or with the part of either behind any slash. A comma of a name has a backslash
 * before it. exclude= may be repeated.
 *
 * With -flto the pass runs in the linker's compiler, which so needs the plugin too: pass -fplugin when
 * linking.
 */
/* Headers of gcc need each other in this order. */
// clang-format off
#include <string>
#include <vector>
#include "gcc-plugin.h"
#include "plugin-version.h"
#include "context.h"
#include "tree.h"
#include "basic-block.h"
#include "tree-ssa-alias.h"
#include "gimple-expr.h"
#include "gimple.h"
#include "gimple-iterator.h"
#include "gimple-ssa.h"
#include "stringpool.h"
#include "attribs.h"
#include "cfghooks.h"
#include "cgraph.h"
#include "diagnostic-core.h"
#include "fold-const.h"
#include "langhooks.h"
#include "toplev.h"
#include "tree-cfg.h"
#include "tree-pass.h"
#include "tree-phinodes.h"
#include "ssa-iterators.h"
#include "value-range.h"
#include "tree-ssanames.h"
// clang-format on

#include <fnmatch.h>

/* A function of libiberty, which gcc has within it. Its header is not among those for plugins. */
extern "C" char *cplus_demangle_v3(const char *mangled, int options) __attribute__((weak));

int plugin_is_GPL_compatible; /* gcc asks for this name: the licence of this file allows what the GPL asks */

namespace
{

struct settings {
    auto_vec<const char *> excludes;
    long min_statements = 0;
    bool no_system_headers = false;
} settings;

/* Owned by gcc's garbage collector, see ROOTS. */
tree enter_hook, exit_hook;

const ggc_root_tab ROOTS[] = {
    {&enter_hook, 1, sizeof enter_hook, &gt_ggc_mx_tree_node, &gt_pch_nx_tree_node},
    {&exit_hook, 1, sizeof exit_hook, &gt_ggc_mx_tree_node, &gt_pch_nx_tree_node},
    LAST_GGC_ROOT_TAB,
};

/* Returns 1 if one of LIST, as -finstrument-functions-exclude-* takes them, is a part of NAME. */
bool is_listed(void *list, const char *name)
{
    auto *items = static_cast<vec<char *> *>(list);
    unsigned index;
    char *item;

    if (items == nullptr || name == nullptr)
        return false;
    FOR_EACH_VEC_ELT(*items, index, item)
    if (strstr(name, item) != nullptr)
        return true;
    return false;
}

/* Removes "//", "." and ".." from an absolute PATH, as stats does. */
std::string normalized(const std::string &path)
{
    std::string result;
    size_t end;

    for (size_t start = 0; start < path.size(); start = end + 1) {
        end = std::min(path.find('/', start), path.size());
        std::string part = path.substr(start, end - start);
        if (part == "..")
            result.erase(std::min(result.rfind('/'), result.size()));
        else if (!part.empty() && part != ".")
            result += "/" + part;
    }
    return result;
}

/* Returns true if PATTERN matches PATH or, if it is not absolute, the part of PATH behind any slash. */
bool matches_path(const char *pattern, const char *path)
{
    while (fnmatch(pattern, path, 0) != 0) {
        if (*pattern == '/' || (path = strchr(path, '/')) == nullptr)
            return false;
        path++;
    }
    return true;
}

/* The names of a function and the paths of its file that patterns may match. */
struct names {
    std::vector<std::string> functions, files;
};

void add_demangled(std::vector<std::string> &functions, const std::string &symbol, int options)
{
    char *name = cplus_demangle_v3 != nullptr ? cplus_demangle_v3(symbol.c_str(), options) : nullptr;

    if (name != nullptr)
        functions.push_back(name);
    free(name);
}

/* A clone or a part of a function has its names, with a suffix to that of the linker. */
names find_names(tree function)
{
    enum { PARAMETERS = 1 << 0, ANSI = 1 << 1, WITHOUT_RESULT = 1 << 6 }; /* of libiberty's demangle.h */
    const char *symbol = IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(function));
    const char *file = DECL_SOURCE_FILE(function);
    names found;

    symbol += *symbol == '*'; /* gcc marks names that the source has chosen for the linker */
    found.functions = {lang_hooks.decl_printable_name(function, 1), symbol,
                       std::string(symbol, strcspn(symbol, "."))};
    if (DECL_NAME(function) != NULL_TREE)
        found.functions.push_back(IDENTIFIER_POINTER(DECL_NAME(function)));
    add_demangled(found.functions, found.functions[2], ANSI);
    add_demangled(found.functions, found.functions[2], PARAMETERS | ANSI | WITHOUT_RESULT);
    if (file != nullptr)
        found.files = {file, normalized(*file == '/' ? file : std::string(get_src_pwd()) + "/" + file)};
    return found;
}

bool matches_function(const char *pattern, const names &names)
{
    for (const std::string &name : names.functions)
        if (fnmatch(pattern, name.c_str(), 0) == 0)
            return true;
    return false;
}

bool matches_file(const char *pattern, const names &names)
{
    for (const std::string &file : names.files)
        if (matches_path(pattern, file.c_str()))
            return true;
    return false;
}

/* Returns the colon of FILE:FUNCTION, or nullptr if PATTERN has none. Colons of C++ stand in pairs or in
 * brackets: text[abi:cxx11]. */
const char *find_colon(const char *pattern)
{
    const char *at = pattern + strcspn(pattern, ":[");

    while (at[0] == ':' && at[1] == ':')
        at += 2 + strcspn(at + 2, ":[");
    return *at == ':' ? at : nullptr;
}

bool matches(const char *pattern, const names &names)
{
    const char *colon = find_colon(pattern);

    if (colon != nullptr)
        return matches_function(colon + 1, names) && matches_file(std::string(pattern, colon).c_str(), names);
    return strchr(pattern, '/') != nullptr ? matches_file(pattern, names) : matches_function(pattern, names);
}

bool matches_exclude(tree function)
{
    unsigned index;
    const char *pattern;
    const names names = find_names(function);

    FOR_EACH_VEC_ELT(settings.excludes, index, pattern)
    if (matches(pattern, names))
        return true;
    return false;
}

/* Functions of equal code that gcc has folded into one are its aliases: with one of them, all are left out.
 */
bool or_alias_matches_exclude(cgraph_node *node)
{
    ipa_ref *reference;

    if (settings.excludes.is_empty())
        return false;
    if (matches_exclude(node->decl))
        return true;
    FOR_EACH_ALIAS(node, reference)
    if (or_alias_matches_exclude(dyn_cast<cgraph_node *>(reference->referring)))
        return true;
    return false;
}

bool is_excluded(cgraph_node *node)
{
    tree function = node->decl;

    if (is_listed(flag_instrument_functions_exclude_functions, lang_hooks.decl_printable_name(function, 1)) ||
        is_listed(flag_instrument_functions_exclude_files, DECL_SOURCE_FILE(function)))
        return true;
    if (settings.no_system_headers && DECL_IN_SYSTEM_HEADER(function))
        return true;
    return or_alias_matches_exclude(node);
}

bool makes_code(const gimple *statement)
{
    return !gimple_nop_p(statement) && !gimple_clobber_p(statement) &&
           gimple_code(statement) != GIMPLE_PREDICT;
}

/* Returns the number of statements of FUN that make code. */
long count_statements(function *fun)
{
    basic_block block;
    long count = 0;

    FOR_EACH_BB_FN(block, fun)
    for (gimple_stmt_iterator at = gsi_start_nondebug_after_labels_bb(block); !gsi_end_p(at);
         gsi_next_nondebug(&at))
        count += makes_code(gsi_stmt(at));
    return count;
}

/* Returns true if FUNCTION chooses what an ifunc calls. The loader may call it before it has bound the hooks.
 */
bool is_resolver(cgraph_node *function)
{
    ipa_ref *reference;

    FOR_EACH_ALIAS(function, reference)
    {
        cgraph_node *alias = dyn_cast<cgraph_node *>(reference->referring);

        if (alias != nullptr && (alias->ifunc_resolver || is_resolver(alias)))
            return true;
    }
    return function->ifunc_resolver;
}

/* A clone has the attributes of its origin, and so has a part that was split off. Thunks are not in the
 * source, nor those that gcc has made functions of, as covariant ones. Nor are functions without debug
 * information: they start a sanitizer or -fprofile-generate, or only call their twin, by -fipa-icf. */
bool is_wanted(function *fun)
{
    tree decl = fun->decl;
    cgraph_node *node = cgraph_node::get(decl);

    if (flag_instrument_function_entry_exit) /* the hooks are there already */
        return false;
    if (node == nullptr || node->thunk || node->former_thunk_p() || is_resolver(node))
        return false;
    if (DECL_IGNORED_P(decl) ||
        lookup_attribute("no_instrument_function", DECL_ATTRIBUTES(decl)) != NULL_TREE ||
        lookup_attribute("naked", DECL_ATTRIBUTES(decl)) != NULL_TREE)
        return false;
    return !is_excluded(node) && count_statements(fun) >= settings.min_statements;
}

tree make_hook(const char *name)
{
    tree hook = build_fn_decl(
        name, build_function_type_list(void_type_node, ptr_type_node, ptr_type_node, NULL_TREE));

    TREE_NOTHROW(hook) = 1;
    return hook;
}

/* Inserts a call of HOOK before AT, or at the end of its block. */
void insert_call(gimple_stmt_iterator at, tree hook, tree function, location_t location)
{
    tree call_site = make_ssa_name(ptr_type_node);
    gcall *address = gimple_build_call(builtin_decl_implicit(BUILT_IN_RETURN_ADDRESS), 1, integer_zero_node);
    gcall *call = gimple_build_call(hook, 2, build_fold_addr_expr(function), call_site);
    gimple_seq both = nullptr;

    gimple_call_set_lhs(address, call_site);
    gimple_set_location(address, location);
    gimple_set_location(call, location);
    gimple_seq_add_stmt(&both, address);
    gimple_seq_add_stmt(&both, call);
    if (gsi_end_p(at))
        gsi_insert_seq_after(&at, both, GSI_NEW_STMT);
    else
        gsi_insert_seq_before(&at, both, GSI_SAME_STMT);
}

/* Nothing else may lead to the block that calls the hook: a loop may begin at the first statement. */
void call_at_entry(function *fun)
{
    edge entry = single_succ_edge(ENTRY_BLOCK_PTR_FOR_FN(fun));
    basic_block block = entry->dest;

    if (!single_pred_p(block) || phi_nodes(block) != nullptr)
        block = split_edge(entry);
    insert_call(gsi_after_labels(block), enter_hook, fun->decl, fun->function_start_locus);
}

/* The debugger shows the exits at the closing brace, as it shows the end of the function. */
void call_at_returns(function *fun)
{
    edge leave;
    edge_iterator each;

    FOR_EACH_EDGE(leave, each, EXIT_BLOCK_PTR_FOR_FN(fun)->preds)
    {
        gimple_stmt_iterator last = gsi_last_nondebug_bb(leave->src);

        if (!gsi_end_p(last) && gimple_code(gsi_stmt(last)) == GIMPLE_RETURN)
            insert_call(last, exit_hook, fun->decl, fun->function_end_locus);
    }
}

const pass_data PASS_DATA = {
    GIMPLE_PASS,         /* type */
    "profile_hooks",     /* name */
    OPTGROUP_NONE,       /* optinfo_flags */
    TV_NONE,             /* tv_id */
    PROP_cfg | PROP_ssa, /* properties_required */
    0,                   /* properties_provided */
    0,                   /* properties_destroyed */
    0,                   /* todo_flags_start */
    TODO_update_ssa_only_virtuals,
};

class hooks_pass : public gimple_opt_pass
{
  public:
    explicit hooks_pass(gcc::context *context) : gimple_opt_pass(PASS_DATA, context)
    {
    }

    unsigned execute(function *fun) override
    {
        if (!is_wanted(fun))
            return 0;
        if (enter_hook == NULL_TREE) {
            enter_hook = make_hook("__cyg_profile_func_enter");
            exit_hook = make_hook("__cyg_profile_func_exit");
        }
        call_at_entry(fun);
        call_at_returns(fun);
        cgraph_edge::rebuild_edges();
        return 0;
    }
};

/* Adds the patterns of LIST. A comma with a backslash before it is part of a pattern, where the backslash
 * does no harm. */
void add_excludes(const char *list)
{
    const char *start = list;

    for (const char *at = list;; at++) {
        if (*at != '\0' && (*at != ',' || (at > start && at[-1] == '\\')))
            continue;
        if (at > start)
            settings.excludes.safe_push(xstrndup(start, at - start));
        if (*at == '\0')
            return;
        start = at + 1;
    }
}

/* Takes an argument. Returns false if there is none of that name, or its value is wrong. */
bool take_argument(const plugin_argument &argument)
{
    const char *value = argument.value;
    char *end;

    if (strcmp(argument.key, "no-system-headers") == 0) {
        settings.no_system_headers = true;
        return value == nullptr;
    }
    if (value == nullptr || *value == '\0')
        return false;
    if (strcmp(argument.key, "exclude") == 0) {
        add_excludes(value);
        return true;
    }
    settings.min_statements = strtol(value, &end, 10);
    return strcmp(argument.key, "min-statements") == 0 && *end == '\0' && settings.min_statements >= 0;
}

/* -fipa-icf replaces functions of equal code by one of them. Its name would stand for all of them, and
 * nothing in the program would tell. So it is off, unless the user asks for it. */
void keep_equal_functions_apart()
{
    if (!global_options_set.x_flag_ipa_icf && !global_options_set.x_flag_ipa_icf_functions)
        flag_ipa_icf_functions = 0;
}

} // namespace

/* gcc says "compilation terminated." after a fatal error, so these are plain ones: one line is enough. */
int plugin_init(plugin_name_args *info, plugin_gcc_version *version)
{
    register_pass_info where = {nullptr, "*all_optimizations", 1, PASS_POS_INSERT_BEFORE};

    if (!plugin_default_version_check(version, &gcc_version)) {
        error("%s was built for another gcc, %s, and this is %s: build profile again with this gcc",
              info->full_name, gcc_version.basever, version->basever);
        return 0;
    }
    for (int i = 0; i < info->argc; i++)
        if (!take_argument(info->argv[i])) {
            error("invalid argument %<-fplugin-arg-%s-%s%s%s%>", info->base_name, info->argv[i].key,
                  info->argv[i].value != nullptr ? "=" : "",
                  info->argv[i].value != nullptr ? info->argv[i].value : "");
            return 0;
        }
    keep_equal_functions_apart();
    where.pass = new hooks_pass(g);
    register_callback(info->base_name, PLUGIN_PASS_MANAGER_SETUP, nullptr, &where);
    register_callback(info->base_name, PLUGIN_REGISTER_GGC_ROOTS, nullptr, const_cast<ggc_root_tab *>(ROOTS));
    return 0;
}
