/*
 * details.js - all that is known of one box: where its function stands, and its figures here and in all of the profile.
 */

/* Returns VALUE with its error behind it, if it has one. */
function withError(value, error, isTime = profile.isTime) {
    const text = figure(value, error, 1, isTime);
    return error > 0 && value >= error ? `${text} \u00b1 ${figure(error, error, 1, isTime)}` : text;
}

/* Returns what the value of a node of TREE is. */
function valueName(tree) {
    return tree.weights.weight === "waited" ? "Waited, with callees" : tree.goesUp ? "Time on this path" : "With callees";
}

/* Returns whose calls are counted at NODE: going up, they are those of the function at which the way began. */
function callsName(tree, node) {
    const start = tree.first ? tree.path(node)[1] : tree.root;
    return tree.goesUp && node !== start ? `Calls of ${shortened(brief(tree.name(start)), 60)}` : "Calls";
}

/* Returns the facts of NODE in TREE. */
function factsHere(tree, node) {
    const {weights} = tree, {calls: count, self, selfError, error} = tree.figures(node);
    const isRoot = node.thread !== undefined || (node === tree.root && node.function < 0);
    const isFunction = !isRoot && !isGroup(node);
    return [
        fact("Share", percent(node.value, weights.total)),
        weights.weight === "calls" ? null
            : fact(valueName(tree), withError(node.value, error, weights.isTime), "Of this box and all below it"),
        isFunction && !tree.goesUp ? fact("In itself", withError(self, selfError)) : null,
        isFunction ? fact(callsName(tree, node), grouped(count)) : null,
    ];
}

/* Returns the facts of function F in the whole profile: its row of the table. */
function factsInAll(f) {
    const row = f >= 0 ? profile.rows[f] : -1, {table} = profile;
    if (row < 0)
        return [];
    return [
        fact("ncalls", calls(table.calls[row], table.primitive[row])),
        fact("tottime", withError(table.self[row], table.self_error?.[row] ?? 0)),
        fact("cumtime", withError(table.cumulative[row], table.cumulative_error?.[row] ?? 0),
             "In the function and all that it called, also where a recursive call leads back above it"),
    ];
}

function mark(words) {
    return make("span", {class: "mark"}, words);
}

/* Shows NODE of TREE in the element HOST. */
function drawDetails(host, tree, node) {
    const f = node.function, place = placeOf(f, true), module = f >= 0 ? printable(moduleOf(f)) : "";
    const leftOut = f < 0 && !isGroup(node) && node.contexts.length > 0 && profile.contexts.leftOut?.[node.contexts[0]];
    host.replaceChildren(
        make("div", {class: "what"},
            make("strong", null, shortened(tree.name(node), 1000)),
            tree.isRecursive(node) ? mark("\u21bb recursive: its callees stand in the call above") : null,
            isGroup(node) ? mark("too thin to be seen apart: zoom in to see them") : null,
            leftOut ? mark(counted(leftOut, "context")) : null,
            make("span", {class: "place"}, [place, module === place ? "" : module].filter(Boolean).join(" \u00b7 "))),
        make("dl", {class: "facts"}, ...factsHere(tree, node).filter(Boolean)),
        make("dl", {class: "facts all", "aria-label": "In the whole profile"}, ...factsInAll(f).filter(Boolean)),
        f < 0 ? "" : make("div", {class: "links"},
            button("Callers and callees", () => go({tab: "calls", function: String(f)})),
            profile.rows[f] < 0 ? null
                : button("In the table", () => go({tab: "table", open: String(f), filter: ""}))));
}
