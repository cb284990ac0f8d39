/*
 * colours.js - the colours of boxes: by module or file, of which those with the largest area have one each, or by the
 * share of time in themselves.
 *
 * The style sheet has the colours, as the classes c0 to c8 and s0 to s5.
 */

const COLOURS = 8; /* the rest share one more */
const SHARES = [0.01, 0.05, 0.1, 0.25, 0.5];

const COLOURINGS = {
    module: {label: "Module", of: moduleOf},
    file: {label: "File", of: fileOf},
    self: {label: "Share in itself"},
};

/* Returns the colouring to begin with: the first that tells functions apart. */
function colouringDefault() {
    const {modules, files} = profile;
    return modules.length > 1 ? "module" : files.length > 1 ? "file" : "self";
}

/* Returns the area that the boxes of each function take, if all are drawn. */
function areas() {
    const {function: functions, parent, self, count} = profile.contexts, below = sumsBelow(parent, self);
    const sums = new Float64Array(profile.functions.name.length);
    for (let i = 0; i < count; i++)
        if (functions[i] >= 0)
            sums[functions[i]] += below[i];
    return sums;
}

/* Returns the names of the groups OF functions, those with the largest area first. */
function groupsBy(of) {
    const sums = new Map();
    groupsBy.areas ??= areas();
    groupsBy.areas.forEach((area, f) => sums.set(of(f), (sums.get(of(f)) ?? 0) + area));
    return Array.from(sums).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
}

/* Returns {classOf(node), legend: [class, words]} for the colouring KIND of TREE. */
function colouring(kind, tree) {
    if (kind === "self") {
        const classOf = (node) => {
            if (isGroup(node))
                return "group";
            const share = node.value > 0 ? ownOf(tree, node) / tree.weights.total : 0;
            return "s" + SHARES.filter((least) => share >= least).length;
        };
        const legend = ["below 1%", ...SHARES.map((least, i) => `${least * 100}%` + (i === 4 ? " and more" : ""))];
        return {classOf, legend: legend.map((words, i) => ["s" + i, words])};
    }
    const of = COLOURINGS[kind].of, groups = groupsBy(of), ranks = new Map(groups.map((name, i) => [name, i]));
    const ofFunction = new Map();
    const classOf = (node) => {
        if (isGroup(node))
            return "group";
        if (node.function < 0)
            return "none";
        if (!ofFunction.has(node.function))
            ofFunction.set(node.function, "c" + Math.min(ranks.get(of(node.function)) ?? COLOURS, COLOURS));
        return ofFunction.get(node.function);
    };
    const legend = groups.slice(0, COLOURS).map((name, i) => ["c" + i, printable(baseName(name)) || "unknown"]);
    if (groups.length > COLOURS)
        legend.push(["c" + COLOURS, counted(groups.length - COLOURS, "other")]);
    return {classOf, legend};
}

/* Returns what NODE weighs without the nodes below it. */
function ownOf(tree, node) {
    if (tree.goesUp)
        return node.level === 1 ? node.value : 0;
    if (node.thread !== undefined)
        return 0;
    let sum = 0;
    for (const context of node.contexts)
        sum += tree.weights.own[context];
    return sum;
}
