/*
 * main.js - starts the page: reads the profile, makes the tabs, and shows what the address says.
 */

const profile = readProfile(part("profile").textContent);

/* The tabs. A tab is made when it is first shown. */
const TABS = [
    {name: "flame", title: "Flame graph", View: FlameView, known: () => profile.contexts?.count > 0},
    {name: "calls", title: "Callers and callees", View: CallsView, known: () => profile.contexts?.count > 0},
    {name: "table", title: "Table", View: TableView, known: () => profile.table.function.length > 0},
].filter((tab) => tab.known());

function tabMake(tab) {
    const id = `tab-${tab.name}`, panel = `panel-${tab.name}`;
    tab.button = button(tab.title, () => go({tab: tab.name}), {role: "tab", id, "aria-controls": panel});
    tab.panel = make("section", {role: "tabpanel", id: panel, "aria-labelledby": id, hidden: true});
    part("tabs").append(tab.button);
    part("panels").append(tab.panel);
}

/* Returns the tab that the state names, or the first. */
function tabShown() {
    return TABS.find((tab) => tab.name === state.tab) ?? TABS[0];
}

/* Shows the state. */
function show() {
    const shown = tabShown();
    if (!shown)
        return;
    for (const tab of TABS) {
        tab.button.setAttribute("aria-selected", String(tab === shown));
        tab.button.tabIndex = tab === shown ? 0 : -1;
        tab.panel.hidden = tab !== shown;
    }
    shown.view ??= new shown.View(shown.panel);
    shown.view.show();
}

/* Moves between tabs with arrows. */
function tabKey(event) {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step)
        return;
    const next = TABS[(TABS.indexOf(tabShown()) + step + TABS.length) % TABS.length];
    go({tab: next.name});
    next.button.focus();
}

function pageKey(event) {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName), view = tabShown()?.view;
    if (!view || event.ctrlKey || event.metaKey || event.altKey)
        return;
    if (event.key === "Escape" && view.escape()) {
        event.preventDefault();
    } else if (event.key === "/" && !isTyping) {
        event.preventDefault();
        view.focusSearch();
    }
}

/* Turns the page light or dark, beginning with the choice of the system, and remembers it. */
function themeStart() {
    const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)"), toggle = part("theme");
    const isDark = () => (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
    const label = () => toggle.textContent = isDark() ? "Light" : "Dark";
    try {
        const kept = localStorage.getItem("profile-theme");
        if (kept === "light" || kept === "dark")
            root.dataset.theme = kept;
    } catch { /* some browsers keep nothing for files */ }
    toggle.addEventListener("click", () => {
        root.dataset.theme = isDark() ? "light" : "dark";
        label();
        try {
            localStorage.setItem("profile-theme", root.dataset.theme);
        } catch { /* the choice lasts as long as the page */ }
    });
    dark.addEventListener("change", label);
    label();
}

themeStart();
drawHead();
TABS.forEach(tabMake);
part("tabs").addEventListener("keydown", tabKey);
part("tabs").hidden = TABS.length === 0;
part("empty").hidden = TABS.length > 0;
part("no-contexts").hidden = !(TABS.length > 0 && !profile.contexts);
document.addEventListener("keydown", pageKey);
addEventListener("popstate", () => { stateRead(); show(); });
stateRead();
show();
document.documentElement.dataset.ready = "true";
