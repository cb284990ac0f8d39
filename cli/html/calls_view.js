/*
 * calls_view.js - the tab of one function: its callers above it and its callees below it, merged over all contexts.
 */

const MOST_SUGGESTIONS = 50;

class CallsView {
    constructor(host) {
        this.tools = make("div", {class: "tools"});
        this.names = make("datalist", {id: "names"});
        this.input = field("function", "Function", "Function", () => this.suggest(),
                           {list: "names", onchange: () => this.chooseName()});
        this.callers = make("div");
        this.callees = make("div");
        this.aboveTitle = make("h2", null, "Callers");
        this.thin = make("p", {class: "thin"});
        this.legend = make("ul", {class: "legend", "aria-label": "Colours"});
        this.details = make("section", {class: "details", "aria-label": "Details"});
        host.append(
            make("div", {class: "bar"}, make("div", {class: "searching"}, this.input, this.names), this.tools),
            this.aboveTitle, this.callers,
            make("h2", null, "The function and its callees"), this.callees,
            this.thin,
            make("div", {class: "below"}, this.legend,
                 keysHelp(["\u2190\u2191\u2192\u2193", "move"], ["Enter", "go to that function"], ["Esc", "back"])),
            this.details);
        this.above = this.makeFlame(this.callers, {label: "Callers", flip: true, hideRoot: true});
        this.under = this.makeFlame(this.callees, {label: "Callees"});
    }

    /* Returns a flame in HOST. A box leads to its function; a group is zoomed. */
    makeFlame(host, options) {
        const flame = new Flame(host, {
            ...options,
            onChoose: (node) => isGroup(node) ? flame.draw(flame.tree, node, flame.colours, null)
                                              : node.function >= 0 && go({function: String(node.function)}),
            onPoint: (node) => this.pointAt(flame, node),
        });
        return flame;
    }

    pointAt(flame, node) {
        const shown = node ? flame.tree : this.under.tree;
        drawDetails(this.details, shown, node ?? shown.root);
    }

    /* Offers names that hold the text typed. */
    suggest() {
        const typed = this.input.value.toLowerCase(), names = [];
        for (const f of byCumulative()) {
            if (choiceOf(f).toLowerCase().includes(typed))
                names.push(make("option", {value: choiceOf(f)}));
            if (names.length === MOST_SUGGESTIONS)
                break;
        }
        this.names.replaceChildren(...names);
    }

    chooseName() {
        const typed = this.input.value, all = byCumulative();
        const f = all.find((i) => choiceOf(i) === typed) ?? all.find((i) => nameOf(i) === typed) ??
                  all.find((i) => choiceOf(i).toLowerCase().includes(typed.toLowerCase()));
        if (f === undefined)
            announce("No function has that name");
        else
            go({function: String(f)});
    }

    show() {
        const given = Number(state.function), weights = weightsOfState();
        const f = state.function !== "" && profile.functions.name[given] !== undefined ? given : byCumulative()[0];
        if (f === undefined)
            return;
        const above = Tree.ofFunction(weights, state.order, f, true);
        const under = Tree.ofFunction(weights, state.order, f, false);
        const colours = colouringOfState(under);
        const hadFocus = this.callers.contains(document.activeElement) || this.callees.contains(document.activeElement);
        this.input.value = choiceOf(f);
        this.suggest();
        this.tools.replaceChildren(...[weightMenu(), threadMenu(), orderMenu(), colourMenu()].filter(Boolean));
        this.above.draw(above, above.root, colours, null);
        this.under.draw(under, under.root, colours, null);
        this.aboveTitle.textContent = above.below(above.root).length > 0 ? "Callers"
            : "Callers: none, a thread starts with it";
        drawThin(this.thin, this.above, this.under);
        drawLegend(this.legend, colours.legend);
        this.pointAt(this.under, null);
        if (this.shown !== f)
            this.callees.scrollIntoView({block: "nearest"});
        this.shown = f;
        if (hadFocus)
            this.under.current?.element.focus({preventScroll: true});
    }

    focusSearch() {
        this.input.focus();
        this.input.select();
    }

    escape() {
        if (viewsBehind === 0)
            return 0;
        history.back();
        return 1;
    }
}

/* Returns the text by which function F is chosen. */
function choiceOf(f) {
    return shortened(textOf(f, false), 300);
}

/* Returns the functions of the table by cumulative time, those that take most first. */
function byCumulative() {
    const {table} = profile;
    byCumulative.order ??= Array.from(table.function.keys())
        .sort((a, b) => table.cumulative[b] - table.cumulative[a] || a - b).map((row) => table.function[row]);
    return byCumulative.order;
}
