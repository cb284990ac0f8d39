/*
 * flame.js - draws a tree as boxes: a node's box is as wide as its part of the whole, and stands below its caller's.
 *
 * Only boxes that are wide enough are made. Thin neighbours share one, a group, and are drawn when it is zoomed. Boxes
 * are elements: each has a name and a level for screen readers, and takes the focus, which arrows move.
 */

const ROW_PIXELS = 21;
const LEAST_PIXELS = 2;    /* of a box */
const TEXT_PIXELS = 36;    /* of a box with its name in it */
const GROUP_PIXELS = 10;   /* of a box for thin neighbours, if there are enough of them */
const MOST_BOXES = 6000;   /* beyond them, only wider boxes are drawn */
const MOST_LEVELS = 2000;  /* below the zoomed box */

/* Returns the boxes for the nodes below BOX. Thin neighbours share a box, a group, which opens when it is zoomed.
 * Counts the contexts that have no box of their own in RESULT. */
function boxesBelow(tree, box, least, result) {
    const scale = box.width / (box.node.value || 1), depth = box.depth + 1, boxes = [];
    let left = box.left, thin = [], thinLeft = left;
    const endGroup = () => {
        const node = thin.length > 0 ? nodeGroup(box.node, thin) : null;
        if (node && left - thinLeft >= least)
            boxes.push({node, above: box, depth, left: thinLeft, width: left - thinLeft});
        thin = [];
    };
    for (const node of tree.below(box.node)) {
        const width = node.value * scale;
        if (width === 0) {
            result.none += tree.countOf(node);
            continue;
        }
        if (width < least) {
            thinLeft = thin.length === 0 ? left : thinLeft;
            thin.push(node);
            left += width;
            result.thin += tree.countOf(node);
            if (left - thinLeft >= GROUP_PIXELS / LEAST_PIXELS * least)
                endGroup();
            continue;
        }
        endGroup();
        boxes.push({node, above: box, depth, left, width});
        left += width;
    }
    endGroup();
    return boxes;
}

/* Returns the boxes of TREE with NODE as wide as the whole: {boxes, thin, deep, none}. LEFT and WIDTH of a box are
 * between 0 and 1, LEAST is the least width. THIN, DEEP and NONE count the contexts that have no boxes of their own,
 * because they are too thin, too deep, or weigh nothing. */
function layOut(tree, node, least) {
    const result = {boxes: [], thin: 0, deep: 0, none: 0};
    let first = null;
    tree.path(node).forEach((step, depth) => {
        first = {node: step, above: first, depth, left: 0, width: 1, isAbove: step !== node};
        result.boxes.push(first);
    });
    result.boxes.pop();
    const waiting = [first];
    while (waiting.length > 0) {
        const box = waiting.pop();
        result.boxes.push(box);
        if (isGroup(box.node) && box !== first)
            continue;
        if (box.depth - first.depth < MOST_LEVELS)
            waiting.push(...boxesBelow(tree, box, least, result).reverse());
        else
            tree.below(box.node).forEach((child) => result.deep += tree.countOf(child));
    }
    return result;
}

/* A drawn tree, in the element HOST. OPTIONS:
 *   onChoose(node)  a box was clicked, or Enter pressed on it
 *   onPoint(node)   the pointer or the focus is on a box; null: on none
 *   onKey(event, node)  another key was pressed on a box
 *   label           the tree's name for screen readers
 *   flip            the root is at the bottom
 *   hideRoot        the root has no box */
class Flame {
    constructor(host, options) {
        this.host = host;
        this.options = options;
        host.setAttribute("role", "tree");
        host.classList.add("flame");
        host.addEventListener("click", (event) => this.choose(this.boxAt(event)));
        host.addEventListener("mouseover", (event) => this.point(this.boxAt(event)));
        host.addEventListener("mouseleave", () => this.point(null));
        host.addEventListener("focusin", (event) => this.focused(this.boxAt(event)));
        host.addEventListener("focusout", () => this.point(null));
        host.addEventListener("keydown", (event) => this.key(event));
        new ResizeObserver(() => this.resized()).observe(host);
    }

    boxAt(event) {
        const element = event.target.closest?.(".box");
        return element ? this.boxes[element.dataset.box] : null;
    }

    /* Draws TREE with NODE as wide as the whole. COLOURS as of colouring(). MATCHES: by function, 1 if it is searched
     * for; null: nothing is. */
    draw(tree, node, colours, matches) {
        Object.assign(this, {tree, node, colours, matches});
        this.width = this.host.clientWidth;
        if (this.width === 0)
            return;
        let least = LEAST_PIXELS, laid = layOut(tree, node, least / this.width);
        while (laid.boxes.length > MOST_BOXES)
            laid = layOut(tree, node, (least *= 1.5) / this.width);
        if (this.options.hideRoot)
            laid.boxes = laid.boxes.filter((box) => box.node !== tree.root);
        this.boxes = laid.boxes;
        this.leftOut = laid;
        this.levels = 1 + this.boxes.reduce((most, box) => Math.max(most, box.depth), 0) -
                      (this.options.hideRoot ? 1 : 0);
        this.host.setAttribute("aria-label", this.options.label);
        this.host.style.height = Math.max(this.levels, 0) * ROW_PIXELS + "px";
        this.host.replaceChildren(...this.boxes.map((box, i) => this.element(box, i)));
        this.focusable(this.boxes.find((box) => box.node === node) ?? this.boxes[0]);
    }

    resized() {
        if (this.tree && this.host.clientWidth !== this.width)
            this.draw(this.tree, this.node, this.colours, this.matches);
    }

    element(box, i) {
        const {node} = box, element = document.createElement("div"), pixels = box.width * this.width;
        const isFound = (one) => one.function >= 0 && this.matches[one.function];
        const isMatch = this.matches && (isGroup(node) ? node.below.some(isFound) : isFound(node));
        const name = this.tree.name(node), isRecursive = this.tree.isRecursive(node);
        const level = box.depth - (this.options.hideRoot ? 1 : 0);
        element.className = "box " + (isMatch ? "match" : this.matches ? "other" : this.colours.classOf(node)) +
                            (box.isAbove ? " above" : "") + (isRecursive ? " recursive" : "");
        element.style.cssText = `left:${box.left * 100}%;width:${box.width * 100}%;` +
            `top:${(this.options.flip ? this.levels - 1 - level : level) * ROW_PIXELS}px`;
        element.dataset.box = i;
        element.tabIndex = -1;
        element.setAttribute("role", "treeitem");
        element.setAttribute("aria-level", level + 1);
        element.setAttribute("aria-label", this.words(node, name, isRecursive));
        if (pixels >= TEXT_PIXELS) {
            element.classList.add("named");
            element.textContent = (isRecursive ? "\u21bb " : "") + shortened(brief(name), 200);
        }
        return box.element = element;
    }

    words(node, name, isRecursive) {
        const {weights} = this.tree, value = figure(node.value, this.tree.figures(node).error, 1, weights.isTime);
        return `${shortened(name, 200)}${isRecursive ? ", recursive" : ""}, ${value}, ` +
               percent(node.value, weights.total);
    }

    /* Makes BOX the one that Tab goes to. */
    focusable(box) {
        if (this.current?.element)
            this.current.element.tabIndex = -1;
        this.current = box;
        if (box)
            box.element.tabIndex = 0;
    }

    focused(box) {
        if (box === null)
            return;
        this.focusable(box);
        this.point(box);
    }

    point(box) {
        this.options.onPoint?.(box ? box.node : null);
    }

    choose(box) {
        if (box)
            this.options.onChoose(box.node);
    }

    /* Returns the drawn box that KEY leads to from BOX, or undefined. */
    neighbour(box, key) {
        const down = this.options.flip ? "ArrowUp" : "ArrowDown", up = this.options.flip ? "ArrowDown" : "ArrowUp";
        const level = this.boxes.filter((other) => other.depth === box.depth);
        const at = level.indexOf(box);
        switch (key) {
        case down: {
            const below = this.boxes.filter((other) => other.above === box);
            return below.sort((a, b) => b.width - a.width)[0];
        }
        case up: return this.boxes.find((other) => other === box.above);
        case "ArrowLeft": return level[at - 1];
        case "ArrowRight": return level[at + 1];
        case "Home": return this.boxes[0];
        case "End": return this.boxes.at(-1);
        }
    }

    key(event) {
        const box = this.boxAt(event);
        if (!box || event.ctrlKey || event.metaKey || event.altKey)
            return;
        if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            this.choose(box);
        } else if (/^(Arrow|Home|End)/.test(event.key)) {
            event.preventDefault();
            this.neighbour(box, event.key)?.element.focus({preventScroll: false});
        } else {
            this.options.onKey?.(event, box.node);
        }
    }

    /* Returns the drawn boxes as text, a line each, indented by their levels. */
    text() {
        const {weights} = this.tree;
        return this.boxes.map(({node, depth}) => {
            const {calls, error} = this.tree.figures(node);
            return `${figure(node.value, error, 1, weights.isTime).padStart(9)} ` +
                   `${percent(node.value, weights.total).padStart(6)} ${(calls ? grouped(calls) : "").padStart(13)}  ` +
                   "  ".repeat(depth) + (node.function >= 0 ? textOf(node.function, false) : this.tree.name(node)) +
                   (this.tree.isRecursive(node) ? " (recursive)" : "") + "\n";
        }).join("");
    }
}
