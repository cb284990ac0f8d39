/*
 * flame_view.js - the tab with the flame graph: the whole tree of calls, or turned round, with search and zoom.
 */

class FlameView {
    constructor(host) {
        this.tools = make("div", {class: "tools"});
        this.input = field("search", "Search functions by a regular expression", "Search, as a regular expression",
                           () => go({search: this.input.value}, false), {"aria-describedby": "found"});
        this.found = make("output", {id: "found", for: "search"});
        this.crumbs = make("nav", {class: "crumbs", "aria-label": "Zoomed to"});
        this.graph = make("div");
        this.legend = make("ul", {class: "legend", "aria-label": "Colours"});
        this.thin = make("p", {class: "thin"});
        this.details = make("section", {class: "details", "aria-label": "Details"});
        host.append(
            make("div", {class: "bar"}, make("div", {class: "searching"}, this.input, this.found), this.tools),
            this.crumbs, this.graph, this.thin,
            make("div", {class: "below"}, this.legend,
                 keysHelp(["\u2190\u2191\u2192\u2193", "move"], ["Enter", "zoom"], ["Esc", "back"], ["/", "search"],
                          ["c", "callers and callees"])),
            this.details);
        this.flame = new Flame(this.graph, {
            onChoose: (node) => go({zoom: this.tree.token(node)}),
            onPoint: (node) => this.pointAt(node),
            onKey: (event, node) => this.key(event, node),
        });
    }

    key(event, node) {
        if (event.key === "c" && node.function >= 0)
            go({tab: "calls", function: String(node.function)});
    }

    pointAt(node) {
        drawDetails(this.details, this.tree, node ?? this.node);
    }

    /* Returns the tree that the state names, made once. */
    treeOfState() {
        const weights = weightsOfState(), up = state.direction === "up", sideBySide = state.thread === "each" && !up;
        const key = [weights.weight, weights.thread, state.order, up, sideBySide].join();
        if (this.treeKey !== key) {
            this.treeKey = key;
            this.tree = up ? Tree.ofCallers(weights, state.order) : Tree.ofCalls(weights, state.order, sideBySide);
        }
        return this.tree;
    }

    show() {
        const tree = this.treeOfState(), {weights} = tree, hadFocus = this.graph.contains(document.activeElement);
        const found = searchFor(state.search), colours = colouringOfState(tree);
        this.node = tree.find(state.zoom);
        this.drawTools();
        this.flame.options.label = state.direction === "up" ? "Functions and their callers" : "Calls";
        this.flame.draw(tree, this.node, colours, found.matches);
        drawCrumbs(this.crumbs, tree, this.node);
        drawThin(this.thin, this.flame);
        drawLegend(this.legend, colours.legend);
        this.drawFound(found, weights);
        this.pointAt(null);
        if (hadFocus)
            this.flame.current?.element.focus({preventScroll: true});
    }

    drawTools() {
        this.tools.replaceChildren(...[
            menu("Direction", "direction", [["down", "From the start down"], ["up", "From functions to callers"]],
                 state.direction, {zoom: ""}),
            weightMenu(), threadMenu(), orderMenu(), colourMenu(),
            make("span", {class: "actions"},
                 button("Copy text", () => copy(this.flame.text())),
                 button("Save SVG", () => save(svgOf(this.graph, document.title), "flame.svg", "image/svg+xml"))),
        ].filter(Boolean));
    }

    drawFound(found, weights) {
        if (this.input.value !== state.search)
            this.input.value = state.search;
        this.input.setAttribute("aria-invalid", found.error !== "");
        this.found.classList.toggle("wrong", found.error !== "");
        this.found.textContent = !found.matches ? found.error
            : `${counted(found.count, "function")}, ${percent(shareOf(weights, found.matches), weights.total)}`;
    }

    focusSearch() {
        this.input.focus();
        this.input.select();
    }

    /* Goes back one step. Returns 1 if there was one. */
    escape() {
        if (document.activeElement === this.input && state.search !== "") {
            go({search: ""}, false);
            return 1;
        }
        if (state.zoom === "")
            return 0;
        goBack({zoom: ""});
        return 1;
    }
}

/* Shows the path to NODE as buttons that zoom out. */
function drawCrumbs(host, tree, node) {
    const path = node === tree.root ? [] : tree.path(node);
    host.hidden = path.length === 0;
    host.replaceChildren(...path.map((step) => {
        const name = shortened(brief(tree.name(step)), 80);
        return step === node ? make("span", {"aria-current": "true"}, name)
                             : button(name, () => go({zoom: tree.token(step)}));
    }));
    host.scrollLeft = host.scrollWidth;
}

/* Returns a line that tells what KEYS do, [key, words] each. */
function keysHelp(...keys) {
    return make("p", {class: "keys"},
                ...keys.map(([key, words]) => make("span", null, make("kbd", null, key), " " + words)));
}
