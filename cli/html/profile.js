/*
 * profile.js - reads the profile that the page holds. Its form is described in profile-json(5).
 *
 * Contexts become typed arrays, with -1 for "none": a million of them must be ready to be drawn in a second. Parents
 * stand before their children, so sums over all below a context take one pass from the end.
 */

const LEFT_OUT = "(left out)";

/* Returns COLUMN, in which null is unknown, as an Int32Array with -1 for null. */
function indexes(column, count) {
    const array = new Int32Array(count).fill(-1);
    for (let i = 0; column && i < count; i++)
        if (column[i] !== null)
            array[i] = column[i];
    return array;
}

/* Returns COLUMN as a Float64Array, or null if it is unknown. */
function numbers(column) {
    return column ? Float64Array.from(column) : null;
}

/* Groups indexes by their KEYS, which are below COUNT; -1 stands for COUNT. The indexes that have key K are, in their
 * order, order[starts[K]] up to order[starts[K + 1]]. */
function groupBy(keys, count) {
    const starts = new Int32Array(count + 2), order = new Int32Array(keys.length);
    const slot = (i) => keys[i] < 0 ? count : keys[i];
    for (let i = 0; i < keys.length; i++)
        starts[slot(i) + 1]++;
    for (let i = 0; i <= count; i++)
        starts[i + 1] += starts[i];
    const next = starts.slice();
    for (let i = 0; i < keys.length; i++)
        order[next[slot(i)]++] = i;
    return {starts, order};
}

/* Returns the indexes that have KEY in GROUPS of groupBy(). */
function groupOf(groups, key) {
    return Array.from(groups.order.subarray(groups.starts[key], groups.starts[key + 1]));
}

/* Returns the sums of OWN over each context and all below it. */
function sumsBelow(parent, own) {
    const sums = Float64Array.from(own);
    for (let i = sums.length - 1; i >= 0; i--)
        if (parent[i] >= 0)
            sums[parent[i]] += sums[i];
    return sums;
}

function readContexts(columns) {
    if (!columns)
        return null;
    const count = columns.parent.length, parent = indexes(columns.parent, count);
    const leftOut = columns.left_out ?? null;
    const standsFor = leftOut ? Float64Array.from(leftOut, (number) => number || 1) : new Float64Array(count).fill(1);
    return {
        count, parent, ...groupBy(parent, count), leftOut,
        function: indexes(columns.function, count),
        thread: indexes(columns.thread, count),
        recursive: indexes(columns.recursive, count),
        calls: numbers(columns.calls),
        self: numbers(columns.self),
        waited: numbers(columns.waited),
        selfError: columns.self_error ?? null,
        totalError: columns.total_error ?? null,
        below: sumsBelow(parent, standsFor),
    };
}

/* Returns by function the rows of TABLE, or -1. */
function rowsOf(table, count) {
    const rows = new Int32Array(count).fill(-1);
    table.function.forEach((f, row) => rows[f] = row);
    return rows;
}

/* Returns the indexes of the edges that have function F at their END, "caller" or "callee". They are grouped when they
 * are first asked for. */
function edgesAt(end, f) {
    edgesAt.groups ??= {};
    edgesAt.groups[end] ??= groupBy(profile.edges?.[end] ?? [], profile.functions.name.length);
    return groupOf(edgesAt.groups[end], f);
}

/* Returns the profile that TEXT describes. */
function readProfile(text) {
    const data = JSON.parse(text);
    const {functions, files, modules, table, edges, threads, run} = data;
    return {
        run, table, edges, threads, files, modules, functions,
        processes: data.processes,
        unit: data.unit,
        isTime: data.is_time,
        contexts: readContexts(data.contexts),
        rows: rowsOf(table, functions.name.length),
    };
}

/* Returns the path of the source of function F, or of its module, or "~": as the report names it. */
function fileOf(f) {
    const {functions, files, modules} = profile;
    const file = functions.file?.[f] ?? null, module = functions.module?.[f] ?? null;
    return file !== null ? files[file] : module !== null ? modules[module] : "~";
}

function moduleOf(f) {
    const module = profile.functions.module?.[f] ?? null;
    return module !== null ? profile.modules[module] : "";
}

function nameOf(f) {
    return f < 0 ? LEFT_OUT : printable(profile.functions.name[f]);
}

/* Returns "file.c:12" for function F, without the folder unless WITH_FOLDERS, or "" if nothing is known. */
function placeOf(f, withFolders) {
    if (f < 0)
        return "";
    const file = fileOf(f);
    return file === "~" ? ""
        : `${printable(withFolders ? file : baseName(file))}:${profile.functions.line?.[f] ?? 0}`;
}

function baseName(path) {
    return path.slice(path.lastIndexOf("/") + 1) || path;
}

/* Returns "file.c:12(name)", as the report prints function F; or "{name}", as Python's pstats prints "<name>". */
function textOf(f, withFolders) {
    const place = placeOf(f, withFolders);
    return place === "" ? nameOf(f).replace(/^<(.*)>$/s, "{$1}") : `${place}(${nameOf(f)})`;
}

/* Returns the name of thread T for a list of threads. */
function threadName(t) {
    const {threads, processes} = profile;
    const name = printable(threads.name?.[t] ?? "") || (threads.coroutine?.[t] ? "coroutine" : "thread");
    const process = (processes?.pid?.length ?? 0) > 1 ? ` of process ${processes.pid[threads.process[t]]}` : "";
    const several = (threads.count?.[t] ?? 1) > 1;
    return several ? `${counted(threads.count[t], "thread")} ${name}${process}`
                   : `${name} ${threads.id?.[t] ?? ""}${process}`;
}
