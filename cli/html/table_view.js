/*
 * table_view.js - the tab with the table: the columns and figures of the report, and the callers and callees of a row.
 */

const ROWS_AT_ONCE = 200;
const EDGES_AT_ONCE = 30;

/* The columns: the text of a row, and by what value it is sorted. EXTRA ones are not shown on a narrow screen. */
const COLUMNS = [
    {name: "calls", head: "ncalls", hint: "Calls; of recursive functions also those made while it was not active",
     figure: (t, row) => calls(t.calls[row], t.primitive[row]), value: (t, row) => t.calls[row]},
    {name: "self", head: "tottime", hint: "Time in the function itself", isBar: true,
     figure: (t, row) => figure(t.self[row], t.self_error?.[row] ?? 0), value: (t, row) => t.self[row]},
    {name: "waited", head: "waittime", hint: "Time of tottime without a processor", needs: (t) => t.waited,
     figure: (t, row) => figure(t.waited[row], 0, 1, true), value: (t, row) => t.waited[row]},
    {name: "share", isExtra: true, head: "tot%", hint: "Share of all time",
     figure: (t, row) => percent(t.self[row], profile.run.self), value: (t, row) => t.self[row]},
    {name: "each", isExtra: true, head: "percall", hint: "tottime by calls",
     figure: (t, row) => figure(t.self[row], t.self_error?.[row] ?? 0, t.calls[row]),
     value: (t, row) => t.self[row] / t.calls[row]},
    {name: "cumulative", head: "cumtime", hint: "Time in the function and all that it called", isBar: true,
     figure: (t, row) => figure(t.cumulative[row], t.cumulative_error?.[row] ?? 0),
     value: (t, row) => t.cumulative[row]},
    {name: "cumulativeWaited", head: "cumwait", hint: "Time of cumtime without a processor",
     needs: (t) => t.cumulative_waited,
     figure: (t, row) => figure(t.cumulative_waited[row], 0, 1, true), value: (t, row) => t.cumulative_waited[row]},
    {name: "cumulativeShare", isExtra: true, head: "cum%", hint: "Share of all time, with callees",
     figure: (t, row) => percent(t.cumulative[row], profile.run.self), value: (t, row) => t.cumulative[row]},
    {name: "cumulativeEach", isExtra: true, head: "percall", hint: "cumtime by primitive calls",
     figure: (t, row) => figure(t.cumulative[row], t.cumulative_error?.[row] ?? 0, t.primitive[row]),
     value: (t, row) => t.cumulative[row] / t.primitive[row]},
];
const NAME_HEAD = "filename:lineno(function)";

class TableView {
    constructor(host) {
        this.columns = COLUMNS.filter((column) => !column.needs || column.needs(profile.table));
        this.input = field("filter", "Filter functions by a regular expression", "Filter, as a regular expression",
                           () => go({filter: this.input.value}, false), {"aria-describedby": "filtered"});
        this.found = make("output", {id: "filtered", for: "filter"});
        this.body = make("tbody");
        this.heads = make("tr");
        this.more = button("", () => this.showMore(), {class: "more"});
        this.full = make("input", {type: "checkbox", onchange: () => this.show()});
        host.append(make("div", {class: "bar"}, make("div", {class: "searching"}, this.input, this.found),
                        make("div", {class: "tools"}, make("label", {class: "check"}, this.full, "Full names"),
                            make("span", {class: "actions"},
                                 button("Copy text", () => copy(this.text()))))),
                    make("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Functions"},
                        make("table", {class: "rows"}, make("thead", null, this.heads), this.body)),
                    this.more);
        this.shown = ROWS_AT_ONCE;
    }

    show() {
        const open = state.open === "" ? -1 : Number(state.open);
        this.rows = this.sorted(this.filtered());
        const at = open < 0 ? -1 : this.rows.findIndex((row) => profile.table.function[row] === open);
        this.shown = Math.max(this.shown, at + 1);
        this.drawHeads();
        this.body.replaceChildren();
        this.drawn = 0;
        this.drawRows(this.shown);
        if (at >= 0 && this.opened !== open)
            this.body.querySelector(".open")?.scrollIntoView({block: "nearest"});
        this.opened = open;
    }

    /* Returns the rows that the filter leaves. */
    filtered() {
        const {table} = profile;
        let error = "", rows = Array.from(table.function.keys());
        if (this.input.value !== state.filter)
            this.input.value = state.filter;
        try {
            const pattern = state.filter ? new RegExp(state.filter, /\p{Lu}/u.test(state.filter) ? "u" : "iu") : null;
            rows = rows.filter((row) => !pattern || pattern.test(textOf(table.function[row], this.full.checked)));
        } catch (wrong) {
            error = wrong.message.replace(/^Invalid regular expression: /, "");
        }
        this.input.setAttribute("aria-invalid", error !== "");
        this.found.classList.toggle("wrong", error !== "");
        this.found.textContent = error || (state.filter ? `${grouped(rows.length)} of ` : "") +
                                              counted(table.function.length, "function");
        return rows;
    }

    sorted(rows) {
        const {table} = profile, name = state.sort.replace("-", ""), sign = state.sort.startsWith("-") ? -1 : 1;
        const column = this.columns.find((one) => one.name === name);
        if (column)
            return rows.sort((a, b) => sign * ((column.value(table, a) || 0) - (column.value(table, b) || 0)) || a - b);
        const texts = rows.map((row) => [textOf(table.function[row], this.full.checked), row]);
        return texts.sort((a, b) => sign * (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1])).map(([, row]) => row);
    }

    drawHeads() {
        const head = ({name, head: words, hint, isExtra}) => {
            const isBy = state.sort.replace("-", "") === name, isDown = state.sort.startsWith("-");
            const sort = !isBy ? (name === "name" ? "name" : "-" + name) : isDown ? name : "-" + name;
            return make("th", {scope: "col", class: name === "name" ? "name" : isExtra ? "extra" : null,
                               "aria-sort": isBy ? (isDown ? "descending" : "ascending") : null},
                button(words, () => go({sort}), {title: hint}));
        };
        const focused = Array.from(this.heads.children).findIndex((cell) => cell.contains(document.activeElement));
        this.heads.replaceChildren(...this.columns.map(head),
                                   head({name: "name", head: NAME_HEAD, hint: "Source file, line and function"}));
        this.heads.children[focused]?.firstChild.focus();
    }

    drawRows(end) {
        const next = this.rows.slice(this.drawn, end);
        this.body.append(...next.flatMap((row) => this.rowOf(row)));
        this.drawn += next.length;
        const rest = this.rows.length - this.drawn;
        this.more.hidden = rest === 0;
        this.more.textContent = `Show ${grouped(Math.min(rest, ROWS_AT_ONCE))} more of ${grouped(rest)}`;
    }

    showMore() {
        this.shown = this.drawn + ROWS_AT_ONCE;
        this.drawRows(this.shown);
    }

    /* Returns the elements of ROW: with its callers and callees if it is open. */
    rowOf(row) {
        const {table, run} = profile, f = table.function[row], isOpen = String(f) === state.open;
        const cells = this.columns.map((column) => {
            const share = run.self > 0 ? Math.min(column.value(table, row) / run.self, 1) : 0;
            const attributes = column.isBar ? {class: "figure", style: `--share:${fixed(share, 4)}`}
                                            : {class: column.isExtra ? "extra" : null};
            return make("td", attributes, column.figure(table, row));
        });
        const name = button(this.functionWords(f), () => this.toggle(f),
                            {"aria-expanded": String(isOpen), title: shortened(textOf(f, true), 500)});
        const line = make("tr", {class: isOpen ? "open" : null, "data-function": f}, ...cells,
                          make("td", {class: "name"}, name));
        if (!isOpen)
            return [line];
        return [line, make("tr", {class: "edges"}, make("td", {colspan: cells.length + 1}, this.edgesOf(f)))];
    }

    functionWords(f) {
        const isFull = this.full.checked, place = placeOf(f, isFull);
        const name = shortened(isFull ? nameOf(f) : brief(nameOf(f)), 400);
        return place === "" ? [make("b", null, shortened(textOf(f), 400))] : [place + "(", make("b", null, name), ")"];
    }

    toggle(f) {
        const isOpen = state.open === String(f);
        this.opened = f; /* it is in view */
        go({open: isOpen ? "" : String(f)});
        this.body.querySelector(`tr[data-function="${f}"] button`)?.focus({preventScroll: true});
    }

    edgesOf(f) {
        const chart = profile.contexts ? button("Show as a graph", () => go({tab: "calls", function: String(f)})) : "";
        return make("div", {class: "links-of"},
            make("p", null, make("span", {class: "place"}, shortened(textOf(f, true), 2000)), " ", chart),
            this.edgeTable("Callers", edgesAt("callee", f), profile.edges?.caller),
            this.edgeTable("Callees", edgesAt("caller", f), profile.edges?.callee));
    }

    /* Returns the table of EDGES titled TITLE, with the functions OTHERS at their other ends. */
    edgeTable(title, edges, others, most = EDGES_AT_ONCE) {
        const {edges: e} = profile;
        if (edges.length === 0)
            return make("p", {class: "none"}, `${title}: none`);
        const sorted = edges.slice().sort((a, b) => (e.cumulative?.[b] ?? 0) - (e.cumulative?.[a] ?? 0) || a - b);
        const time = (column, errors, i) => column?.[i] === null || column === null || column === undefined ? ""
            : figure(column[i], errors?.[i] ?? 0);
        const table = make("table", {class: "edge"},
            make("caption", null, title),
            make("thead", null, make("tr", null, ...["ncalls", "tottime", "cumtime", NAME_HEAD].map((words, i) =>
                make("th", {scope: "col", class: i === 3 ? "name" : null}, words)))),
            make("tbody", null, ...sorted.slice(0, most).map((i) => make("tr", null,
                make("td", null, calls(e.calls[i], e.primitive[i])),
                make("td", null, time(e.self, e.self_error, i)),
                make("td", null, time(e.cumulative, e.cumulative_error, i)),
                make("td", {class: "name"}, this.linkTo(others[i]))))));
        if (sorted.length > most) {
            const more = button(`Show ${grouped(sorted.length - most)} more`,
                                () => table.replaceWith(this.edgeTable(title, edges, others, Infinity)));
            table.append(make("tfoot", null, make("tr", null, make("td", {colspan: 4}, more))));
        }
        return table;
    }

    linkTo(f) {
        return profile.rows[f] < 0 ? make("span", null, ...this.functionWords(f))
            : button(this.functionWords(f), () => go({open: String(f), filter: ""}),
                     {title: shortened(textOf(f, true), 500)});
    }

    /* Returns the rows as text, as `stats` prints them. */
    text() {
        const {table} = profile;
        const lines = [this.columns.map((column) => column.head),
                       ...this.rows.map((row) => this.columns.map((column) => column.figure(table, row)))];
        const names = [NAME_HEAD, ...this.rows.map((row) => textOf(table.function[row], this.full.checked))];
        const widths = this.columns.map((_, i) => lines.reduce((most, line) => Math.max(most, line[i].length), 0));
        const padded = (line) => line.map((text, j) => text.padStart(widths[j])).join(" ");
        return lines.map((line, i) => `${padded(line)}  ${names[i]}\n`).join("");
    }

    focusSearch() {
        this.input.focus();
        this.input.select();
    }

    escape() {
        if (document.activeElement === this.input && state.filter !== "")
            go({filter: ""}, false);
        else if (state.open !== "")
            go({open: ""});
        else
            return 0;
        return 1;
    }
}
