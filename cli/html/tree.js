/*
 * tree.js - trees of calling contexts: from the starts of threads down, from chosen contexts down, or from functions up
 * to their callers. No node is made before it is asked for: of a million contexts few are wide enough to be drawn.
 *
 * A node stands for all contexts with its path. Its value is the weight of these and of all below, so the values below
 * never add up to more than their node's. A recursive call is a leaf: its callees stand where it leads back to. Going
 * up, each context at which the way began, a tip, keeps its weight.
 */

/* Weights that contexts can be drawn by. */
const WEIGHTS = {
    self: {label: () => profile.isTime ? "Time" : profile.unit, known: () => true},
    calls: {label: () => "Calls", known: () => true},
    waited: {label: () => "Time waited", known: () => profile.contexts.waited !== null},
};

/* Returns the weight of each context, of one thread or of all (-1), alone and with all below. */
function weigh(weight, thread) {
    const contexts = profile.contexts, own = Float64Array.from(contexts[weight]);
    if (thread >= 0)
        for (let i = 0; i < own.length; i++)
            if (contexts.thread[i] !== thread)
                own[i] = 0;
    const below = sumsBelow(contexts.parent, own);
    let total = 0;
    for (const value of own)
        total += value;
    return {own, below, total, isTime: weight === "calls" ? false : weight === "waited" ? true : profile.isTime,
            weight, thread};
}

/* Adds CONTEXT, and its TIP if the way goes up, to NODE. */
function nodeAdd(node, context, tip, value) {
    node.contexts.push(context);
    if (tip >= 0)
        node.tips.push(tip);
    node.value += value;
}

function nodeMake(above, f, key) {
    return {above, function: f, key, level: above ? above.level + 1 : 0, contexts: [], tips: [], value: 0, below: null};
}

/* Returns a node that stands for CHILDREN of ABOVE, which are too thin to have boxes of their own. */
function nodeGroup(above, children) {
    const group = nodeMake(above, -1, "group");
    group.below = children;
    for (const child of children) {
        group.value += child.value;
        for (const context of child.contexts)
            group.contexts.push(context);
        for (const tip of child.tips)
            group.tips.push(tip);
    }
    return group;
}

function isGroup(node) {
    return node.key === "group";
}

/* A tree. Its members:
 *   root        the first node
 *   first       the contexts at which it begins, if no single function is its root
 *   goesUp      callers stand below their callees
 *   tipWeights  the weight of each context as a tip
 *   sideBySide  the nodes below the root are threads */
class Tree {
    constructor(weights, order) {
        this.weights = weights;
        this.order = order;
    }

    /* Returns the tree of all calls. */
    static ofCalls(weights, order, sideBySide) {
        const tree = new Tree(weights, order), {contexts} = profile;
        tree.root = nodeMake(null, -1, "root");
        tree.root.value = weights.total;
        tree.sideBySide = sideBySide;
        tree.first = groupOf(contexts, contexts.count)
            .filter((i) => weights.thread < 0 || contexts.thread[i] === weights.thread);
        return tree;
    }

    /* Returns the tree of callers of all functions, by what they weigh themselves. */
    static ofCallers(weights, order) {
        const tree = new Tree(weights, order);
        tree.goesUp = true;
        tree.tipWeights = weights.own;
        tree.root = nodeMake(null, -1, "root");
        tree.root.value = weights.total;
        tree.first = Array.from(weights.own.keys()).filter((i) => weights.own[i] > 0);
        return tree;
    }

    /* Returns the tree from the outermost contexts of function F down, or UP to their callers. */
    static ofFunction(weights, order, f, up) {
        const tree = new Tree(weights, order), {parent, function: functions, thread, count} = profile.contexts;
        const inside = new Uint8Array(count);
        tree.goesUp = up;
        tree.tipWeights = weights.below;
        tree.root = nodeMake(null, f, "root");
        for (let i = 0; i < count; i++) {
            const p = parent[i];
            inside[i] = p >= 0 && (inside[p] || functions[p] === f) ? 1 : 0;
            if (functions[i] === f && !inside[i] && (weights.thread < 0 || thread[i] === weights.thread))
                nodeAdd(tree.root, i, up ? i : -1, weights.below[i]);
        }
        return tree;
    }

    /* Returns the nodes under NODE in the order of the tree. */
    below(node) {
        if (node.below === null) {
            const groups = new Map();
            this.goesUp ? this.addCallers(node, groups) : this.addCallees(node, groups);
            node.below = Array.from(groups.values());
            node.below.sort(this.order === "first" ? (a, b) => a.contexts[0] - b.contexts[0]
                                                   : (a, b) => b.value - a.value || a.contexts[0] - b.contexts[0]);
        }
        return node.below;
    }

    add(node, groups, context, tip, value) {
        const {function: functions, thread} = profile.contexts;
        const byThread = this.sideBySide && node === this.root;
        const key = byThread ? thread[context] : functions[context];
        let group = groups.get(key);
        if (group === undefined) {
            group = nodeMake(node, byThread ? -1 : functions[context], key);
            group.thread = byThread ? key : undefined;
            groups.set(key, group);
        }
        nodeAdd(group, context, tip, value);
    }

    addCallees(node, groups) {
        const {starts, order} = profile.contexts, below = this.weights.below;
        if (this.first && (node === this.root || node.thread !== undefined)) {
            for (const i of node === this.root ? this.first : node.contexts)
                this.add(node, groups, i, -1, below[i]);
            return;
        }
        for (const context of node.contexts)
            for (let i = starts[context]; i < starts[context + 1]; i++)
                this.add(node, groups, order[i], -1, below[order[i]]);
    }

    addCallers(node, groups) {
        const {parent} = profile.contexts;
        if (this.first && node === this.root) {
            for (const i of this.first)
                this.add(node, groups, i, i, this.tipWeights[i]);
            return;
        }
        node.contexts.forEach((context, i) => {
            if (parent[context] >= 0)
                this.add(node, groups, parent[context], node.tips[i], this.tipWeights[node.tips[i]]);
        });
    }

    /* Returns how many contexts stand for NODE and all under it. */
    countOf(node) {
        const below = profile.contexts.below;
        if (this.goesUp)
            return node.tips.length;
        let count = 0;
        for (const context of node.contexts)
            count += below[context];
        return count;
    }

    /* Returns a short text from which find() finds NODE again. */
    token(node) {
        if (node === this.root)
            return "";
        if (isGroup(node))
            return `${this.token(node.below[0])}*${node.below.length}`;
        return this.goesUp ? `${node.tips[0]}.${node.level}` : `${node.contexts[0]}.${node.level}`;
    }

    /* Returns the node that has TOKEN, or the root. */
    find(token) {
        const {parent, count} = profile.contexts, [context, level, length] = token.split(/[.*]/).map(Number);
        const path = [];
        let node = this.root;
        if (!(context >= 0 && context < count && level > 0))
            return node;
        for (let i = context; i >= 0; i = parent[i])
            path.push(i);
        if (!this.goesUp)
            path.reverse();
        if (this.sideBySide)
            path.unshift(path[0]);
        for (const step of path.slice(0, level)) {
            const next = this.below(node).find((child) => child.thread !== undefined
                ? child.thread === profile.contexts.thread[step] : child.function === profile.contexts.function[step]);
            if (next === undefined)
                break;
            node = next;
        }
        return length > 0 && node.above ? this.groupFrom(node, length) : node;
    }

    /* Returns the group of NODE and those behind it, COUNT in all. */
    groupFrom(node, count) {
        const siblings = this.below(node.above).filter((sibling) => sibling.value > 0), first = siblings.indexOf(node);
        return nodeGroup(node.above, siblings.slice(first, first + count));
    }

    /* Returns the path from the root to NODE. */
    path(node) {
        const path = [];
        for (let step = node; step; step = step.above)
            path.unshift(step);
        return path;
    }

    /* Returns the name of NODE. */
    name(node) {
        if (isGroup(node))
            return `${grouped(node.below.length)} more`;
        if (node.thread !== undefined)
            return threadName(node.thread);
        if (node === this.root && node.function < 0)
            return this.weights.thread >= 0 ? threadName(this.weights.thread) : "all";
        return nameOf(node.function);
    }

    /* Returns 1 if NODE is a call of a function that was already active. */
    isRecursive(node) {
        if (isGroup(node))
            return false;
        if (!this.goesUp)
            return node.contexts.length > 0 && profile.contexts.recursive[node.contexts[0]] >= 0;
        for (let step = node.above; step && step !== this.root; step = step.above)
            if (step.function === node.function)
                return true;
        return false;
    }

    /* Returns the calls and times of NODE: those of its contexts, or of its tips if the way goes up. ERROR is that of
     * its value. */
    figures(node) {
        const {calls, self, selfError, totalError} = profile.contexts;
        if (node === this.root && this.first && this.weights.thread < 0)
            return {calls: profile.run.calls, self: profile.run.self, selfError: profile.run.self_error ?? 0,
                    error: this.weights.weight === "self" ? profile.run.self_error ?? 0 : 0};
        const list = this.goesUp ? node.tips : node.contexts;
        const sum = {calls: 0, self: 0, selfVariance: 0, variance: 0};
        for (const i of node === this.root && this.first ? this.first : list) {
            sum.calls += calls[i];
            sum.self += self[i];
            sum.selfVariance += (selfError?.[i] ?? 0) ** 2;
            sum.variance += ((this.goesUp && this.first ? selfError : totalError)?.[i] ?? 0) ** 2;
        }
        const error = this.weights.weight === "self" ? Math.sqrt(sum.variance) : 0;
        return {calls: sum.calls, self: sum.self, selfError: Math.sqrt(sum.selfVariance), error};
    }
}

/* Returns the part of WEIGHTS in which a function that TEST accepts is active, each moment counted once. */
function shareOf(weights, matches) {
    const {parent, function: functions, count} = profile.contexts, covered = new Uint8Array(count);
    let sum = 0;
    for (let i = 0; i < count; i++) {
        covered[i] = (parent[i] >= 0 && covered[parent[i]]) || (functions[i] >= 0 && matches[functions[i]]) ? 1 : 0;
        if (covered[i])
            sum += weights.own[i];
    }
    return sum;
}
